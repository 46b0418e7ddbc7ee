"""Endpoints that the real service has and the sandbox refuses by name."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth0_apim_sandbox.tenant.oauth.errors import not_supported

_FEATURES = {
    "/oidc/register": "dynamic client registration",
    "/oauth/par": "pushed authorization requests",
    "/oauth/global-token-revocation/{rest:path}": "global token revocation",
    "/oauth/device/code": "the device authorization flow",
    "/activate": "the device authorization flow",
    "/bc-authorize": "client-initiated backchannel authentication",
    "/mfa/{rest:path}": "multi-factor authentication",
    "/passwordless/{rest:path}": "passwordless login",
    "/samlp/{rest:path}": "SAML",
    "/wsfed/{rest:path}": "WS-Federation",
    "/co/authenticate": "cross-origin authentication",
    "/co/verify": "cross-origin authentication",
    "/passkey/{rest:path}": "passkeys",
    "/u/signup": "the sign-up page; use /dbconnections/signup",
    "/u/reset-password/request": "the page that asks for a new password; use /api/v2/tickets/password-change",
    "/login": "the classic login page",
    "/login/callback": "callbacks of other identity providers",
    "/usernamepassword/login": "the classic login page",
    "/logout": "the legacy logout; use /v2/logout or /oidc/logout",
    "/oauth/ro": "the legacy resource owner endpoint; use /oauth/token",
    "/oauth/access_token": "the legacy social access token endpoint",
    "/delegation": "delegation",
    "/tokeninfo": "the legacy tokeninfo endpoint; use /userinfo",
    "/unlink": "the legacy account linking",
    "/users/{user_id}/impersonate": "impersonation",
    **dict.fromkeys(("/pem", "/cer", "/rawpem", "/pb7"), "certificates as files; use /api/v2/keys/signing"),
    "/user/ssodata": "the legacy single sign-on endpoint",
    "/me/{rest:path}": "the My Account API",
    "/my-org/{rest:path}": "the My Organization API",
    "/scim/{rest:path}": "SCIM",
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
