"""Refresh tokens: rotation with reuse detection, the grant (RFC 6749, section 6) and revocation (RFC 7009).

https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation,
https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation and RFC 9700, section 4.14.
"""

import secrets
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.login.logins import refuse_blocked
from auth0_apim_sandbox.tenant.model.ids import digest
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_grant, invalid_request
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.oauth.resource import check_resource
from auth0_apim_sandbox.tenant.tokens.authorization import OFFLINE_ACCESS, Authorization, authorize_user, split_scope
from auth0_apim_sandbox.tenant.tokens.client_authentication import ClientAuthentication
from auth0_apim_sandbox.tenant.tokens.tokens import Authentication, Tokens

_DEFAULT_LIFETIME = 2592000
_DEFAULT_IDLE_LIFETIME = 1296000
_OF_ONE_TOKEN = ("predecessor", "replaced_at", "superseded")
"""What a successor does not inherit."""


class RefreshTokens:
    """The refresh tokens of one tenant; only their SHA-256 is kept."""

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
        expires_at = content.get("expires_at") or _expires_at(client, now)
        token = f"v1.{secrets.token_urlsafe(48)}"
        document = {
            **content,
            "client_id": client["client_id"],
            "rotating": _rotates(client),
            "expires_at": expires_at,
            "used_at": now,
        }
        with self._tenant.store.transaction():
            self._delete_expired(now)
            self._tokens.put(digest(token), document)
        return token

    def accept(self, client: Document, token: str) -> Document:
        """What `token` stands for, when it comes from its client and is still good.

        A token that was replaced longer ago than the client's leeway, or whose successor was used already, is stolen or
        replayed: its whole family ends.

        Raises:
            OAuthError: unknown, another client's, expired or replaced token.
        """
        key = digest(token)
        content = self._tokens.get(key)
        if content is None or content["client_id"] != client["client_id"]:
            raise _unknown()
        settings = client.get("refresh_token") or {}
        if _is_expired(content, settings, self._tenant.clock()):
            self._tokens.delete(key)
            raise _unknown()
        replaced_at = content.get("replaced_at")
        leeway = 0 if content.get("superseded") else settings.get("leeway") or 0
        if replaced_at is not None and self._tenant.clock() >= replaced_at + leeway:
            self.revoke_family(content["family"])
            raise _unknown()
        return content

    def renew(self, client: Document, token: str) -> str | None:
        """Note that an accepted token was used; its successor, where the client's tokens rotate or have just ceased to.

        A client that changes between rotating and not gets a token of the new kind, and loses those of the old kind
        that the user has for the API.
        """
        key = digest(token)
        content = self._tokens[key]
        if content["rotating"] != _rotates(client):
            return self._change_kind(client, content)
        if not content["rotating"]:
            self._tokens.put(key, {**content, "used_at": self._tenant.now()})
            return None
        with self._tenant.store.transaction():
            self._tokens.put(key, {"replaced_at": self._tenant.clock(), **content})
            predecessor = self._tokens.get(content.get("predecessor", ""))
            if predecessor is not None:
                self._tokens.put(content["predecessor"], {**predecessor, "superseded": True})
            kept = {name: value for name, value in content.items() if name not in _OF_ONE_TOKEN}
            return self.issue(client, {**kept, "predecessor": key})

    def _change_kind(self, client: Document, content: Document) -> str:
        same = {name: content[name] for name in ("client_id", "user_id", "audience", "rotating")}
        with self._tenant.store.transaction():
            for key in [key for key, other in self._tokens.items() if same.items() <= other.items()]:
                self._tokens.delete(key)
            kept = {name: value for name, value in content.items() if name not in (*_OF_ONE_TOKEN, "expires_at")}
            return self.issue(client, kept)

    def find(self, token: str) -> Document | None:
        """What `token` stands for, or None for any other text."""
        return self._tokens.get(digest(token))

    def revoke_family(self, family: str) -> None:
        """End every token that descends from the same login."""
        with self._tenant.store.transaction():
            for key in [key for key, content in self._tokens.items() if content["family"] == family]:
                self._tokens.delete(key)

    def _delete_expired(self, now: int) -> None:
        over = [key for key, content in self._tokens.items() if (content["expires_at"] or now) < now]
        for key in over:
            self._tokens.delete(key)


def _rotates(client: Document) -> bool:
    return bool((client.get("refresh_token") or {}).get("rotation_type") == "rotating")


def _expires(settings: dict[str, Any]) -> bool:
    return settings.get("expiration_type") == "expiring" or settings.get("rotation_type") == "rotating"


def _expires_at(client: Document, now: int) -> int | None:
    settings = client.get("refresh_token") or {}
    if settings.get("infinite_token_lifetime") or not _expires(settings):
        return None
    return now + int(settings.get("token_lifetime") or _DEFAULT_LIFETIME)


