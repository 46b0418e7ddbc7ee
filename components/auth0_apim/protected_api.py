"""The whole way of a token in one component: issued by Auth0, checked by the gateway, in front of an API."""

from typing import Any, Optional

import pulumi
from typing_extensions import NotRequired, TypedDict

from auth0_apim.api_gateway import GatewaySku
from auth0_apim.auth0_api import SigningAlgorithm
from auth0_apim.inputs import Inputs
from auth0_apim.protected_api_checks import check_protected_api
from auth0_apim.protected_api_parts import ProtectedApiParts


class ProtectedApiArgs(TypedDict):
    identifier: pulumi.Input[str]
    """Required. The API's immutable identifier, 1 to 600 characters; the `aud` claim of its tokens. Example: `basic-calculator`."""
    openapi: pulumi.Input[str]
    """Required. The OpenAPI 3 or Swagger 2.0 document: the path of a `.json`, `.yaml` or `.yml` file, the text itself, or an https URL. Example: `openapi/calculator.yaml`."""
    path: pulumi.Input[str]
    """Required. The API's URL suffix behind the gateway's address, unique in the service. Example: `calc`."""
    resource_group_name: pulumi.Input[str]
    """Required. The resource group of the API Management service. Example: `calculator-dev`."""
    service_name: pulumi.Input[str]
    """Required. The API Management service's name. Example: `contoso-apis-dev`."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The API's name in Auth0 and in API Management. Example: `Basic Calculator`."""
    scopes: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Every scope the API has, as a map from the scope to its description. Example: `{"calc:add": "Add two numbers"}`."""
    operation_scopes: NotRequired[dict[str, list[str]]]
    """Required, unless `default_scopes` or `scopes_from_document` is there. Scopes that calls of single operations need, by operation id; an empty list lets any good token through. An operation that is not named is closed. Example: `{"add": ["calc:add"], "version": []}`."""
    default_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to closing them. Scopes that calls of every operation need that is not named; an empty list lets any good token through."""
    scopes_from_document: NotRequired[bool]
    """Optional, defaults to false. Operations that `operation_scopes` does not name need the scopes of their `security` requirements in the document."""
    signing_algorithm: NotRequired[SigningAlgorithm]
    """Optional, defaults to `RS256`. How Auth0 signs the API's tokens."""
    permissions_in_token: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Enforce role-based access control: operations then ask for permissions instead of scopes."""
    token_lifetime: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 86400. Seconds an access token is good for, 1 to 2592000."""
    domain: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the domain of the tenant that the auth0 provider manages. The domain tokens are requested from, without scheme. Example: `login.example.com`."""
    existing_service: NotRequired[bool]
    """Optional, defaults to false. Use an API Management service that exists: it is read, never changed, and survives a destroy."""
    publisher_name: NotRequired[pulumi.Input[str]]
    """Required unless `existing_service`. The organization's name, 1 to 100 characters."""
    publisher_email: NotRequired[pulumi.Input[str]]
    """Required unless `existing_service`. The administrator's e-mail address."""
    sku: NotRequired[pulumi.Input[GatewaySku]]
    """Optional, defaults to `Consumption`. The service's tier; a developer portal needs another one."""
    capacity: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 0 in tier Consumption and to 1 in every other. The number of units."""
    location: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the resource group's region. The Azure region. Example: `westeurope`."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Tags of the service."""
    service_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the first https server of the document. The backend's base URL."""
    product_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no product. Display name of a product that is made for the API. Example: `Starter`."""
    subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether calls need a subscription key besides the token."""
    client_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the API's name followed by `Client`. The machine client's name in Auth0."""
    client_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to every scope of the API. The scopes that the machine client is granted."""
    allow_password_grant: NotRequired[bool]
    """Optional, defaults to false. Let the clients, and the developer portal, exchange a user's password for tokens, which RFC 9700 advises against."""
    connection_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no database. The name of a database connection that is made for the API's users. Example: `BasicCalculator`."""
    user_email: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no user. The e-mail address of a first user in that database; with `user_password`."""
    user_password: NotRequired[pulumi.Input[str]]
    """Optional. That user's password; kept secret."""
    callbacks: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no application that people log in to. Every address that a login may answer to, exactly. Example: `["https://app.example.com/callback"]`."""
    interactive_client_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the API's name followed by `Login`. The name of that application in Auth0."""
    portal_display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no login for the developer portal. The name that the portal shows for it, 1 to 50 characters. Example: `Auth0`."""


class ProtectedApi(pulumi.ComponentResource):
    """An API that answers only calls with a good Auth0 access token: the API in Auth0 with a machine client, the gateway with the API, and the check between them; users, a login and the developer portal's console when they are asked for."""

    issuer: pulumi.Output[str]
    """The `iss` claim of the API's tokens."""
    audience: pulumi.Output[str]
    """The `aud` claim of the API's tokens, and the audience to ask a token for."""
    url: pulumi.Output[str]
    """Absolute URL of the API behind the gateway, without trailing slash; known once it is guarded."""
    gateway_url: pulumi.Output[str]
    """Absolute URL of the gateway."""
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
    interactive_client_id: pulumi.Output[Optional[str]]
    """The id of the application that people log in to; null without one."""
    interactive_client_secret: pulumi.Output[Optional[str]]
    """That application's secret, secret; null without one."""
    redirect_uris: pulumi.Output[list[str]]
    """The developer portal's addresses among that application's callbacks; empty without a portal login."""
    connection_name: pulumi.Output[Optional[str]]
    """The name of the users' database connection; null without one."""
    user_id: pulumi.Output[Optional[str]]
    """The first user's id; null without one."""
    operations: pulumi.Output[list[str]]
    """The ids of the API's operations, sorted; empty where the document is a URL."""
    policy_xml: pulumi.Output[str]
    """The API's policy document; without secrets."""

    def __init__(self, name: str, args: ProtectedApiArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("ProtectedApi", name)
        args = inputs.known(args, ProtectedApiArgs)
        check_protected_api(inputs, args)
        super().__init__("auth0-apim:index:ProtectedApi", name, {}, opts)

        parts = ProtectedApiParts(self, name, args)
        api = parts.auth0_api()
        machine = parts.machine_client(api)
        gateway = parts.api_gateway()
        self.redirect_uris = parts.redirect_uris(gateway)
        interactive = parts.interactive_client(self.redirect_uris)
        database = parts.user_database(machine, interactive)
        user = parts.database_user(database)
        portal = parts.portal_login(api, gateway, interactive)
        published = parts.published_api(gateway, portal)
        policy = parts.jwt_policy(api, gateway, published)

        nothing: pulumi.Output[Any] = pulumi.Output.from_input(None)
        self.issuer = api.issuer
        self.audience = api.audience
        self.url = pulumi.Output.all(published.url, policy.policy_id).apply(lambda both: str(both[0]))
        self.gateway_url = gateway.gateway_url
        self.token_endpoint = api.token_endpoint
        self.authorization_endpoint = api.authorization_endpoint
        self.openid_configuration_url = api.openid_configuration_url
        self.client_id = machine.client_id
        self.client_secret = machine.client_secret
        self.interactive_client_id = interactive.client_id if interactive else nothing
        self.interactive_client_secret = interactive.client_secret if interactive else nothing
        self.connection_name = database.connection_name if database else nothing
        self.user_id = user.user_id if user else nothing
        self.operations = published.operations
        self.policy_xml = policy.policy_xml
        self.register_outputs(
            {
                "issuer": self.issuer,
                "audience": self.audience,
                "url": self.url,
                "gateway_url": self.gateway_url,
                "token_endpoint": self.token_endpoint,
                "authorization_endpoint": self.authorization_endpoint,
                "openid_configuration_url": self.openid_configuration_url,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "interactive_client_id": self.interactive_client_id,
                "interactive_client_secret": self.interactive_client_secret,
                "redirect_uris": self.redirect_uris,
                "connection_name": self.connection_name,
                "user_id": self.user_id,
                "operations": self.operations,
                "policy_xml": self.policy_xml,
            }
        )
