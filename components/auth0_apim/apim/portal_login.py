"""The login of the developer portal's console: how it gets tokens to try the API with."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Optional
from urllib.parse import parse_qs, quote, urlsplit

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.apim.azure_rules import (
    GRANT_TYPES,
    authorization_methods_problem,
    body_parameters_problem,
    default_scope_problem,
    entity_id_problem,
    grant_types_problem,
    resource_owner_problem,
    short_title_problem,
    slug,
)
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs, service_of
from auth0_apim.auth0.clients import CLIENT_ID
from auth0_apim.component.child_options import create_before_delete
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, anything
from auth0_apim.rules.opinion_rules import implicit_grant_problem
from auth0_apim.rules.scope_rules import IDENTIFIER, SCOPE_NAMES
from auth0_apim.rules.tier_rules import portal_sku_problem
from auth0_apim.rules.url_rules import https_url_problem


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


class PortalSection(TypedDict):
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name; in a ProtectedApi to `Auth0`. The name shown in the portal, 1 to 50 characters."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. What the portal says about this authorization server."""
    authorization_server_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case; in a ProtectedApi to the API's path and version. The authorization server's id in API Management, 1 to 80 characters; part of the redirect URI."""
    client_registration_endpoint: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `https://placeholder.contoso.com`, as clients are not registered by users. Absolute https URL of a page where they would be."""
    grant_types: NotRequired[pulumi.Input[list[str]]]
    """Optional, defaults to `["authorization_code"]`. How the console may get a token: `authorization_code`, `implicit`, `password`, `client_credentials`. Auth0 answers `password` only where the tenant's default directory is the users' connection, a setting of the whole tenant."""
    authorization_methods: NotRequired[pulumi.Input[list[str]]]
    """Optional, defaults to `["GET"]`. HTTP methods of the authorization endpoint; GET is one of them."""
    client_authentication: NotRequired[pulumi.Input[ClientAuthentication]]
    """Optional, defaults to `Basic`; in a ProtectedApi to `Body`, as an InteractiveClient has it. How the client's credentials are sent to the token endpoint."""
    token_sending: NotRequired[pulumi.Input[TokenSending]]
    """Optional, defaults to `authorizationHeader`, where the gateway's policy looks for the token."""
    default_scope: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none; in a ProtectedApi to all that its client is granted. Scopes that the console asks for, separated by spaces: those that its client is granted, as Auth0 gives none unasked."""
    token_body_parameters: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. What the portal sends to the token endpoint besides the `audience`, by name."""
    resource_owner_username: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. The user whose password the grant type `password` sends."""
    resource_owner_password: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. That user's password; kept secret."""


class PortalLoginArgs(ServiceArgs, PortalSection):
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
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the console can get, which every one of `default_scope` must be among; pass InteractiveClient's `granted_scopes`."""
    portal_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `https://{service_name}.developer.azure-api.net`. Absolute URL of the developer portal: `ApiGateway.portal_url`."""
    sku: NotRequired[pulumi.Input[str]]
    """Optional, defaults to not checked. The service's tier, `ApiGateway.sku`: a tier without a developer portal is refused."""


def _check(inputs: Inputs) -> None:
    if "sku" in inputs:
        inputs.require("sku", inputs.get("sku"), portal_sku_problem)
    if "default_scope" in inputs:
        pair = {"requested": inputs.get("default_scope"), "available": inputs.get("available_scopes")}
        inputs.require("default_scope", pair, default_scope_problem)
    inputs.need("resource_owner_password", "resource_owner_username")
    user = {"username": inputs.get("resource_owner_username"), "grant_types": inputs.get("grant_types")}
    if "resource_owner_username" in inputs:
        remedy = 'give grant_types: ["password"]'
        inputs.require("resource_owner_username", user, resource_owner_problem, remedy)


def _authorization_endpoint_problem(value: str) -> Optional[str]:
    if problem := https_url_problem(value):
        return problem
    if "audience" in parse_qs(urlsplit(value).query, keep_blank_values=True):
        return f"must not have an audience, which is added, as {value!r} has"
    return None


def _emptiness_problem(value: str) -> Optional[str]:
    return None if value.strip() else "must not be blank"


