"""Access tokens for no API but /userinfo: encrypted, readable by nobody but the tenant.

The real service answers with a JWE in compact serialisation (RFC 7516) under direct encryption with AES-256-GCM,
five segments of which the second is empty; https://auth0.com/docs/secure/tokens/access-tokens
"""

import base64
import binascii
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from auth0_apim_sandbox.store import Store

_KEY = "opaque_tokens"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class OpaqueTokens:
    """Seals claims into opaque tokens and opens them again, with a key made once per store."""

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


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
