"""The tokens of an answer: access tokens in the API's dialect, and ID tokens.

Access token profiles: https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles and RFC 9068.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant, public_client_id
from auth0_apim_sandbox.tenant.oauth.signing import id_token_key, sign, sign_with_secret
from auth0_apim_sandbox.tenant.tokens.authorization import Authorization, userinfo_audience
from auth0_apim_sandbox.tenant.tokens.userinfo import OpaqueTokens, user_claims

_DEFAULT_LIFETIME = 86400
_DEFAULT_ID_TOKEN_LIFETIME = 36000
_OPAQUE_LIFETIME = 86400
_LIFETIME_FOR_WEB = 7200


@dataclass(frozen=True)
class Authentication:
    """Who logged in, how and when."""

    user: Document
    auth_time: int | None = None
    sid: str | None = None
    nonce: str | None = None


class Tokens:
    """Issues the tokens of one tenant."""

    def __init__(self, tenant: Tenant, opaque_tokens: OpaqueTokens) -> None:
        self._tenant = tenant
        self._opaque_tokens = opaque_tokens

    def access_token(
        self, client: Document, subject: str, allowed: Authorization, gty: str | None = None, *, for_web: bool = False
    ) -> tuple[str, int]:
        """An access token and its lifetime in seconds.

        Args:
            client: the application that gets it.
            subject: a user id, or `<client_id>@clients`.
            allowed: the API, the scopes and the permissions.
            gty: the grant type the token tells of; None for the code flow.
            for_web: the token travels through a browser, so the API's shorter lifetime counts.
        """
        api = allowed.api
        if api is None:
            return self._opaque_token(client, subject, allowed)
        lifetime = api.get("token_lifetime", _DEFAULT_LIFETIME)
        if for_web:
            lifetime = min(lifetime, api.get("token_lifetime_for_web", _LIFETIME_FOR_WEB))
        algorithm = api.get("signing_alg", "RS256")
        standard = str(api.get("token_dialect")).startswith("rfc9068_profile")
        claims = self._claims(subject, self._audience(api, allowed, algorithm), allowed, lifetime)
        if standard:
            claims |= {"jti": secrets.token_urlsafe(16), "client_id": public_client_id(client)}
        else:
            claims |= {"gty": gty} if gty else {}
            claims["azp"] = public_client_id(client)
        if allowed.permissions is not None:
            claims["permissions"] = list(allowed.permissions)
        typ = "at+jwt" if standard else "JWT"
        if algorithm == "HS256":
            return sign_with_secret(claims, api["signing_secret"].encode(), typ), lifetime
        return sign(self._tenant, claims, algorithm, typ), lifetime

    def id_token(
        self,
        client: Document,
        allowed: Authorization,
        authentication: Authentication,
        *,
        access_token: str | None = None,
        code: str | None = None,
    ) -> str:
        """An ID token for `client` about the user, bound by hashes to the access token and the code it comes with."""
        now = self._tenant.now()
        configuration = client.get("jwt_configuration") or {}
        algorithm = _id_token_algorithm(client)
        claims: dict[str, Any] = {
            **user_claims(authentication.user, allowed.scopes),
            "iss": self._tenant.issuer,
            "aud": client["client_id"],
            "sub": authentication.user["user_id"],
            "iat": now,
            "exp": now + configuration.get("lifetime_in_seconds", _DEFAULT_ID_TOKEN_LIFETIME),
            "auth_time": authentication.auth_time,
            "sid": authentication.sid,
            "nonce": authentication.nonce,
            "at_hash": _half_hash(access_token, algorithm),
            "c_hash": _half_hash(code, algorithm),
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if algorithm == "HS256":
            return sign_with_secret(claims, id_token_key(client))
        return sign(self._tenant, claims, algorithm)

    def _claims(self, subject: str, audience: str | list[str], allowed: Authorization, lifetime: int) -> dict[str, Any]:
        now = self._tenant.now()
        claims: dict[str, Any] = {
            "iss": self._tenant.issuer,
            "sub": subject,
            "aud": audience,
            "iat": now,
            "exp": now + lifetime,
        }
        if allowed.scopes:
            claims["scope"] = allowed.scope
        return claims

    def _audience(self, api: Document, allowed: Authorization, algorithm: str) -> str | list[str]:
        identifier: str = api["identifier"]
        # An API with a secret of its own shares no token with /userinfo, which could not verify it.
        if "openid" in allowed.scopes and algorithm != "HS256":
            return [identifier, userinfo_audience(self._tenant)]
        return identifier

    def _opaque_token(self, client: Document, subject: str, allowed: Authorization) -> tuple[str, int]:
        claims = self._claims(subject, userinfo_audience(self._tenant), allowed, _OPAQUE_LIFETIME)
        return self._opaque_tokens.seal({**claims, "azp": client["client_id"]}), _OPAQUE_LIFETIME


def _id_token_algorithm(client: Document) -> str:
    """What the client chose; without a choice HS256, as for clients made through the real Management API.

    A client that cannot keep a secret (or has none) gets RS256: it could not verify HS256.
    """
    keeps_secret = client.get("client_secret") and client.get("token_endpoint_auth_method") != "none"
    algorithm: str = (client.get("jwt_configuration") or {}).get("alg") or ("HS256" if keeps_secret else "RS256")
    return algorithm if algorithm != "HS256" or client.get("client_secret") else "RS256"


def _half_hash(text: str | None, algorithm: str) -> str | None:
    """The left half of the hash of `text` by the ID token's own hash, in base64url (OpenID Connect Core 1.0, 3.1.3.6)."""
    if text is None:
        return None
    digest = hashlib.new(f"sha{algorithm[2:]}", text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
