"""The authorization response: a code or tokens, or an error, on the way back to the application.

OAuth 2.0 Multiple Response Type Encoding Practices, OAuth 2.0 Form Post Response Mode, and the draft OAuth 2.0 Web
Message Response Mode.
"""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.responses import RedirectResponse, Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.authorize.request import WEB_MESSAGE, AuthorizeRequest, Callback
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError
from auth0_apim_sandbox.tenant.oauth.urls import origin_of, with_query
from auth0_apim_sandbox.tenant.tokens.authorization import OFFLINE_ACCESS, Authorization
from auth0_apim_sandbox.tenant.tokens.authorization_code import AuthorizationCodes
from auth0_apim_sandbox.tenant.tokens.tokens import Authentication, Tokens


class AuthorizationResponses:
    """Builds the parameters of a successful answer."""

    def __init__(self, tenant: Tenant, codes: AuthorizationCodes, tokens: Tokens) -> None:
        self._tenant = tenant
        self._codes = codes
        self._tokens = tokens

    def parameters(
        self, request: AuthorizeRequest, user: Document, session: Document, allowed: Authorization
    ) -> dict[str, str]:
        """A code, an access token and an ID token, as far as the response type names them."""
        client = self._tenant.clients[request.callback.client_id]
        authentication = Authentication(user, session["authenticated_at"], session["sid"], request.nonce)
        answer: dict[str, str] = {}
        if "code" in request.response_types:
            answer["code"] = self._code(request, allowed, authentication)
        if "token" in request.response_types:
            online = Authorization(
                allowed.api, tuple(scope for scope in allowed.scopes if scope != OFFLINE_ACCESS), allowed.permissions
            )
            token, lifetime = self._tokens.access_token(client, user["user_id"], online, for_web=True)
            answer |= {"access_token": token, "expires_in": str(lifetime), "token_type": "Bearer"}
            if online.scopes:
                answer["scope"] = online.scope
        if "id_token" in request.response_types:
            answer["id_token"] = self._tokens.id_token(
                client,
                allowed,
                authentication,
                access_token=answer.get("access_token"),
                code=answer.get("code"),
            )
        return answer

    def _code(self, request: AuthorizeRequest, allowed: Authorization, authentication: Authentication) -> str:
        callback = request.callback
        return self._codes.issue(
            {
                "client_id": callback.client_id,
                "redirect_uri": callback.redirect_uri,
                "redirect_uri_omitted": callback.redirect_uri_omitted,
                "code_challenge": request.code_challenge,
                "code_challenge_method": request.code_challenge_method,
                "user_id": authentication.user["user_id"],
                "audience": allowed.audience(self._tenant),
                "scope": allowed.scope,
                "auth_time": authentication.auth_time,
                "sid": authentication.sid,
                "nonce": authentication.nonce,
            }
        )


def respond(pages: Pages, callback: Callback, parameters: Mapping[str, str]) -> Response:
    """Deliver `parameters`, the request's state and the issuer in the response mode that was asked for."""
    sent = dict(parameters)
    if callback.state is not None:
        sent["state"] = callback.state
    if callback.issuer is not None:
        sent["iss"] = callback.issuer
    if callback.response_mode == "form_post":
        return pages.render("form_post", leads_to=callback.redirect_uri, action=callback.redirect_uri, parameters=sent)
    if callback.response_mode == WEB_MESSAGE:
        origin = origin_of(callback.redirect_uri)
        return pages.render("web_message", framed_by=origin, origin=origin, parameters=sent)
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return RedirectResponse(_with(callback, sent), 302, headers)


def respond_with_error(pages: Pages, callback: Callback, error: OAuthError) -> Response:
    """Deliver an error, to the user alone where the client's redirects are protected."""
    if callback.keeps_errors:
        return pages.error(error)
    return respond(pages, callback, error.body())


def _with(callback: Callback, parameters: Mapping[str, str]) -> str:
    if callback.response_mode == "fragment":
        return urlunsplit(urlsplit(callback.redirect_uri)._replace(fragment=urlencode(parameters)))
    return with_query(callback.redirect_uri, parameters)
