"""Endpoints that the real service has and the sandbox refuses by name."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_auth0.authentication.errors import not_supported

_FEATURES = {
    "/oidc/register": "dynamic client registration",
    "/oidc/logout": "RP-initiated logout; use /v2/logout",
    "/oauth/par": "pushed authorization requests",
    "/oauth/device/code": "the device authorization flow",
    "/activate": "the device authorization flow",
    "/bc-authorize": "client-initiated backchannel authentication",
    "/mfa/{rest:path}": "multi-factor authentication",
    "/passwordless/{rest:path}": "passwordless login",
    "/samlp/{rest:path}": "SAML",
    "/wsfed/{rest:path}": "WS-Federation",
    "/co/authenticate": "cross-origin authentication",
}
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def unsupported_routes() -> list[Route]:
    """A route for each, answering 501 with what is missing."""
    return [Route(path, _refusal(feature), methods=_METHODS) for path, feature in _FEATURES.items()]


def _refusal(feature: str) -> Callable[[Request], Awaitable[Response]]:
    error = not_supported(feature)

    async def refuse(_: Request) -> Response:
        return JSONResponse(error.body(), error.status, {"cache-control": "no-store"})

    return refuse
