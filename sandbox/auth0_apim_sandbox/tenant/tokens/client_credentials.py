"""The client credentials grant (RFC 6749, section 4.4): a machine gets a token for itself."""

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, unauthorized
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.tokens.authorization import (
    Authorization,
    access_policy,
    find_api,
    granted_scopes,
    not_authorized,
    shows_permissions,
    split_scope,
)
from auth0_apim_sandbox.tenant.tokens.client_authentication import is_public
from auth0_apim_sandbox.tenant.tokens.token_quotas import TokenQuotas
from auth0_apim_sandbox.tenant.tokens.tokens import Tokens


class ClientCredentialsGrant:
    """Answers `grant_type=client_credentials`."""

    def __init__(self, tenant: Tenant, tokens: Tokens) -> None:
        self._tenant = tenant
        self._tokens = tokens
        self._quotas = TokenQuotas(tenant)

    async def __call__(self, call: Call, client: Document) -> Answer:
        """A token for `client`.

        Raises:
            OAuthError: a public client, nothing granted to it, or its quota is used up.
        """
        if is_public(client):
            raise unauthorized()
        allowed = authorize_client(self._tenant, client, call.get("audience"), split_scope(call.get("scope")))
        headers = self._quotas.take(client)
        token, lifetime = self._tokens.access_token(
            client, f"{client['client_id']}@clients", allowed, "client-credentials"
        )
        answer = {"access_token": token, "expires_in": lifetime, "token_type": "Bearer"}
        return Answer({**answer, "scope": allowed.scope} if allowed.scopes else answer, headers=headers)


def authorize_client(tenant: Tenant, client: Document, audience: str | None, requested: list[str]) -> Authorization:
    """What `client` may do in its own name (the client credentials grant).

    Without a requested scope it gets everything its grant has.

    Raises:
        OAuthError: no such API, no grant for it, or a scope that is not granted.
    """
    audience = audience or tenant.settings.get("default_audience")
    if not audience:
        raise OAuthError(403, "access_denied", "Non-global clients are not allowed access to APIv1")
    api = find_api(tenant, audience)
    grant = tenant.client_grant(client["client_id"], audience)
    if access_policy(api, "client", "require_client_grant") == "deny_all":
        raise OAuthError(403, "access_denied", not_authorized(client, audience))
    if grant is None:
        raise OAuthError(
            403,
            "access_denied",
            f'Client is not authorized to access "{audience}". You need to create a "client-grant" associated to this '
            "API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants",
        )
    granted = granted_scopes(grant, api)
    if refused := [scope for scope in requested if scope not in granted]:
        raise OAuthError(403, "access_denied", f"Client has not been granted scopes: {', '.join(refused)}")
    scopes = tuple(requested or granted)
    return Authorization(api, scopes, scopes if shows_permissions(api) else None)
