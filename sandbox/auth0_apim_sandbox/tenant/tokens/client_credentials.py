"""The client credentials grant (RFC 6749, section 4.4): a machine gets a token for itself."""

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import not_supported, unauthorized
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.tokens.authorization import authorize_client, split_scope
from auth0_apim_sandbox.tenant.tokens.client_authentication import is_public
from auth0_apim_sandbox.tenant.tokens.tokens import Tokens


class ClientCredentialsGrant:
    """Answers `grant_type=client_credentials`."""

    def __init__(self, tenant: Tenant, tokens: Tokens) -> None:
        self._tenant = tenant
        self._tokens = tokens

    async def __call__(self, call: Call, client: Document) -> Answer:
        """A token for `client`.

        Raises:
            OAuthError: a public client, nothing granted to it, or an organization.
        """
        if call.get("organization"):
            raise not_supported("organizations: parameter 'organization'")
        if is_public(client):
            raise unauthorized()
        allowed = authorize_client(self._tenant, client, call.get("audience"), split_scope(call.get("scope")))
        token, lifetime = self._tokens.access_token(
            client, f"{client['client_id']}@clients", allowed, "client-credentials"
        )
        answer = {"access_token": token, "expires_in": lifetime, "token_type": "Bearer"}
        return Answer({**answer, "scope": allowed.scope} if allowed.scopes else answer)
