"""The authorization code grant: codes, PKCE (RFC 7636), and the grant (RFC 6749, section 4.1; RFC 9700, section 2.1)."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.login.logins import refuse_blocked
from auth0_apim_sandbox.tenant.model.ids import digest
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_grant, missing
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.oauth.resource import check_resource
from auth0_apim_sandbox.tenant.tokens.authorization import authorize_user, split_scope
from auth0_apim_sandbox.tenant.tokens.refresh_tokens import RefreshTokens, UserGrant
from auth0_apim_sandbox.tenant.tokens.tokens import Authentication

LIFETIME = 600
"""Seconds; the longest RFC 6749, section 4.1.2, recommends."""
METHODS = ("S256", "plain")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


class AuthorizationCodes:
    """The codes a tenant has issued: short-lived, for one client, one redirect URI and one use.

    Only the SHA-256 of a code is kept.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def issue(self, content: dict[str, Any]) -> str:
        """A new code that stands for `content`, a JSON object."""
        code = secrets.token_urlsafe(32)
        with self._tenant.store.transaction():
            self._delete_expired()
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

    def _delete_expired(self) -> None:
        now = self._tenant.clock()
        for key in [key for key, content in self._tenant.codes.items() if content["expires_at"] <= now]:
            self._tenant.codes.delete(key)


class AuthorizationCodeGrant:
    """Answers `grant_type=authorization_code`."""

    def __init__(
        self, tenant: Tenant, codes: AuthorizationCodes, refresh_tokens: RefreshTokens, user_grant: UserGrant
    ) -> None:
        self._tenant = tenant
        self._codes = codes
        self._refresh_tokens = refresh_tokens
        self._user_grant = user_grant

    async def __call__(self, call: Call, client: Document) -> Answer:
        """Tokens for the login that the code stands for.

        Raises:
            OAuthError: an unknown, used or foreign code, another redirect URI, or a wrong verifier.
        """
        code = call.require("code")
        content = self._usable(code, client)
        _check_redirect_uri(call, content)
        _check_verifier(call, content)
        check_resource(self._tenant, content["audience"], call.get("resource"))
        self._codes.use(code)
        user = self._tenant.users.get(content["user_id"])
        if user is None:
            raise invalid_grant("Invalid authorization code")
        refuse_blocked(user)
        allowed = authorize_user(self._tenant, client, user, content["audience"], split_scope(content["scope"]))
        authentication = Authentication(user, content["auth_time"], content["sid"], content["nonce"])
        refresh_token = self._user_grant.new_refresh_token(client, allowed, authentication, content["family"])
        return self._user_grant.answer(client, allowed, authentication, None, refresh_token)

    def _usable(self, code: str, client: Document) -> Document:
        content = self._codes.find(code)
        if content is None or content["client_id"] != client["client_id"]:
            raise invalid_grant("Invalid authorization code")
        if content.get("used"):
            # Somebody else may have the code: what it brought is worth nothing any more (RFC 6749, section 4.1.2).
            self._refresh_tokens.revoke_family(content["family"])
            raise invalid_grant("Invalid authorization code")
        return content


def _check_redirect_uri(call: Call, content: Document) -> None:
    sent, expected = call.get("redirect_uri"), content["redirect_uri"]
    if sent == expected or (sent is None and content["redirect_uri_omitted"]):
        return
    raise OAuthError(
        403,
        "unauthorized_client",
        f"The redirect URI is wrong. You sent {sent or 'null'}, and we expected {expected}",
    )


def _check_verifier(call: Call, content: Document) -> None:
    challenge, verifier = content["code_challenge"], call.get("code_verifier")
    if challenge is None:
        # A verifier without a challenge is a downgraded request (RFC 9700, section 4.8.2).
        if verifier is not None:
            raise invalid_grant("Failed to verify code verifier")
        return
    if verifier is None:
        raise missing("code_verifier")
    if not is_well_formed_verifier(verifier) or not matches_challenge(
        verifier, challenge, content["code_challenge_method"]
    ):
        raise invalid_grant("Failed to verify code verifier")


def new_family() -> str:
    """A name for what descends from one login: its code and refresh tokens, revoked together."""
    return secrets.token_hex(12)


def is_well_formed_verifier(text: str) -> bool:
    """Whether `text` may be a code verifier or a code challenge: 43 to 128 unreserved characters."""
    return _UNRESERVED.fullmatch(text) is not None


def matches_challenge(verifier: str, challenge: str, method: str) -> bool:
    """Whether `verifier` is what `challenge` was made of, by `S256` or `plain`."""
    if method == "S256":
        verifier = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), challenge.encode())