PORTAL_LOGIN = ComponentInputs(
    component="PortalLogin",
    shape=PortalLoginArgs,
    rules={
        **SERVICE_RULES,
        "audience": IDENTIFIER,
        "authorization_endpoint": Rule(_authorization_endpoint_problem, "https://tenant.eu.auth0.com/authorize"),
        "token_endpoint": Rule(https_url_problem, "https://tenant.eu.auth0.com/oauth/token"),
        "client_id": CLIENT_ID,
        "client_secret": Rule(_emptiness_problem, "a secret"),
        "available_scopes": SCOPE_NAMES,
        "portal_url": Rule(https_url_problem, "https://contoso-apis-dev.developer.azure-api.net"),
        "sku": Rule(anything, "Developer"),
        "client_registration_endpoint": Rule(https_url_problem, "https://placeholder.contoso.com"),
        "authorization_server_id": Rule(entity_id_problem, "auth0"),
        "display_name": Rule(short_title_problem, "Auth0"),
        "description": Rule(anything, "Log in by Auth0"),
        "grant_types": Rule(grant_types_problem, ["authorization_code"]),
        "authorization_methods": Rule(authorization_methods_problem, ["GET"]),
        "default_scope": Rule(anything, "calc:add calc:sub"),
        "token_body_parameters": Rule(body_parameters_problem, {"organization": "org_calculators"}),
        "resource_owner_username": Rule(anything, "jane@example.com"),
        "resource_owner_password": Rule(_emptiness_problem, "a secret"),
    },
    defaults={
        "authorization_server_id": slug,
        "display_name": str,
        "client_registration_endpoint": "https://placeholder.contoso.com",
        "grant_types": ["authorization_code"],
        "authorization_methods": ["GET"],
        "client_authentication": "Basic",
        "token_sending": "authorizationHeader",
        "token_body_parameters": {},
    },
    check=_check,
)


class PortalLogin(pulumi.ComponentResource):
    """An OAuth 2.0 authorization server in API Management, which lets the developer portal's console log in through Auth0. It only equips the console: nothing is checked by the gateway because of it. The portal shows it after it has been published again. The grant authorization code with PKCE is not offered: the portal writes a second `?` behind an authorization endpoint that has a query, and the `audience` has to be there."""

    authorization_server_id: pulumi.Output[str]
    """The authorization server's id, for `PublishedApi`; known once it exists."""
    redirect_uris: pulumi.Output[list[str]]
    """The portal's addresses that Auth0 must accept as callbacks."""

    def __init__(self, name: str, args: PortalLoginArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = PORTAL_LOGIN.of(name, args)
        super().__init__("auth0-apim:index:PortalLogin", name, {}, opts)
        grant_types, audience = inputs.output("grant_types"), inputs.output("audience")
        inputs.warn("grant_types", grant_types, implicit_grant_problem, 'use ["authorization_code"]')

        secrets = {each: inputs.optional(each) for each in ("client_secret", "resource_owner_password")}
        server = apimanagement.AuthorizationServer(
            f"{name}-authorization-server",
            **service_of(inputs),
            authsid=inputs.output("authorization_server_id"),
            display_name=inputs.output("display_name"),
            description=inputs.nullable("description"),
            client_registration_endpoint=inputs.output("client_registration_endpoint"),
            grant_types=grant_types.apply(lambda names: [GRANT_TYPES[grant] for grant in names]),
            authorization_endpoint=pulumi.Output.all(inputs.output("authorization_endpoint"), audience).apply(
                lambda both: _with_audience(*both)
            ),
            authorization_methods=inputs.output("authorization_methods"),
            token_endpoint=inputs.output("token_endpoint"),
            token_body_parameters=pulumi.Output.all(audience, inputs.output("token_body_parameters")).apply(
                lambda both: _body_parameters(*both)
            ),
            client_authentication_method=[inputs.output("client_authentication")],
            bearer_token_sending_methods=[inputs.output("token_sending")],
            default_scope=inputs.optional("default_scope"),
            client_id=inputs.output("client_id"),
            **{each: secret and pulumi.Output.secret(secret) for each, secret in secrets.items()},
            resource_owner_username=inputs.optional("resource_owner_username"),
            support_state=True,
            use_in_test_console=True,
            use_in_api_documentation=False,
            opts=create_before_delete(self, opts),
        )

        portal = pulumi.Output.concat("https://", inputs.output("service_name"), ".developer.azure-api.net")
        known = (inputs.output("portal_url", portal), inputs.output("authorization_server_id"), grant_types)
        self.redirect_uris = pulumi.Output.all(*known).apply(lambda each: redirect_uris(*each))
        self.authorization_server_id = server.name
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
