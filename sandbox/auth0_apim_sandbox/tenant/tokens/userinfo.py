"""/userinfo: what an access token with `openid` lets an application know of the user (OpenID Connect Core 1.0, 5.3)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.signing import verified_claims
from auth0_apim_sandbox.tenant.tokens.authorization import split_scope, userinfo_audience
from auth0_apim_sandbox.tenant.tokens.opaque_tokens import OpaqueTokens
from auth0_apim_sandbox.tenant.tokens.user_claims import user_claims

_PREFLIGHT = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "Authorization, Content-Type, Auth0-Client",
    "access-control-max-age": "86400",
}


class UserInfo:
    """Tells who the user behind an access token is."""

    def __init__(self, tenant: Tenant, opaque_tokens: OpaqueTokens) -> None:
        self._tenant = tenant
        self._opaque_tokens = opaque_tokens

    async def answer(self, request: Request) -> Response:
        """The claims that the token's scopes give, or 401; a browser's preflight request is let through."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_PREFLIGHT)
        authorization = request.headers.getlist("authorization")
        scheme, _, token = (authorization[0] if len(authorization) == 1 else "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _unauthorized('Bearer realm="Users"')
        claims = self._claims(token.strip())
        user = None if claims is None else self._tenant.users.get(claims["sub"])
        if claims is None or user is None:
            return _unauthorized('Bearer realm="Users", error="invalid_token"')
        answer = {"sub": user["user_id"], **user_claims(user, split_scope(claims.get("scope")))}
        return JSONResponse(answer, headers={"cache-control": "no-store", "access-control-allow-origin": "*"})

    def _claims(self, token: str) -> dict[str, Any] | None:
        claims = self._opaque_tokens.open(token)
        if claims is None:
            claims = verified_claims(self._tenant, token, userinfo_audience(self._tenant))
        if claims is None or claims["exp"] <= self._tenant.clock():
            return None
        return claims if "openid" in split_scope(claims.get("scope")) else None


def _unauthorized(challenge: str) -> Response:
    headers = {"www-authenticate": challenge, "cache-control": "no-store", "access-control-allow-origin": "*"}
    return PlainTextResponse("Unauthorized", 401, headers)
