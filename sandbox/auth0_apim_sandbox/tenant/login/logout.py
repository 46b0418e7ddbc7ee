"""/v2/logout: ending the browser's session; https://auth0.com/docs/api/authentication/logout/auth-0-logout"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.login.sessions import Sessions
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.allowed_urls import is_allowed
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_request
from auth0_apim_sandbox.tenant.oauth.parameters import parse_form


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
