"""Ending the browser's session: /v2/logout and /oidc/logout.

https://auth0.com/docs/api/authentication/logout/auth-0-logout,
https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0 and OpenID Connect RP-Initiated Logout 1.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.login.sessions import Sessions
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_request
from auth0_apim_sandbox.tenant.oauth.parameters import Call, parse_form, read_call
from auth0_apim_sandbox.tenant.oauth.signing import verified_id_token
from auth0_apim_sandbox.tenant.oauth.urls import is_allowed, with_query


class Logout:
    """Logs out and sends the browser on, but only to where the tenant or the client allows."""

    def __init__(self, tenant: Tenant, pages: Pages, sessions: Sessions) -> None:
        self._tenant = tenant
        self._pages = pages
        self._sessions = sessions

    async def answer(self, http: Request) -> Response:
        """A redirect to `returnTo`, else to the client's first allowed logout URL, else `OK`."""
        try:
            target = self._target(parse_form(http.scope["query_string"]))
        except OAuthError as error:
            return self._pages.error(error)
        headers = {"cache-control": "no-store"}
        response = (
            PlainTextResponse("OK", headers=headers) if target is None else RedirectResponse(target, 302, headers)
        )
        self._sessions.end(http, response)
        return response

    def _target(self, parameters: Mapping[str, str]) -> str | None:
        client_id, return_to = parameters.get("client_id"), parameters.get("returnTo")
        owner = self._tenant.settings if not client_id else self._tenant.clients.get(client_id)
        if owner is None:
            raise invalid_request(f"Unknown client: {client_id}")
        allowed: list[str] = owner.get("allowed_logout_urls") or []
        if not return_to:
            return allowed[0] if client_id and allowed else None
        if not is_allowed(return_to, allowed) and not is_allowed(_without_query(return_to), allowed):
            raise invalid_request(
                f'The "returnTo" querystring parameter "{return_to}" is not defined as a valid URL in "Allowed Logout URLs".'
            )
        return return_to


def _without_query(url: str) -> str:
    """`url` as the service compares it: without query string and fragment."""
    try:
        return urlsplit(url)._replace(query="", fragment="").geturl()
    except ValueError:
        return ""  # no URL at all, such as https://[


@dataclass(frozen=True)
class _LogoutRequest:
    client: Document | None
    sid: str | None
    """The session that the caller knows of."""
    target: str | None
    state: str | None


class RpInitiatedLogout:
    """Logs out at an application's request; asks the user first where the request does not know their session."""

    def __init__(self, tenant: Tenant, pages: Pages, sessions: Sessions) -> None:
        self._tenant = tenant
        self._pages = pages
        self._sessions = sessions

    async def answer(self, http: Request) -> Response:
        """A redirect to `post_logout_redirect_uri`, else a page that tells of it; or the question.

        A request that names its client but neither a URL nor a token ends at the client's first allowed logout URL.
        """
        try:
            posted = http.method == "POST"
            call = await read_call(http.scope, http.receive) if posted else _query(http)
            request = self._request(call)
        except OAuthError as error:
            return self._pages.error(error)
        found = self._sessions.current(http)
        if found is not None and found[1]["sid"] != request.sid and self._asks():
            return self._question(request, found[1])
        response = self._done(request)
        self._sessions.end(http, response)
        return response

    def _request(self, call: Call) -> _LogoutRequest:
        client_id, sid = call.get("client_id"), call.get("logout_hint")
        hint = call.get("id_token_hint")
        if hint is not None:
            claims = verified_id_token(self._tenant, hint)
            if claims is None:
                raise invalid_request("Invalid id_token_hint")
            if client_id not in (None, claims["aud"]) or sid not in (None, claims.get("sid")):
                raise invalid_request("id_token_hint differs from client_id or logout_hint")
            client_id, sid = claims["aud"], claims.get("sid")
        client = None if client_id is None else self._tenant.clients.get(client_id)
        if client_id is not None and client is None:
            raise invalid_request(f"Unknown client: {client_id}")
        owner = self._tenant.settings if client is None else client
        target = call.get("post_logout_redirect_uri")
        if target is None and client is not None and hint is None:
            target = next(iter(client.get("allowed_logout_urls") or []), None)
        if target is not None and not is_allowed(target, owner.get("allowed_logout_urls") or []):
            raise invalid_request(
                f'The "post_logout_redirect_uri" parameter "{target}" is not defined as a valid URL in "Allowed Logout URLs".'
            )
        return _LogoutRequest(client, sid, target, call.get("state"))

    def _asks(self) -> bool:
        return (self._tenant.settings.get("sessions") or {}).get("oidc_logout_prompt_enabled") is not False

    def _question(self, request: _LogoutRequest, session: Document) -> Response:
        # Whoever sends the page's form back has read the session's sid in it, which no other site can.
        sent = {
            "client_id": None if request.client is None else request.client["client_id"],
            "logout_hint": session["sid"],
            "post_logout_redirect_uri": request.target,
            "state": request.state,
        }
        parameters = {name: value for name, value in sent.items() if value is not None}
        return self._pages.render("logout", leads_to=request.target, parameters=parameters)

    def _done(self, request: _LogoutRequest) -> Response:
        if request.target is None:
            return self._pages.render(
                "message", heading="Logged out", message="You have been logged out.", link=None, application=None
            )
        url = request.target if request.state is None else with_query(request.target, {"state": request.state})
        return RedirectResponse(url, 302, {"cache-control": "no-store"})


def _query(http: Request) -> Call:
    return Call(parse_form(http.scope["query_string"]), http.scope)
