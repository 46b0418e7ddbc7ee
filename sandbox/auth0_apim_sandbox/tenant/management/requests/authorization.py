"""Who calls the Management API, and what for: a Bearer token of this tenant, for this API (RFC 6750, RFC 8725)."""

from collections.abc import Collection

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.requests import Request

from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError
from auth0_apim_sandbox.tenant.model.tenant import Tenant


def authorize(tenant: Tenant, request: Request, any_of: Collection[str]) -> frozenset[str]:
    """The scopes of the request's access token, at least one of `any_of` among them.

    Raises:
        ManagementError: 400 for another kind of Authorization header, 401 for no good token, 403
            `insufficient_scope` for a good one without any of the scopes.
    """
    claims = _claims(tenant, _bearer_token(request))
    scope = claims.get("scope", "")
    granted = frozenset(scope.split()) if isinstance(scope, str) else frozenset()
    require_any(granted, any_of)
    return granted


def require_any(granted: Collection[str], any_of: Collection[str]) -> None:
    """Refuse with 403 when none of the scopes `any_of` is among those `granted`."""
    if not any(scope in granted for scope in any_of):
        raise ManagementError(403, f"Insufficient scope, expected any of: {','.join(any_of)}", "insufficient_scope")


def _unauthorized(message: str, challenge: str = 'Bearer error="invalid_token"') -> ManagementError:
    return ManagementError(401, message, headers={"www-authenticate": challenge})


def _bearer_token(request: Request) -> str:
    header = request.headers.get("authorization")
    if header is None:
        raise _unauthorized("Missing authentication", "Bearer")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or token.count(".") != 2 or " " in token:
        raise ManagementError(400, "Bad HTTP authentication header format", "Bearer")
    return token


def _claims(tenant: Tenant, token: str) -> dict[str, object]:
    key = _verification_key(tenant, token)
    try:
        # The clock is the tenant's, so PyJWT, which reads the system's, leaves the times to _check_times.
        claims: dict[str, object] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=tenant.management_audience,
            issuer=tenant.issuer,
            options={
                "require": ["aud", "exp", "iss", "sub"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.InvalidAudienceError as error:
        raise _unauthorized(f"Bad audience: expected {tenant.management_audience}") from error
    except jwt.InvalidIssuerError as error:
        raise _unauthorized(f"Bad issuer: expected {tenant.issuer}") from error
    except jwt.InvalidSignatureError as error:
        raise _unauthorized("Invalid signature received for JSON Web Token validation") from error
    except jwt.InvalidTokenError as error:
        raise _unauthorized("Invalid token") from error
    _check_times(claims, tenant.clock())
    return claims


def _verification_key(tenant: Tenant, token: str) -> RSAPublicKey:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise _unauthorized("Invalid token") from error
    kid = header.get("kid")
    signing_key = tenant.signing_keys.find(kid) if isinstance(kid, str) else None
    if signing_key is None or header.get("alg") != "RS256":
        raise _unauthorized("Invalid signature received for JSON Web Token validation")
    return signing_key.public_key


def _check_times(claims: dict[str, object], now: float) -> None:
    expires, not_before = claims["exp"], claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(not_before, int | float):
        raise _unauthorized("Invalid token")
    if expires <= now:
        raise _unauthorized("Expired token received for JSON Web Token validation")
    if not_before > now:
        raise _unauthorized("Invalid token")
