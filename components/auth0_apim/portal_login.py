"""The login of the developer portal's console: how it gets tokens to try the API with."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Optional
from urllib.parse import quote

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_rules import GRANT_TYPES, portal_sku_problem
from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.opinion_rules import implicit_grant_problem
from auth0_apim.ordering import referred_to
from auth0_apim.portal_login_inputs import checked_inputs, default_scope, portal_secret, resource_owner


class ClientAuthentication(Enum):
    """How the portal sends the client's credentials to the token endpoint (RFC 6749, 2.3.1)."""

    BASIC = "Basic"
    """In the Authorization header."""
    BODY = "Body"
    """In the body of the request."""


class TokenSending(Enum):
    """How the portal sends the access token to the API (RFC 6750, 2)."""

    AUTHORIZATION_HEADER = "authorizationHeader"
    """In the Authorization header."""
    QUERY = "query"
    """In the query, where logs see it."""


class PortalLoginArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    audience: pulumi.Input[str]
    """Required. The API's identifier, `Auth0Api.audience`: without it Auth0 issues tokens that no gateway can read."""
    authorization_endpoint: pulumi.Input[str]
    """Required. Absolute https URL where users log in, without the audience: `Auth0Api.authorization_endpoint`."""
    token_endpoint: pulumi.Input[str]
    """Required. Absolute https URL where the portal gets tokens: `Auth0Api.token_endpoint`."""
    client_id: pulumi.Input[str]
    """Required. The client that the portal is to Auth0: `InteractiveClient.client_id`."""
    client_secret: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. That client's secret; kept secret."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The name shown in the portal, 1 to 50 characters."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. What the portal says about this authorization server."""
    authorization_server_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case. The authorization server's id in API Management, 1 to 80 characters; part of the redirect URI."""
    client_registration_endpoint: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `https://placeholder.contoso.com`, as clients are not registered by users. Absolute https URL of a page where they would be."""
    grant_types: NotRequired[pulumi.Input[list[str]]]
    """Optional, defaults to `["authorization_code"]`. How the console may get a token: `authorization_code`, `implicit`, `password`, `client_credentials`. Auth0 answers `password` only where the tenant's default directory is the users' connection, a setting of the whole tenant."""
    authorization_methods: NotRequired[pulumi.Input[list[str]]]
    """Optional, defaults to `["GET"]`. HTTP methods of the authorization endpoint; GET is one of them."""
    client_authentication: NotRequired[pulumi.Input[ClientAuthentication]]
    """Optional, defaults to `Basic`. How the client's credentials are sent to the token endpoint."""
    token_sending: NotRequired[pulumi.Input[TokenSending]]
    """Optional, defaults to `authorizationHeader`, where the gateway's policy looks for the token."""
    default_scope: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. Scopes that the console asks for, separated by spaces: those that its client is granted, as Auth0 gives none unasked. Example: `calc:add calc:sub`."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the console can get, which every one of `default_scope` must be among; pass InteractiveClient's `granted_scopes`."""
    token_body_parameters: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. What the portal sends to the token endpoint besides the `audience`, by name. Example: `{"organization": "org_calculators"}`."""
    resource_owner_username: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. The user whose password the grant type `password` sends."""
    resource_owner_password: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. That user's password; kept secret."""
    portal_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `https://{service_name}.developer.azure-api.net`. Absolute URL of the developer portal: `ApiGateway.portal_url`."""
    sku: NotRequired[pulumi.Input[str]]
    """Optional, defaults to not checked. The service's tier, `ApiGateway.sku`: a tier without a developer portal is refused."""


class PortalLogin(pulumi.ComponentResource):
    """An OAuth 2.0 authorization server in API Management, which lets the developer portal's console log in through Auth0. It only equips the console: nothing is checked by the gateway because of it. The portal shows it after it has been published again."""

    authorization_server_id: pulumi.Output[str]
    """The authorization server's id, for `PublishedApi`; known once it exists."""
    redirect_uris: pulumi.Output[list[str]]
    """The portal's addresses that Auth0 must accept as callbacks."""

    def __init__(self, name: str, args: PortalLoginArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("PortalLogin", name)
        args = inputs.known(args, PortalLoginArgs)
        group, service_name = service_inputs(inputs, args, portal_sku_problem)
        given = checked_inputs(inputs, name, args)
        scope = default_scope(inputs, args)
        owner = resource_owner(inputs, args)
        secrets = {name: portal_secret(inputs, name, args) for name in ("client_secret", "resource_owner_password")}
        portal = given.get("portal_url", pulumi.Output.concat("https://", service_name, ".developer.azure-api.net"))
        super().__init__("auth0-apim:index:PortalLogin", name, {}, opts)
        inputs.warn("grant_types", given["grant_types"], implicit_grant_problem, '["authorization_code"]')

        server = apimanagement.AuthorizationServer(
            f"{name}-authorization-server",
            resource_group_name=group,
            service_name=service_name,
            authsid=given["authorization_server_id"],
            display_name=given["display_name"],
            description=args.get("description"),
            client_registration_endpoint=given["client_registration_endpoint"],
            grant_types=given["grant_types"].apply(lambda names: [GRANT_TYPES[grant] for grant in names]),
            authorization_endpoint=pulumi.Output.all(given["authorization_endpoint"], given["audience"]).apply(
                lambda both: _with_audience(*both)
            ),
            authorization_methods=given["authorization_methods"],
            token_endpoint=given["token_endpoint"],
            token_body_parameters=pulumi.Output.all(given["audience"], given["token_body_parameters"]).apply(
                lambda both: _body_parameters(*both)
            ),
            client_authentication_method=[given["client_authentication"]],
            bearer_token_sending_methods=[given["token_sending"]],
            default_scope=scope,
            client_id=given["client_id"],
            client_secret=secrets["client_secret"],
            resource_owner_username=owner,
            resource_owner_password=secrets["resource_owner_password"],
            support_state=True,
            use_in_test_console=True,
            use_in_api_documentation=False,
            opts=referred_to(self, opts),
        )

        self.authorization_server_id = server.name
        self.redirect_uris = pulumi.Output.all(portal, given["authorization_server_id"], given["grant_types"]).apply(
            lambda each: redirect_uris(*each)
        )
        self.register_outputs(
            {"authorization_server_id": self.authorization_server_id, "redirect_uris": self.redirect_uris}
        )


def redirect_uris(portal_url: str, authorization_server_id: str, grant_types: Sequence[str]) -> list[str]:
    """Where the developer portal waits for the answer of a login.

    Known before anything is deployed, so that a client can list them while the authorization server waits for
    the client.

    Args:
        portal_url: absolute URL of the developer portal.
        authorization_server_id: the authorization server's id; the portal writes it in lower case.
        grant_types: OAuth 2.0 grant types, of which `authorization_code` and `implicit` come back through the browser.
    """
    portal = portal_url.rstrip("/")
    addresses = {
        "authorization_code": f"{portal}/signin-oauth/code/callback/{authorization_server_id.lower()}",
        "implicit": f"{portal}/signin-oauth/implicit/callback",
    }
    return [addresses[grant] for grant in grant_types if grant in addresses]


def _body_parameters(audience: str, others: Mapping[str, str]) -> list[apimanagement.TokenBodyParameterContractArgs]:
    parameters = {"audience": audience, **{name: others[name] for name in sorted(others)}}
    return [apimanagement.TokenBodyParameterContractArgs(name=name, value=parameters[name]) for name in parameters]


def _with_audience(endpoint: str, audience: str) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}audience={quote(audience, safe='')}"