def _is_expired(content: Document, settings: dict[str, Any], now: float) -> bool:
    if content["expires_at"] is not None and content["expires_at"] <= now:
        return True
    if settings.get("infinite_idle_token_lifetime") or not _expires(settings):
        return False
    return bool(content["used_at"] + (settings.get("idle_token_lifetime") or _DEFAULT_IDLE_LIFETIME) <= now)


def _unknown() -> OAuthError:
    return invalid_grant("Unknown or invalid refresh token.")


class Revocation:
    """Ends a refresh token and everything that rotated from the same login.

    Where the tenant's flag `revoke_refresh_token_grant` is set, the user's consent goes with it:
    https://auth0.com/docs/secure/tokens/refresh-tokens/revoke-refresh-tokens
    """

    def __init__(self, tenant: Tenant, authentication: ClientAuthentication, refresh_tokens: RefreshTokens) -> None:
        self._tenant = tenant
        self._authentication = authentication
        self._refresh_tokens = refresh_tokens

    async def __call__(self, call: Call) -> Answer:
        """An empty answer, also when there is no such token.

        Raises:
            OAuthError: the client is not who it says, or the token is another client's.
        """
        token = call.require("token")
        try:
            client = self._authentication.authenticate(call)
        except OAuthError as error:
            if error.status != 401:
                raise
            raise OAuthError(401, "invalid_client", error.description) from error
        content = self._refresh_tokens.find(token)
        if content is not None:
            if content["client_id"] != client["client_id"]:
                raise invalid_request("The token was not issued to this client")
            self._refresh_tokens.revoke_family(content["family"])
            if (self._tenant.settings.get("flags") or {}).get("revoke_refresh_token_grant"):
                self._tenant.revoke_grant(content["user_id"], content["client_id"], content["audience"])
        return Answer(None)


class UserGrant:
    """Issues the tokens of a user's login."""

    def __init__(self, tenant: Tenant, tokens: Tokens, refresh_tokens: RefreshTokens) -> None:
        self._tenant = tenant
        self._tokens = tokens
        self._refresh_tokens = refresh_tokens

    def answer(
        self,
        client: Document,
        allowed: Authorization,
        authentication: Authentication,
        gty: str | None = None,
        refresh_token: str | None = None,
    ) -> Answer:
        """An access token, with an ID token where `openid` is allowed and the refresh token if there is one."""
        token, lifetime = self._tokens.access_token(client, authentication.user["user_id"], allowed, gty)
        answer: dict[str, Any] = {"access_token": token}
        if refresh_token is not None:
            answer["refresh_token"] = refresh_token
        if "openid" in allowed.scopes:
            answer["id_token"] = self._tokens.id_token(client, allowed, authentication, access_token=token)
        if allowed.scopes:
            answer["scope"] = allowed.scope
        return Answer({**answer, "expires_in": lifetime, "token_type": "Bearer"})

    def new_refresh_token(
        self, client: Document, allowed: Authorization, authentication: Authentication, family: str
    ) -> str | None:
        """A first refresh token, where `offline_access` is allowed."""
        if OFFLINE_ACCESS not in allowed.scopes:
            return None
        return self._refresh_tokens.issue(
            client,
            {
                "user_id": authentication.user["user_id"],
                "audience": allowed.audience(self._tenant),
                "scope": allowed.scope,
                "family": family,
                "auth_time": authentication.auth_time,
                "sid": authentication.sid,
            },
        )


class RefreshTokenGrant:
    """Answers `grant_type=refresh_token`."""

    def __init__(self, tenant: Tenant, refresh_tokens: RefreshTokens, user_grant: UserGrant) -> None:
        self._tenant = tenant
        self._refresh_tokens = refresh_tokens
        self._user_grant = user_grant

    async def __call__(self, call: Call, client: Document) -> Answer:
        """New tokens for the login the refresh token descends from, with the same scopes or fewer.

        What the user may do is decided anew, so a role taken away is gone with the next token.

        Raises:
            OAuthError: the token is not good (any more), or the user is gone or blocked.
        """
        token = call.require("refresh_token")
        content = self._refresh_tokens.accept(client, token)
        check_resource(self._tenant, content["audience"], call.get("resource"))
        user = self._tenant.users.get(content["user_id"])
        if user is None:
            raise invalid_grant("The refresh_token was generated for a user who doesn't exist anymore.")
        refuse_blocked(user)
        scopes = _reduced(split_scope(content["scope"]), split_scope(call.get("scope")))
        allowed = authorize_user(self._tenant, client, user, content["audience"], scopes)
        authentication = Authentication(user, content["auth_time"], content["sid"])
        successor = self._refresh_tokens.renew(client, token)
        return self._user_grant.answer(client, allowed, authentication, "refresh_token", successor)


def _reduced(granted: list[str], requested: list[str]) -> list[str]:
    """The granted scopes that are requested again; all of them without a request."""
    if not requested:
        return granted
    return [scope for scope in granted if scope in requested or scope == OFFLINE_ACCESS]
