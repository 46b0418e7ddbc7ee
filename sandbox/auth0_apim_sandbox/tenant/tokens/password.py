"""The resource owner password grant (RFC 6749, section 4.3), and the service's variant that names a realm.

https://auth0.com/docs/get-started/authentication-and-authorization-flow/resource-owner-password-flow
"""

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.login.logins import Logins
from auth0_apim_sandbox.tenant.model.tenant import Tenant, may_use
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_request
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.tokens.authorization import (
    OFFLINE_ACCESS,
    OPENID_SCOPES,
    Authorization,
    api_for_user,
    authorize_user,
    needs_user_grant,
    scopes_of_api,
    split_scope,
)
from auth0_apim_sandbox.tenant.tokens.authorization_code import new_family
from auth0_apim_sandbox.tenant.tokens.refresh_tokens import UserGrant
from auth0_apim_sandbox.tenant.tokens.tokens import Authentication

PASSWORD = "password"  # noqa: S105 - the grant type's name
PASSWORD_REALM = "http://auth0.com/oauth/grant-type/password-realm"  # noqa: S105 - the grant type's name


class PasswordGrant:
    """Answers `grant_type=password` and the realm variant."""

    def __init__(self, tenant: Tenant, logins: Logins, user_grant: UserGrant) -> None:
        self._tenant = tenant
        self._logins = logins
        self._user_grant = user_grant

    async def __call__(self, call: Call, client: Document) -> Answer:
        """Tokens for the user whose password the call brings.

        Raises:
            OAuthError: a parameter is missing, there is no such database, or the login fails.
        """
        username, password = call.require("username"), call.require("password")
        connection = self._connection(call, client)
        audience = call.get("audience")
        api = api_for_user(self._tenant, client, audience)
        user = await self._logins.verify(connection, username, password, _address(call, client))
        # Where a grant decides, nothing is given unasked:
        # https://auth0.com/docs/get-started/apis/api-access-policies-for-applications
        unasked = None if api is None or needs_user_grant(client, api) else api
        requested = _with_implied(split_scope(call.get("scope")), unasked)
        allowed: Authorization = authorize_user(self._tenant, client, user, audience, requested)
        authentication = Authentication(user)
        refresh_token = self._user_grant.new_refresh_token(client, allowed, authentication, new_family())
        return self._user_grant.answer(client, allowed, authentication, "password", refresh_token)

    def _connection(self, call: Call, client: Document) -> Document:
        if call.require("grant_type") == PASSWORD_REALM:
            realm = call.require("realm")
            found = (each for each in self._tenant.connections.values() if realm in each.get("realms", [each["name"]]))
            connection = next(found, None)
            if connection is None:
                raise invalid_request("the connection was not found")
        else:
            connection = self._tenant.connection(self._tenant.settings.get("default_directory") or "")
            if connection is None:
                raise OAuthError(500, "server_error", "Authorization server not configured with default connection.")
        if not may_use(client, connection):
            raise invalid_request("the connection is not enabled")
        return connection


def _with_implied(requested: list[str], api: Document | None) -> list[str]:
    """The requested scopes and those this grant gives unasked, because the user trusts the client with a password.

    Without a scope of the API all of them, with `openid` alone every OpenID scope.
    """
    implied = list(OPENID_SCOPES) if [name for name in requested if name != OFFLINE_ACCESS] == ["openid"] else []
    scopes = [] if api is None else scopes_of_api(api)
    if not any(name in scopes for name in requested):
        implied += scopes
    return list(dict.fromkeys([*requested, *implied]))


def _address(call: Call, client: Document) -> str:
    """The user's IP address; a client that is trusted to name it does so in `auth0-forwarded-for`."""
    trusted = client.get("is_token_endpoint_ip_header_trusted") and client.get("token_endpoint_auth_method") != "none"
    return (call.header(b"auth0-forwarded-for") if trusted else None) or call.address
