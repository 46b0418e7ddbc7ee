"""Authorization codes: short-lived, for one client, one redirect URI and one use (RFC 6749, section 4.1).

Only the SHA-256 of a code is kept.
"""

import secrets
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.digest import digest
from auth0_apim_sandbox.tenant.model.tenant import Tenant

LIFETIME = 600
"""Seconds; the longest RFC 6749, section 4.1.2, recommends."""


class Codes:
    """The codes a tenant has given out and not yet forgotten."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def issue(self, content: dict[str, Any]) -> str:
        """A new code that stands for `content`, a JSON object."""
        code = secrets.token_urlsafe(32)
        with self._tenant.store.transaction():
            self._forget_expired()
            self._tenant.codes.put(
                digest(code), {**content, "family": new_family(), "expires_at": self._tenant.now() + LIFETIME}
            )
        return code

    def find(self, code: str) -> Document | None:
        """What `code` stands for, also when it was used before, or None for any other text."""
        content = self._tenant.codes.get(digest(code))
        return None if content is None or content["expires_at"] <= self._tenant.clock() else content

    def use(self, code: str) -> None:
        """Mark `code` as used."""
        key = digest(code)
        self._tenant.codes.put(key, {**self._tenant.codes[key], "used": True})

    def _forget_expired(self) -> None:
        now = self._tenant.clock()
        for key in [key for key, content in self._tenant.codes.items() if content["expires_at"] <= now]:
            self._tenant.codes.delete(key)


def new_family() -> str:
    """A name for what descends from one login: its code and refresh tokens, revoked together."""
    return secrets.token_hex(12)
