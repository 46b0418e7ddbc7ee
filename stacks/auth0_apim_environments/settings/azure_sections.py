"""Sections about API Management: the service, what it publishes, its portal, and the proof that it is guarded."""

from typing import Annotated, Any

from auth0_apim.api_gateway import GatewaySku
from auth0_apim.azure_rules import (
    api_path_problem,
    authorization_methods_problem,
    backend_url_problem,
    body_parameters_problem,
    description_problem,
    entity_id_problem,
    grant_types_problem,
    https_url_problem,
    publisher_email_problem,
    publisher_name_problem,
    resource_group_name_problem,
    service_name_problem,
    short_title_problem,
    title_problem,
)
from auth0_apim.openapi_security import scopes_in_document
from auth0_apim.operation_rules import operation_names_problem
from auth0_apim.part_rules import identity_ids_problem
from auth0_apim.portal_login import ClientAuthentication, TokenSending
from pydantic import Field

from auth0_apim_environments.settings.section import Section, obeys

SERVICE_URL_VARIABLE = "AUTH0_APIM_SERVICE_URL"
"""Environment variable with the backend's base URL, for stacks that have no `publication.serviceUrl`; the sandbox sets it."""


class GatewaySettings(Section):
    """The API Management service."""

    resource_group_name: Annotated[str, obeys(resource_group_name_problem)] = Field(
        alias="resourceGroup",
        description="The service's resource group, which exists already.",
        examples=["calculator-dev"],
    )
    service_name: Annotated[str, obeys(service_name_problem)] = Field(
        description="The service's name, unique in Azure.", examples=["contoso-apis-dev"]
    )
    existing: bool = Field(
        default=False, description="Use a service that exists: read, never changed or destroyed.", examples=[True]
    )
    location: str | None = Field(
        default=None,
        min_length=1,
        description="The Azure region; left out, the resource group's.",
        examples=["westeurope"],
    )
    sku: GatewaySku | None = Field(
        default=None, description="The tier of a new service; left out, Consumption.", examples=["Developer"]
    )
    capacity: int | None = Field(default=None, description="The number of units of a new service.", examples=[1])
    restore: bool | None = Field(
        default=None,
        description="Bring the soft-deleted service of this name back, once; take it away afterwards.",
        examples=[True],
    )
    publisher_name: Annotated[str, obeys(publisher_name_problem)] | None = Field(
        default=None, description="The organization of a new service.", examples=["Contoso"]
    )
    publisher_email: Annotated[str, obeys(publisher_email_problem)] | None = Field(
        default=None, description="The administrator of a new service.", examples=["apis@contoso.example"]
    )
    system_identity: bool | None = Field(
        default=None,
        description="Give a new service a managed identity, with which it reads secrets of Key Vaults.",
        examples=[True],
    )
    user_identity_ids: Annotated[tuple[str, ...], obeys(identity_ids_problem)] | None = Field(
        default=None,
        description="ARM ids of user-assigned managed identities of a new service.",
        examples=[["/subscriptions/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"]],
    )


