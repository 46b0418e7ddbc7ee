"""Proof Key for Code Exchange (RFC 7636)."""

import base64
import hashlib
import hmac
import re

METHODS = ("S256", "plain")

_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def is_well_formed(text: str) -> bool:
    """Whether `text` may be a code verifier or a code challenge: 43 to 128 unreserved characters."""
    return _UNRESERVED.fullmatch(text) is not None


def verifies(verifier: str, challenge: str, method: str) -> bool:
    """Whether `verifier` is what `challenge` was made of, by `S256` or `plain`."""
    if method == "S256":
        verifier = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), challenge.encode())
