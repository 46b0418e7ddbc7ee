"""POST /oauth/revoke: a client gives up a refresh token (RFC 7009)."""

from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_request
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.tokens.client_authentication import ClientAuthentication
from auth0_apim_sandbox.tenant.tokens.refresh_tokens import RefreshTokens


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