class PublicationSettings(Section):
    """The API as the gateway publishes it."""

    openapi: str = Field(
        min_length=1,
        description="The OpenAPI or Swagger document: a path relative to the project, or an https URL.",
        examples=["examples/basic-calculator/openapi.json"],
    )
    path: Annotated[str, obeys(api_path_problem)] = Field(
        description="The API's path below the gateway's URL.", examples=["calc"]
    )
    display_name: Annotated[str, obeys(title_problem)] = Field(
        description="The API's name in API Management.", examples=["Basic Calculator"]
    )
    description: Annotated[str, obeys(description_problem)] | None = Field(
        default=None,
        description="What the developer portal says about the API and its product; left out, the document's.",
        examples=["Arithmetic for everybody."],
    )
    service_url: Annotated[str, obeys(backend_url_problem)] | None = Field(
        default=None,
        description=f"The backend's base URL; left out, that of the environment variable {SERVICE_URL_VARIABLE}, else the document's.",
        examples=["https://backend.example.com/api"],
    )
    api_id: Annotated[str, obeys(entity_id_problem)] | None = Field(
        default=None, description="The API's id in API Management; left out, its path.", examples=["calc"]
    )
    product_id: Annotated[str, obeys(entity_id_problem)] | None = Field(
        default=None,
        description="The id of a product that exists and that the API is put into; excludes product.",
        examples=["starter"],
    )
    product_name: Annotated[str, obeys(title_problem)] | None = Field(
        default=None, alias="product", description="The product that the API is put into.", examples=["Starter"]
    )
    product_subscription_required: bool | None = Field(
        default=None,
        description="The product needs a subscription, whose key callers then have; left out, it is open. In an existing service it stays there after a destroy.",
        examples=[True],
    )
    keep_service_url: bool = Field(
        default=False,
        description="For an API that was set up by hand: it keeps its backend as service URL; remove this after the deployment that adds the policy.",
        examples=[True],
    )
    subscription_required: bool = Field(
        default=False, description="Calls need a subscription key besides the token.", examples=[False]
    )
    operation_scopes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        exclude=True,  # the policy's, which guards what is published
        description="The scopes a call needs, all of them, by operation: its id, or its method and URL template; [] for any good token.",
        examples=[{"add": ["calc:add"]}],
    )
    public_operations: Annotated[tuple[str, ...], obeys(operation_names_problem)] = Field(
        default=(),
        exclude=True,
        description="Operations that callers may use without a token, by id or by method and URL template.",
        examples=[["health"]],
    )
    default_scopes: tuple[str, ...] | None = Field(
        default=None,
        exclude=True,
        description="The scopes that calls of all other operations need; left out, those are denied.",
        examples=[["calc:use"]],
    )
    scopes_from_document: bool = Field(
        default=False,
        exclude=True,
        description="Operations that are not named need the scopes of their `security` in the document.",
        examples=[True],
    )

    def policy_args(self) -> Any:
        """What JwtPolicy is told of the operations."""
        scopes = {operation: list(each) for operation, each in self.operation_scopes.items()}
        return {
            "operation_scopes": scopes,
            **({} if self.default_scopes is None else {"default_scopes": list(self.default_scopes)}),
            **({"scopes_document": self.openapi} if self.scopes_from_document else {}),
            **({"public_operations": list(self.public_operations)} if self.public_operations else {}),
        }

    def scopes_of(self, operation: str) -> tuple[str, ...] | None:
        """The scopes that a call of `operation` needs; None where it is closed.

        Raises:
            OpenApiError: the document is asked and cannot be read.
        """
        if operation in self.operation_scopes:
            return self.operation_scopes[operation]
        if self.scopes_from_document:
            found = scopes_in_document(self.openapi, sorted({*self.operation_scopes, *self.public_operations}))
            if operation in found:
                return tuple(found[operation])
        return self.default_scopes


class PortalSettings(Section):
    """The developer portal's login, which the interactive client is used for."""

    display_name: Annotated[str, obeys(short_title_problem)] = Field(
        default="Auth0", description="The authorization server's name in the portal.", examples=["Auth0"]
    )
    authorization_server_id: Annotated[str, obeys(entity_id_problem)] = Field(
        default="auth0", description="The authorization server's id, part of the redirect URI.", examples=["auth0"]
    )
    client_registration_endpoint: Annotated[str, obeys(https_url_problem)] = Field(
        alias="registrationPage",
        default="https://placeholder.contoso.com",
        description="A page where clients would be registered; the tutorial's placeholder where they are not.",
        examples=["https://placeholder.contoso.com"],
    )
    grant_types: Annotated[tuple[str, ...], obeys(grant_types_problem)] = Field(
        default=("authorization_code",),
        description="How the portal's console may get a token: authorization_code, password.",
        examples=[["authorization_code"]],
    )
    description: str | None = Field(
        default=None, min_length=1, description="What the portal says about the login.", examples=["Log in by Auth0"]
    )
    authorization_methods: Annotated[tuple[str, ...], obeys(authorization_methods_problem)] = Field(
        default=("GET",), description="HTTP methods of the authorization endpoint.", examples=[["GET", "POST"]]
    )
    client_authentication: ClientAuthentication = Field(
        default=ClientAuthentication.BASIC,
        description="How the portal shows the client's secret at the token endpoint.",
        examples=["Body"],
    )
    token_sending: TokenSending = Field(
        default=TokenSending.AUTHORIZATION_HEADER,
        description="How the portal sends the token to the API.",
        examples=["authorizationHeader"],
    )
    token_body_parameters: Annotated[dict[str, str], obeys(body_parameters_problem)] = Field(
        default_factory=dict,
        description="What the portal sends to the token endpoint besides the audience.",
        examples=[{"organization": "org_calculators"}],
    )
    default_scopes: tuple[str, ...] = Field(
        default=(), exclude=True, description="The scopes that the console asks for.", examples=[["calc:add"]]
    )

    def args(self) -> Any:
        """The default scopes as one text, separated by spaces (RFC 6749, 3.3)."""
        return super().args() | ({"default_scope": " ".join(self.default_scopes)} if self.default_scopes else {})


class ProbeSettings(Section):
    """One call that `verify` makes, and the answer that is right."""

    operation: str = Field(min_length=1, description="The operation's id in the document.", examples=["add"])
    path: str = Field(pattern="^/", description="Path and query below the API's URL.", examples=["/add?a=20&b=22"])
    expected: Any = Field(description="The JSON document of the right answer.", examples=[{"result": 42}])
