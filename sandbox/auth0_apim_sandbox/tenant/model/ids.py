"""Identifiers and secrets in the formats of the real service, and the digests that secrets are stored under."""

import hashlib
import secrets
import string

_ALPHANUMERIC = string.ascii_letters + string.digits
_URL_SAFE = _ALPHANUMERIC + "-_"


def alphanumeric(length: int) -> str:
    """`length` random characters of A-Z, a-z and 0-9."""
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(length))


def client_id() -> str:
    """A client id: 32 alphanumerics."""
    return alphanumeric(32)


def third_party_client_id() -> str:
    """The id of a client of somebody else: `tpc_` and 22 alphanumerics."""
    return f"tpc_{alphanumeric(22)}"


def client_secret() -> str:
    """A client secret: 64 URL-safe characters."""
    return "".join(secrets.choice(_URL_SAFE) for _ in range(64))


def resource_server_id() -> str:
    """A resource server's id: 24 hex digits."""
    return secrets.token_hex(12)


def client_grant_id() -> str:
    """A client grant's id: `cgr_` and 16 alphanumerics."""
    return f"cgr_{alphanumeric(16)}"


def connection_id() -> str:
    """A connection's id: `con_` and 16 alphanumerics."""
    return f"con_{alphanumeric(16)}"


def credential_id() -> str:
    """A client credential's id: `cred_` and 22 alphanumerics."""
    return f"cred_{alphanumeric(22)}"


def grant_id() -> str:
    """The id of a user's consent: 24 hex digits."""
    return secrets.token_hex(12)


def job_id() -> str:
    """A job's id: `job_` and 16 alphanumerics."""
    return f"job_{alphanumeric(16)}"


def role_id() -> str:
    """A role's id: `rol_` and 16 alphanumerics."""
    return f"rol_{alphanumeric(16)}"


def user_identity_id() -> str:
    """The part of a user id after `auth0|`: 24 hex digits."""
    return secrets.token_hex(12)


def key_id() -> str:
    """A signing key's `kid`: 21 URL-safe characters."""
    return "".join(secrets.choice(_URL_SAFE) for _ in range(21))


def digest(secret: str) -> str:
    """The SHA-256 of a random secret in hex, under which it is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
