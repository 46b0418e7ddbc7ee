"""OAuth 2.0 authorization servers and OpenID Connect providers, which the developer portal's console logs in with."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints
from starlette.responses import Response

from auth0_apim_sandbox.apim.arm.calls import Call, answer
from auth0_apim_sandbox.apim.arm.contract import Contract, absolute_url
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, refused
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.long_running import FIRST_WITH_STATUS
from auth0_apim_sandbox.apim.arm.resource_kind import Action, Draft, ResourceKind

DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Url = Annotated[str, AfterValidator(absolute_url)]
GrantType = Literal[
    "authorizationCode", "implicit", "resourceOwnerPassword", "clientCredentials", "authorizationCodeWithPkce"
]
SendingMethod = Literal["authorizationHeader", "query"]
Method = Literal["HEAD", "OPTIONS", "TRACE", "GET", "POST", "PUT", "PATCH", "DELETE"]


def _get() -> list[Method]:
    return ["GET"]


def _authorization_header() -> list[SendingMethod]:
    return ["authorizationHeader"]


class TokenBodyParameter(Contract):
    """A parameter that the portal adds to token requests, for example Auth0's `audience`."""

    name: str
    value: str


class AuthorizationServerContract(Contract):
    """Body of an authorization server."""

    display_name: DisplayName
    description: str | None = None
    client_registration_endpoint: Url
    authorization_endpoint: Url
    authorization_methods: list[Method] = Field(default_factory=_get)
    client_authentication_method: list[Literal["Basic", "Body"]] = Field(default_factory=list)
    token_body_parameters: list[TokenBodyParameter] = Field(default_factory=list)
    token_endpoint: Url | None = None
    support_state: bool = False
    default_scope: str | None = None
    grant_types: list[GrantType] = Field(min_length=1)
    bearer_token_sending_methods: list[SendingMethod] = Field(default_factory=_authorization_header)
    client_id: Annotated[str, StringConstraints(min_length=1)]
    client_secret: str | None = None
    resource_owner_username: str | None = None
    resource_owner_password: str | None = None
    use_in_test_console: bool = True
    use_in_api_documentation: bool = False


class AuthorizationServers(ResourceKind):
    """`authorizationServers`; they validate nothing on the gateway."""

    path = "authorizationServers"
    noun = "OAuth2AuthorizationServer"
    contract = AuthorizationServerContract
    longest_name = 80
    secret_properties: ClassVar[tuple[str, ...]] = ("clientSecret", "resourceOwnerUsername", "resourceOwnerPassword")

    def actions(self) -> Mapping[str, Action]:
        """`listSecrets`."""
        return {"listsecrets": self._list_secrets}

    def view_after_write(self, call: Call, document: Document, created: bool) -> dict[str, Any]:
        """The document with the secrets that PUT and PATCH answer and GET does not.

        The client's secret is among them in recordings of 2021-08-01, and not in the examples of the specification of 2024-05-01.
        """
        body = super().view_after_write(call, document, created)
        body["properties"].update(document["secrets"])
        if call.request.version >= FIRST_WITH_STATUS:
            body["properties"].pop("clientSecret", None)
        return body

    async def prepare(self, call: Call, contract: AuthorizationServerContract) -> Draft:
        """Check what the fields demand of each other."""
        if "GET" not in contract.authorization_methods:
            raise ValidationFailed(("authorizationMethods", "'GET' must be one of the authorization methods."))
        if contract.grant_types != ["implicit"] and contract.token_endpoint is None:
            message = "'tokenEndpoint' is required for every grant type but 'implicit'."
            raise ValidationFailed(("tokenEndpoint", message))
        return await super().prepare(call, contract)

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse while an API uses it."""
        check_unused(call, document, "oAuth2", "authorizationServerId", "authorization server")

    async def _list_secrets(self, call: Call, document: Document) -> Response:
        del call
        return answer({name: document["secrets"].get(name) for name in self.secret_properties}, document)


class OpenIdConnectProviderContract(Contract):
    """Body of an OpenID Connect provider."""

    display_name: DisplayName
    description: str | None = None
    metadata_endpoint: Url
    client_id: Annotated[str, StringConstraints(min_length=1)]
    client_secret: str | None = None
    use_in_test_console: bool = True
    use_in_api_documentation: bool = False


class OpenIdConnectProviders(ResourceKind):
    """`openidConnectProviders`."""

    path = "openidConnectProviders"
    noun = "OpenidConnectProvider"
    contract = OpenIdConnectProviderContract
    secret_properties: ClassVar[tuple[str, ...]] = ("clientSecret",)

    def actions(self) -> Mapping[str, Action]:
        """`listSecrets`."""
        return {"listsecrets": self._list_secrets}

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse while an API uses it."""
        check_unused(call, document, "openid", "openidProviderId", "OpenID Connect provider")

    async def _list_secrets(self, call: Call, document: Document) -> Response:
        del call
        return answer({"clientSecret": document["secrets"].get("clientSecret")}, document)


def check_unused(call: Call, document: Document, setting: str, reference: str, noun: str) -> None:
    """Refuse to delete what the authentication settings of an API name."""
    for api in call.inventory.children(call.service["id"], "apis"):
        settings = api["properties"]["authenticationSettings"]
        used = [settings[setting], *settings[f"{setting}AuthenticationSettings"]]
        if any(item and item[reference].lower() == document["name"].lower() for item in used):
            message = f"The {noun} '{document['name']}' is used by the API '{api['name']}'."
            raise refused(message)
