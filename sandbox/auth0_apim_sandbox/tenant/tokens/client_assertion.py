"""Client authentication by a signed JWT, private_key_jwt (RFC 7523).

https://auth0.com/docs/get-started/authentication-and-authorization-flow/authenticate-with-private-key-jwt
"""

from typing import Any

import jwt

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.clock import ExpiringMap, parse_timestamp
from auth0_apim_sandbox.tenant.model.tenant import Tenant, public_client_id
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, unauthorized

ALGORITHMS = ("RS256", "RS384", "PS256")
MAX_LIFETIME = 300
"""Seconds an assertion may still live when it arrives."""
_CLOCK_SKEW = 5
_MAX_REMEMBERED = 100_000


class ClientAssertions:
    """Checks assertions against the public keys stored on a client; each works once."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._used: ExpiringMap[tuple[str, str], bool] = ExpiringMap(
            tenant.clock, MAX_LIFETIME + _CLOCK_SKEW, _MAX_REMEMBERED
        )

    def claimed_client_id(self, assertion: str) -> str:
        """The client an assertion claims to come from; not a proof.

        Raises:
            OAuthError: it is not a JWT with a subject.
        """
        try:
            subject = jwt.decode(assertion, options={"verify_signature": False}).get("sub")
        except jwt.InvalidTokenError as error:
            raise _invalid("it is not a JSON Web Token") from error
        if not isinstance(subject, str):
            raise unauthorized()
        return subject

    def check(self, client: Document, assertion: str) -> None:
        """Accept the assertion as coming from `client`, once.

        Raises:
            OAuthError: it is not signed by a key of the client, not for this tenant, expired, too long-lived or used.
        """
        claims = self._verified(client, assertion)
        if claims["iss"] != public_client_id(client) or claims["sub"] != public_client_id(client):
            raise _invalid("'iss' and 'sub' must be the client_id")
        now = self._tenant.clock()
        if not claims["exp"] > now - _CLOCK_SKEW:
            raise _invalid("it has expired")
        if not claims["exp"] <= now + MAX_LIFETIME + _CLOCK_SKEW:
            raise _invalid(f"it lives longer than {MAX_LIFETIME} seconds")
        if any(claims.get(name, now) > now + _CLOCK_SKEW for name in ("iat", "nbf")):
            raise _invalid("it is not valid yet")
        key = (client["client_id"], str(claims["jti"]))
        if self._used.get(key):
            raise _invalid("its 'jti' was used before")
        self._used.put(key, value=True)

    def _verified(self, client: Document, assertion: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(assertion)
        except jwt.InvalidTokenError as error:
            raise _invalid("it is not a JSON Web Token") from error
        for credential in _credentials(self._tenant, client):
            if header.get("kid") not in (None, credential.get("kid")) or header.get("alg") != credential.get("alg"):
                continue
            try:
                return self._decode(assertion, credential)
            except jwt.InvalidSignatureError:
                continue
            except jwt.InvalidTokenError as error:
                raise _invalid(str(error)) from error
        raise _invalid("no key of the client verifies it")

    def _decode(self, assertion: str, credential: Document) -> dict[str, Any]:
        issuer = self._tenant.issuer
        claims: dict[str, Any] = jwt.decode(
            assertion,
            credential["pem"],
            algorithms=[credential["alg"]],
            audience=[issuer, issuer.rstrip("/"), f"{issuer}oauth/token"],
            options={
                "require": ["iss", "sub", "aud", "exp", "jti"],
                # The tenant's clock decides, not the system's.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        if not all(isinstance(claims.get(name, 0), (int, float)) for name in ("exp", "iat", "nbf")):
            raise _invalid("'exp', 'iat' and 'nbf' must be numbers")
        return claims


def _credentials(tenant: Tenant, client: Document) -> list[Document]:
    """The client's credentials that private_key_jwt refers to, without those that are over."""
    referred = {each["id"] for each in client["client_authentication_methods"]["private_key_jwt"]["credentials"]}
    stored: list[Document] = client.get("credentials") or []
    return [
        credential
        for credential in stored
        if credential["id"] in referred
        and credential.get("alg", "RS256") in ALGORITHMS
        and not _is_expired(credential, tenant.clock())
    ]


def _is_expired(credential: Document, now: float) -> bool:
    expires_at = credential.get("expires_at")
    if expires_at is None:
        return False
    return parse_timestamp(expires_at) <= now


def _invalid(reason: str) -> OAuthError:
    return OAuthError(401, "invalid_client", f"Invalid client assertion: {reason}")
