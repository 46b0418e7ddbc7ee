"""Signing the tenant's JSON Web Tokens (RFC 7515), and verifying those it gets back."""

import base64
import warnings
from typing import Any

import jwt
from jwt.warnings import InsecureKeyLengthWarning

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant

RSA_ALGORITHMS = ("RS256", "RS512", "PS256")


def sign(tenant: Tenant, claims: dict[str, Any], algorithm: str, typ: str = "JWT") -> str:
    """A JWT signed with the tenant's current RSA key.

    Args:
        tenant: whose key signs.
        claims: the payload.
        algorithm: `RS256`, `RS512` or `PS256`.
        typ: the header's `typ`, `at+jwt` for the access tokens of RFC 9068.
    """
    key = tenant.signing_keys.current()
    return jwt.encode(claims, key.private_key, algorithm, headers={"typ": typ, "kid": key.kid}, sort_headers=False)


def sign_with_secret(claims: dict[str, Any], secret: bytes, typ: str = "JWT") -> str:
    """A JWT signed with HS256 and the key `secret`."""
    with warnings.catch_warnings():
        # Auth0 takes signing secrets from 16 characters on, RFC 7518 asks for 32 bytes: the tenant's owner chose.
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        return jwt.encode(claims, secret, "HS256", headers={"typ": typ}, sort_headers=False)


def verified_claims(tenant: Tenant, token: str, audience: str) -> dict[str, Any] | None:
    """The claims of an access token that this tenant signed for `audience`, or None when it is not good (any more).

    The algorithm must be one of the RSA ones and the key one of the tenant's own (RFC 8725, section 3.1).
    """
    try:
        key = tenant.signing_keys.find(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            return None
        claims: dict[str, Any] = jwt.decode(
            token,
            key.public_key,
            algorithms=RSA_ALGORITHMS,
            audience=audience,
            issuer=tenant.issuer,
            # The tenant's clock decides below, not the system's.
            options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError:
        return None
    return claims if claims["exp"] > tenant.clock() else None


def verified_id_token(tenant: Tenant, token: str) -> dict[str, Any] | None:
    """The claims of an ID token of this tenant, expired or not; None for any other text."""
    try:
        header = jwt.get_unverified_header(token)
        client = tenant.clients.get(str(jwt.decode(token, options={"verify_signature": False}).get("aud")))
        if client is None:
            return None
        options: Any = {"require": ["sub"], "verify_exp": False, "verify_iat": False}
        if header.get("alg") == "HS256":
            key: Any = id_token_key(client) if client.get("client_secret") else None
            algorithms: tuple[str, ...] = ("HS256",)
        else:
            found = tenant.signing_keys.find(str(header.get("kid")))
            key, algorithms = found and found.public_key, RSA_ALGORITHMS
        if not key:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InsecureKeyLengthWarning)
            return jwt.decode(token, key, algorithms, options, audience=client["client_id"], issuer=tenant.issuer)
    except jwt.InvalidTokenError:
        return None


def id_token_key(client: Document) -> bytes:
    """With which HS256 signs the ID tokens of a client that has a secret."""
    secret: str = client["client_secret"]
    if (client.get("jwt_configuration") or {}).get("secret_encoded"):
        return base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    return secret.encode()
