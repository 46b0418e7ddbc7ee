"""The sign-in functions of a portal's console, `/signin-oauth/…`, one for each grant.

What they are called and what they answer is what the open-source portal calls and reads (`src/services/oauthService.ts`).
A callback is a page that hands what it has got to the window that opened it, and to none of another origin.
"""

import json
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.portal.catalogue import Catalogue
from auth0_apim_sandbox.apim.portal.pages import Pages
from auth0_apim_sandbox.apim.portal.tokens import SignInError, request_token

_LARGEST_BODY = 16 * 1024


class SignIn:
    """The functions; `fetch` calls token endpoints."""

    def __init__(self, fetch: httpx.AsyncClient, pages: Pages) -> None:
        self._fetch = fetch
        self._pages = pages

    def routes(self) -> list[Route]:
        """The routes below `/signin-oauth`."""
        return [
            Route("/code/callback/{server}", self._code, methods=["GET"]),
            Route("/code-pkce/callback/{server}", self._code_with_pkce, methods=["GET"]),
            Route("/implicit/callback", self._implicit, methods=["GET"]),
            Route("/credentials/{api}", self._client_credentials, methods=["POST"]),
            Route("/password/{server}", self._password, methods=["POST"]),
        ]

    async def _code(self, request: Request) -> Response:
        """Exchange the code for a token and hand it over."""
        catalogue: Catalogue = request.scope["catalogue"]
        try:
            code = _code_in(request)
            server = _offering("authorizationCode", catalogue.authorization_server(request.path_params["server"]))
            redirect_uri = f"{catalogue.url}/signin-oauth/code/callback/{server['name']}".lower()
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
            message = await request_token(self._fetch, server, form)
        except SignInError as error:
            return self._hand_over(request, {"error": error.error, "errorDescription": error.description}, 400)
        return self._hand_over(request, message)

    async def _code_with_pkce(self, request: Request) -> Response:
        """Hand over the code, which the window that has its verifier exchanges."""
        try:
            code = _code_in(request)
        except SignInError as error:
            return self._hand_over(request, {"error": error.error, "errorDescription": error.description}, 400)
        return self._hand_over(request, {"code": code})

    async def _implicit(self, request: Request) -> Response:
        """Hand over the fragment, which only the page sees."""
        return self._hand_over(request, {})

    def _hand_over(self, request: Request, message: dict[str, str], status: int = 200) -> Response:
        state = {"state": request.query_params["state"]} if "state" in request.query_params else {}
        return self._pages.callback(message | state, status)

    async def _client_credentials(self, request: Request) -> Response:
        """A token for the client itself, by the authorization server of an API."""
        catalogue: Catalogue = request.scope["catalogue"]
        try:
            _check_origin(request, catalogue)
            api = catalogue.api(request.path_params["api"])
            servers = catalogue.authorization_servers(api) if api is not None else []
            server = _offering("clientCredentials", *servers)
            form = {"grant_type": "client_credentials", **_scope(request, server)}
            return _answer(await request_token(self._fetch, server, form))
        except SignInError as error:
            return _refusal(error)

    async def _password(self, request: Request) -> Response:
        """A token for a user's name and password, which the body has as JSON."""
        catalogue: Catalogue = request.scope["catalogue"]
        try:
            _check_origin(request, catalogue)
            server = _offering("resourceOwnerPassword", catalogue.authorization_server(request.path_params["server"]))
            user = await _user_in(request)
            form = {"grant_type": "password", **user, **_scope(request, server)}
            return _answer(await request_token(self._fetch, server, form))
        except SignInError as error:
            return _refusal(error)


def _code_in(request: Request) -> str:
    """The code that the authorization server sends; raises SignInError with its refusal instead (RFC 6749, 4.1.2)."""
    query = request.query_params
    if "error" in query:
        raise SignInError(400, query["error"], query.get("error_description", ""))
    if not query.get("code"):
        raise SignInError(400, "invalid_request", "the callback has neither a code nor an error")
    return query["code"]


def _offering(grant_type: str, *servers: Document | None) -> Document:
    """The first of `servers` with the grant; raises SignInError, in the words that the portal knows."""
    for server in servers:
        if server is not None and grant_type in server["properties"]["grantTypes"]:
            return server
    raise SignInError(400, "invalid_request", "Authorization server configuration not found.")


def _check_origin(request: Request, catalogue: Catalogue) -> None:
    """Refuse what another site's page sends (cross-site request forgery): browsers name the origin of every POST."""
    if request.headers.get("origin") != catalogue.url:
        raise SignInError(403, "invalid_request", f"only pages of {catalogue.url} may ask for tokens (header Origin)")


def _scope(request: Request, server: Document) -> dict[str, str]:
    scope = request.query_params.get("scopes", server["properties"]["defaultScope"] or "")
    return {"scope": scope} if scope else {}


async def _user_in(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise SignInError(413, "invalid_request", f"the body is larger than {_LARGEST_BODY} bytes")
    try:
        document: Any = json.loads(body)
    except ValueError:
        document = None
    names = ("username", "password")
    if not isinstance(document, dict) or not all(isinstance(document.get(name), str) for name in names):
        raise SignInError(400, "invalid_request", 'the body must be JSON such as {"username": "…", "password": "…"}')
    return {name: document[name] for name in names}


def _answer(message: dict[str, str]) -> Response:
    return JSONResponse(message, headers={"Cache-Control": "no-store"})


def _refusal(error: SignInError) -> Response:
    """The refusal: `message` is what the open-source portal reads."""
    message = error.description or error.error
    return JSONResponse({"error": error.error, "message": message}, error.status, {"Cache-Control": "no-store"})
