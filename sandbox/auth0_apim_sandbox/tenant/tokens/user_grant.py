"""What the three grants that act for a user answer with."""

from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.tokens.authorization import OFFLINE_ACCESS, Authorization
from auth0_apim_sandbox.tenant.tokens.refresh_tokens import RefreshTokens
from auth0_apim_sandbox.tenant.tokens.tokens import Authentication, Tokens


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
