"""The whole way of a token in one component: issued by Auth0, checked by the gateway, in front of an API."""

from typing import Any, Optional, cast

import pulumi

from auth0_apim.composite.section_checks import checked_sections
from auth0_apim.composite.sections import ProtectedApiArgs
from auth0_apim.composite.wiring import Wiring


class ProtectedApi(pulumi.ComponentResource):
    """An API that answers only calls with a good Auth0 access token: the API in Auth0 with a machine client, the gateway with the API, and the check between them; users, roles, a login and the developer portal's console where they are asked for. Each section holds the inputs of one component."""

    issuer: pulumi.Output[str]
    """The `iss` claim of the API's tokens."""
    audience: pulumi.Output[str]
    """The `aud` claim of the API's tokens, and the audience to ask a token for."""
    scopes: pulumi.Output[list[str]]
    """The names of the API's scopes, sorted."""
    user_access: pulumi.Output[str]
    """The API's access policy for its users' tokens as the tenant has it: `require_client_grant`, `allow_all` or `deny_all`."""
    url: pulumi.Output[str]
    """Absolute URL of the API behind the gateway, without trailing slash; known once it is guarded."""
    gateway_url: pulumi.Output[str]
    """Absolute URL of the gateway."""
    principal_id: pulumi.Output[Optional[str]]
    """Object id of the service's system-assigned managed identity, for role assignments; null without one."""
    token_endpoint: pulumi.Output[str]
    """Absolute URL where clients get tokens."""
    authorization_endpoint: pulumi.Output[str]
    """Absolute URL where a user's browser is sent to log in."""
    openid_configuration_url: pulumi.Output[str]
    """Absolute URL of the tenant's OpenID Connect discovery document."""
    client_id: pulumi.Output[str]
    """The machine client's id."""
    client_secret: pulumi.Output[str]
    """The machine client's secret, secret."""
    granted_scopes: pulumi.Output[list[str]]
    """The scopes of the machine client's grant as the tenant has it, sorted."""
    interactive_client_id: pulumi.Output[Optional[str]]
    """The id of the application that people log in to; null without one."""
    interactive_client_secret: pulumi.Output[Optional[str]]
    """That application's secret, secret; null without one."""
    interactive_granted_scopes: pulumi.Output[list[str]]
    """The scopes of that application's grant as the tenant has it, sorted; empty without one."""
    redirect_uris: pulumi.Output[list[str]]
    """The developer portal's addresses among that application's callbacks; empty without a portal."""
    connection_id: pulumi.Output[Optional[str]]
    """The id of the users' database connection; null without one."""
    connection_name: pulumi.Output[Optional[str]]
    """The name of the users' database connection; null without one."""
    user_id: pulumi.Output[Optional[str]]
    """The first user's id; null without one."""
    api_id: pulumi.Output[str]
    """The API's id in API Management, for ApiRevision."""
    api_resource_id: pulumi.Output[str]
    """The API's ARM id, the scope of locks and role assignments."""
    service_id: pulumi.Output[str]
    """The ARM id of the API Management service, the scope of locks, role assignments and diagnostic settings."""
    description: pulumi.Output[Optional[str]]
    """The API's description in API Management, for ApiRevision; null without one."""
    version_set_id: pulumi.Output[Optional[str]]
    """The ARM id of the API's version set, for ApiRevision and for PublishedApi, another version; null for an API without versions beside it."""
    operations: pulumi.Output[dict[str, str]]
    """The API's operations by id, each its method and URL template, such as `GET /add`; empty where the document is a URL."""
    policy_id: pulumi.Output[str]
    """The ARM id of the API's policy document."""
    policy_xml: pulumi.Output[str]
    """The API's policy document; without secrets."""

    def __init__(self, name: str, args: ProtectedApiArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        sections = checked_sections(name, args)
        super().__init__("auth0-apim:index:ProtectedApi", name, {}, opts)

        parts = Wiring(self, sections, args)
        api = parts.auth0_api()
        machine = parts.machine_client(api)
        gateway = parts.api_gateway()
        self.redirect_uris = parts.redirect_uris(gateway)
        interactive = parts.interactive_client(api, self.redirect_uris)
        database = parts.user_database(machine, interactive)
        user = parts.database_user(database, parts.roles(api))
        portal = parts.portal_login(api, gateway, interactive)
        published = parts.published_api(gateway, portal)
        policy = parts.jwt_policy(api, gateway, published)

        nothing: pulumi.Output[Any] = pulumi.Output.from_input(None)
        self.issuer, self.audience, self.scopes, self.user_access = (
            api.issuer,
            api.audience,
            api.scopes,
            api.user_access,
        )
        self.token_endpoint, self.authorization_endpoint = api.token_endpoint, api.authorization_endpoint
        self.openid_configuration_url = api.openid_configuration_url
        self.gateway_url, self.principal_id = gateway.gateway_url, gateway.principal_id
        self.client_id = machine.client_id
        # A client of this composite has a secret: `verify` gets its tokens with it.
        self.client_secret = cast(pulumi.Output[str], machine.client_secret)
        self.granted_scopes = machine.granted_scopes
        self.interactive_client_id = interactive.client_id if interactive else nothing
        self.interactive_client_secret = interactive.client_secret if interactive else nothing
        self.interactive_granted_scopes = interactive.granted_scopes if interactive else pulumi.Output.from_input([])
        self.connection_id = database.connection_id if database else nothing
        self.connection_name = database.connection_name if database else nothing
        self.user_id = user.user_id if user else nothing
        self.api_resource_id, self.service_id = published.api_resource_id, gateway.service_id
        self.api_id, self.operations = published.api_id, published.operations
        self.description, self.version_set_id = published.description, published.version_set_id
        self.policy_id, self.policy_xml = policy.policy_id, policy.policy_xml
        self.url = pulumi.Output.all(published.url, policy.policy_id).apply(lambda both: str(both[0]))
        self.register_outputs(
            {
                "issuer": self.issuer,
                "audience": self.audience,
                "scopes": self.scopes,
                "user_access": self.user_access,
                "url": self.url,
                "gateway_url": self.gateway_url,
                "principal_id": self.principal_id,
                "token_endpoint": self.token_endpoint,
                "authorization_endpoint": self.authorization_endpoint,
                "openid_configuration_url": self.openid_configuration_url,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "granted_scopes": self.granted_scopes,
                "interactive_client_id": self.interactive_client_id,
                "interactive_client_secret": self.interactive_client_secret,
                "interactive_granted_scopes": self.interactive_granted_scopes,
                "redirect_uris": self.redirect_uris,
                "connection_id": self.connection_id,
                "connection_name": self.connection_name,
                "user_id": self.user_id,
                "api_id": self.api_id,
                "api_resource_id": self.api_resource_id,
                "service_id": self.service_id,
                "description": self.description,
                "version_set_id": self.version_set_id,
                "operations": self.operations,
                "policy_id": self.policy_id,
                "policy_xml": self.policy_xml,
            }
        )
