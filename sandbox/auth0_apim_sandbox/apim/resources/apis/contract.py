"""The body of an API."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.urls import absolute_url

Text100 = Annotated[str, StringConstraints(max_length=100)]
Text256 = Annotated[str, StringConstraints(max_length=256)]
ServiceUrl = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(absolute_url)]


class OAuth2Settings(Contract):
    """An authorization server by its name (not its ARM id), and a scope."""

    authorization_server_id: str
    scope: str | None = None


class OpenIdSettings(Contract):
    """An OpenID Connect provider by its name."""

    openid_provider_id: str
    bearer_token_sending_methods: list[Literal["authorizationHeader", "query"]] | None = None


class AuthenticationSettings(Contract):
    """What the developer portal's console logs in with; the gateway does not look at it."""

    o_auth2: OAuth2Settings | None = Field(None, alias="oAuth2")
    openid: OpenIdSettings | None = None
    o_auth2_authentication_settings: list[OAuth2Settings] = Field(
        default_factory=list, alias="oAuth2AuthenticationSettings"
    )
    openid_authentication_settings: list[OpenIdSettings] = Field(default_factory=list)

    def servers(self) -> list[str]:
        """Names of the authorization servers."""
        single = [self.o_auth2] if self.o_auth2 else []
        return [item.authorization_server_id for item in [*single, *self.o_auth2_authentication_settings]]

    def providers(self) -> list[str]:
        """Names of the OpenID Connect providers."""
        single = [self.openid] if self.openid else []
        return [item.openid_provider_id for item in [*single, *self.openid_authentication_settings]]


class KeyParameterNames(Contract):
    """Where callers send the subscription key."""

    header: Annotated[str, StringConstraints(min_length=1)] = "Ocp-Apim-Subscription-Key"
    query: Annotated[str, StringConstraints(min_length=1)] = "subscription-key"


class ApiContract(Contract):
    """Body of an API; `format`, `value` and `source_api_id` say where operations come from and are not kept."""

    path: Annotated[str, StringConstraints(max_length=400)] | None = None
    display_name: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    description: str | None = None
    service_url: ServiceUrl | None = None
    protocols: list[Literal["http", "https", "ws", "wss"]] | None = None
    subscription_required: bool = True
    authentication_settings: AuthenticationSettings = Field(default_factory=AuthenticationSettings)
    subscription_key_parameter_names: KeyParameterNames = Field(default_factory=KeyParameterNames)
    api_revision: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^;/]+$")] | None = None
    api_revision_description: Text256 | None = None
    api_version: Text100 | None = None
    api_version_description: Text256 | None = None
    api_version_set_id: str | None = None
    api_version_set: dict[str, Any] | None = None
    is_current: bool | None = None
    api_type: str = "http"
    type: str = "http"
    terms_of_service_url: str | None = None
    contact: dict[str, Any] | None = None
    license: dict[str, Any] | None = None
    format: str | None = None
    value: str | None = None
    source_api_id: str | None = None
    translate_required_query_parameters: Literal["template", "query"] = "template"


NOT_KEPT = (
    "format",
    "value",
    "sourceApiId",
    "translateRequiredQueryParameters",
    "apiVersionSet",
    "apiType",
    "type",
)
"""Properties of the body that GET never answers."""
