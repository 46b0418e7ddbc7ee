"""The refresh token grant (RFC 6749, section 6)."""

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.login.logins import refuse_blocked
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import invalid_grant
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.tokens.authorization import OFFLINE_ACCESS, authorize_user, split_scope
from auth0_apim_sandbox.tenant.tokens.refresh_tokens import RefreshTokens
from auth0_apim_sandbox.tenant.tokens.tokens import Authentication
from auth0_apim_sandbox.tenant.tokens.user_grant import UserGrant


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
