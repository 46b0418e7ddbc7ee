"""Refresh tokens, rotating or not, with reuse detection; only their SHA-256 is kept.

https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation and RFC 9700, section 4.14.
"""

import secrets
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.digest import digest
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_grant

_DEFAULT_LIFETIME = 2592000
_DEFAULT_IDLE_LIFETIME = 1296000


class RefreshTokens:
    """The refresh tokens of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._tokens = tenant.refresh_tokens

    def issue(self, client: Document, content: dict[str, Any]) -> str:
        """A new refresh token for `client`.

        Args:
            client: its `refresh_token` settings say how long the token lives.
            content: user_id, audience, scope, family, and what ID tokens repeat of the login.
        """
        now = self._tenant.now()
        expires_at = content.get("expires_at") or _end(client, now)
        token = f"v1.{secrets.token_urlsafe(48)}"
        document = {**content, "client_id": client["client_id"], "expires_at": expires_at, "used_at": now}
        with self._tenant.store.transaction():
            self._forget_expired(now)
            self._tokens.put(digest(token), document)
        return token

    def accept(self, client: Document, token: str) -> Document:
        """What `token` stands for, when it comes from its client and is still good.

        A token that was replaced longer ago than the client's leeway is stolen or replayed: its whole family ends.

        Raises:
            OAuthError: unknown, another client's, expired or replaced token.
        """
        key = digest(token)
        content = self._tokens.get(key)
        if content is None or content["client_id"] != client["client_id"]:
            raise _unknown()
        settings = client.get("refresh_token") or {}
        if _is_over(content, settings, self._tenant.clock()):
            self._tokens.delete(key)
            raise _unknown()
        replaced_at = content.get("replaced_at")
        if replaced_at is not None and self._tenant.clock() >= replaced_at + (settings.get("leeway") or 0):
            self.revoke_family(content["family"])
            raise _unknown()
        return content

    def renew(self, client: Document, token: str) -> str | None:
        """Note that an accepted token was used; its successor, where the client's tokens rotate."""
        key = digest(token)
        content = self._tokens[key]
        if (client.get("refresh_token") or {}).get("rotation_type") != "rotating":
            self._tokens.put(key, {**content, "used_at": self._tenant.now()})
            return None
        with self._tenant.store.transaction():
            self._tokens.put(key, {"replaced_at": self._tenant.clock(), **content})
            return self.issue(client, {name: value for name, value in content.items() if name != "replaced_at"})

    def find(self, token: str) -> Document | None:
        """What `token` stands for, or None for any other text."""
        return self._tokens.get(digest(token))

    def revoke_family(self, family: str) -> None:
        """End every token that descends from the same login."""
        with self._tenant.store.transaction():
            for key in [key for key, content in self._tokens.items() if content["family"] == family]:
                self._tokens.delete(key)

    def _forget_expired(self, now: int) -> None:
        over = [key for key, content in self._tokens.items() if (content["expires_at"] or now) < now]
        for key in over:
            self._tokens.delete(key)


def _expires(settings: dict[str, Any]) -> bool:
    return settings.get("expiration_type") == "expiring" or settings.get("rotation_type") == "rotating"


def _end(client: Document, now: int) -> int | None:
    settings = client.get("refresh_token") or {}
    if settings.get("infinite_token_lifetime") or not _expires(settings):
        return None
    return now + int(settings.get("token_lifetime") or _DEFAULT_LIFETIME)


def _is_over(content: Document, settings: dict[str, Any], now: float) -> bool:
    if content["expires_at"] is not None and content["expires_at"] <= now:
        return True
    if settings.get("infinite_idle_token_lifetime") or not _expires(settings):
        return False
    return bool(content["used_at"] + (settings.get("idle_token_lifetime") or _DEFAULT_IDLE_LIFETIME) <= now)


def _unknown() -> OAuthError:
    return invalid_grant("Unknown or invalid refresh token.")
