"""/userinfo: what an access token with `openid` tells of the user (OpenID Connect Core 1.0, section 5.3).

The claims by scope are those of ID tokens, too (section 5.4).
"""

import base64
import binascii
import json
import secrets
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.signing import verified_claims
from auth0_apim_sandbox.tenant.tokens.authorization import split_scope, userinfo_audience

_PREFLIGHT = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "Authorization, Content-Type, Auth0-Client",
    "access-control-max-age": "86400",
}
_CLAIMS = {
    "profile": ("name", "family_name", "given_name", "nickname", "picture", "updated_at"),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
}
_PUBLIC = frozenset(name for claims in _CLAIMS.values() for name in claims) | {"created_at", "identities"}
_KEY = "opaque_tokens"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class OpaqueTokens:
    """Access tokens for no API but /userinfo: encrypted with a key made once per store.

    A JWE in compact serialisation (RFC 7516) under direct encryption with AES-256-GCM, five segments of which the second
    is empty, as the real service issues: https://auth0.com/docs/secure/tokens/access-tokens
    """

    def __init__(self, store: Store, issuer: str) -> None:
        keys = store.collection("auth0.encryption_keys")
        if _KEY not in keys:
            keys.put(_KEY, {"key": AESGCM.generate_key(256).hex()})
        self._cipher = AESGCM(bytes.fromhex(keys[_KEY]["key"]))
        header = {"alg": "dir", "enc": "A256GCM", "iss": issuer}
        self._header = _encode(json.dumps(header, separators=(",", ":")).encode())

    def seal(self, claims: dict[str, Any]) -> str:
        """The claims as an opaque token."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, json.dumps(claims).encode(), self._header.encode())
        return ".".join(
            (self._header, "", _encode(nonce), _encode(sealed[:-_TAG_BYTES]), _encode(sealed[-_TAG_BYTES:]))
        )

    def open(self, token: str) -> dict[str, Any] | None:
        """The claims of a token this tenant sealed, expired or not; None for any other text."""
        header, _, rest = token.partition("..")
        parts = rest.split(".")
        if header != self._header or len(parts) != 3:
            return None
        try:
            nonce, text, tag = map(_decode, parts)
            claims: dict[str, Any] = json.loads(self._cipher.decrypt(nonce, text + tag, header.encode()))
        except (InvalidTag, binascii.Error, ValueError):
            return None
        return claims


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


def user_claims(user: Document, scopes: Iterable[str]) -> dict[str, Any]:
    """The claims about `user` that `scopes` ask for; the service's old scopes name one claim each."""
    names = dict.fromkeys(claim for scope in scopes for claim in _CLAIMS.get(scope, (scope,)))
    return {name: user[name] for name in names if user.get(name) is not None and name in _PUBLIC}


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
