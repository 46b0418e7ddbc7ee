"""How random secrets are kept: codes, refresh tokens, cookies and tickets are stored under their digest alone."""

import hashlib


def digest(secret: str) -> str:
    """The SHA-256 of a random secret in hex, under which it is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
