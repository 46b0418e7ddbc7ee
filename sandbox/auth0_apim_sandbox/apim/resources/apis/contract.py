"""The body of an API, and what it must agree on with the rest of its service."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract, check_url
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, refused
from auth0_apim_sandbox.apim.resources.apis.version_sets import check_version
from auth0_apim_sandbox.apim.resources.revision_names import split_name

Text100 = Annotated[str, StringConstraints(max_length=100)]
Text256 = Annotated[str, StringConstraints(max_length=256)]
ServiceUrl = Annotated[str, StringConstraints(min_length=1, max_length=2000)]

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

FIRST_SETTINGS = ("oAuth2", "openid")
"""Authentication settings that every version has."""

_PATH = re.compile(r"|[\w.-]|[\w.][\w/.:~-]*[\w.~-]")

_LOCKED = {
    "displayName": "Name",
    "description": "Description",
    "subscriptionRequired": "SubscriptionRequired",
    "apiVersion": "ApiVersion",
    "apiVersionDescription": "ApiVersionDescription",
    "path": "Path",
    "protocols": "Protocols",
}
"""What a revision has as the current one has it, and what refusals call it; the type is always the same here.

https://learn.microsoft.com/azure/api-management/api-management-revisions
"""

SHARED = (*_LOCKED, "apiVersionSetId")
"""Properties that all revisions of an API have in common."""


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


def mirrored(settings: dict[str, Any]) -> dict[str, Any]:
    """Authentication settings in both forms, as the specification's examples have them: one is the first of the list."""
    answered = dict(settings)
    for name in FIRST_SETTINGS:
        listed = settings[f"{name}AuthenticationSettings"]
        answered[name] = settings[name] or next(iter(listed), None)
        answered[f"{name}AuthenticationSettings"] = listed or [item for item in (settings[name],) if item]
    return answered


def check_locked(current: dict[str, Any], properties: dict[str, Any]) -> None:
    """Check that a revision differs from the current one only in what may differ.

    Raises:
        ProviderError: 400, the first property that differs.
    """
    for name, shown in _LOCKED.items():
        if (properties[name] or None) != (current[name] or None):
            raise refused(f"Can't change property {shown} for non-current revision ")


def check_api(call: Call, properties: dict[str, Any]) -> None:
    """Check an API against the rest of its service.

    Raises:
        ValidationFailed: a field is missing, wrong, or names something that is not there.
    """
    if not properties["displayName"]:
        raise ValidationFailed(("displayName", "'displayName' is required."))
    if properties["serviceUrl"] is not None:
        check_url("serviceUrl", properties["serviceUrl"])
    if not _PATH.fullmatch(properties["path"]):
        message = f"'{properties['path']}' is not a valid API URL suffix, for example: calc or shop/v1."
        raise ValidationFailed(("path", message))
    check_version(call, properties)
    _check_path(call, properties)


def _check_path(call: Call, properties: dict[str, Any]) -> None:
    base = split_name(call.name)[0].lower()
    for other in call.inventory.children(call.service["id"], "apis"):
        theirs = other["properties"]
        if split_name(other["name"])[0].lower() == base or theirs["path"].lower() != properties["path"].lower():
            continue
        version_set = properties["apiVersionSetId"]
        if version_set is None or version_set.lower() != (theirs["apiVersionSetId"] or "").lower():
            message = (
                f"Cannot create API '{call.name}' with the same Path '{properties['path']}' as API '{other['name']}'  "
                "unless it's a part of the same version set"
            )
            raise ValidationFailed(("path", message))
        version = properties["apiVersion"] or ""
        if version.lower() == (theirs["apiVersion"] or "").lower():
            raise refused(f"API with specified version '{version}' already exists")


def check_authentication(call: Call, contract: ApiContract) -> None:
    """Raise ValidationFailed when the authentication settings name what is not there."""
    settings = contract.authentication_settings
    for names, type_name, noun in (
        (settings.servers(), "authorizationServers", "Authorization server"),
        (settings.providers(), "openidConnectProviders", "OpenID Connect provider"),
    ):
        if any(call.inventory.get(f"{call.service['id']}/{type_name}/{name}") is None for name in names):
            raise ValidationFailed(("AuthenticationSettings", f"{noun} was not found."))
