"""The inputs of PublishedApi: what they are, what they have to be, and what follows from them."""

from enum import Enum
from typing import Any, Optional

import pulumi
from typing_extensions import NotRequired, TypedDict

from auth0_apim.apim.api_product import product_removal_problem
from auth0_apim.apim.azure_rules import (
    api_path_problem,
    description_problem,
    entity_id_problem,
    group_ids_problem,
    product_name_problem,
    set_path_problem,
    set_title_problem,
    slug,
    title_problem,
    version_problem,
    version_set_id_problem,
)
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, anything
from auth0_apim.openapi.source import ApiImport, openapi_problem, read_openapi
from auth0_apim.rules.url_rules import backend_url_problem, https_url_problem

CLOSED = "https://closed.invalid"
"""The service URL of an API whose policy sets the backend: a name that never exists (RFC 2606, 2)."""


class VersioningScheme(Enum):
    """Where a caller names the API's version."""

    SEGMENT = "Segment"
    """In the path, behind the API's own."""
    QUERY = "Query"
    """In the query parameter `api-version`."""
    HEADER = "Header"
    """In the header `Api-Version`."""


class LinkFormat(Enum):
    """What stands behind the URL of an OpenAPI document."""

    OPENAPI_YAML = "openapi-link"
    """OpenAPI 3 in YAML."""
    OPENAPI_JSON = "openapi+json-link"
    """OpenAPI 3 in JSON."""
    SWAGGER_JSON = "swagger-link-json"
    """Swagger 2.0 in JSON."""


class CheckedBy(Enum):
    """The wider scope whose JwtPolicy checks an API's calls."""

    PRODUCT = "product"
    """A product's: only calls with a subscription of the product, or of an API in a product that needs none, are checked."""
    SERVICE = "service"
    """The whole service's."""


class PublicationSection(TypedDict):
    path: pulumi.Input[str]
    """Required. The API's URL suffix behind the gateway's address, unique in the service, without slashes at its ends."""
    openapi: pulumi.Input[str]
    """Required. The OpenAPI 3 or Swagger 2.0 document: the path of a `.json`, `.yaml` or `.yml` file, the text itself, or an https URL that Azure fetches once, when the API is made or this input changes."""
    link_format: NotRequired[pulumi.Input[LinkFormat]]
    """Optional, defaults to OpenAPI 3 in the format the URL's ending names. What the URL in `openapi` leads to."""
    api_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the path, with dashes for slashes, followed by the version where `version_set_id` is given. The API's id in API Management, 1 to 80 characters."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name; in a ProtectedApi to the API's name in Auth0. The API's name in API Management, 1 to 300 characters, 100 with a version set made here; `info.title` of the document that is sent. A document that Azure fetches from a URL must have this title itself, as an import overwrites the name with it."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the document's. What the developer portal says about the API and about a product or version set made here, at most 1000 characters; `info.description` of the document that is sent."""
    service_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the first https server of the document; required where it names none or is a URL. The backend's base URL, http or https; the output `backend_url` for the API's JwtPolicy, which alone sends calls there."""
    keep_service_url: NotRequired[bool]
    """Optional, defaults to false. For an API that was set up by hand: it keeps the backend as its service URL, so that calls also reach it without a policy. Remove this input with the deployment after the one that adds a JwtPolicy. The policy pack reports it."""
    subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false, as the token is the credential. Whether calls need a subscription key as well."""
    product_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no product. Display name of a product that is made, published, for this API; its id is the name in lower case."""
    product_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no product. The id of an existing product that the API is put into, such as the `starter` of the classic tiers; excludes `product_name`."""
    product_subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether the product made here needs a subscription; Azure then creates one of its own, with which the azure-native provider cannot delete the product: set the resource option `deleted_with` to the service where the service is destroyed as well, or `keep_product`."""
    product_groups: NotRequired[list[str]]
    """Optional, defaults to none, in a ProtectedApi with `portal` to `developers` and `guests`. Ids of the groups, besides the administrators, that the developer portal shows the product made here to: `guests` is everybody who has not signed in, `developers` everybody who has. Without them the portal shows the API to administrators alone."""
    keep_product: NotRequired[bool]
    """Optional, defaults to false. With `product_name`: when the product is removed here, or the stack destroyed, the product stays in the service; `product_id` names it from then on. For a product that needs subscriptions, or needed some, in a service that survives."""
    version: NotRequired[pulumi.Input[str]]
    """Optional, defaults to an API without one. The API's version identifier."""
    versioning_scheme: NotRequired[pulumi.Input[VersioningScheme]]
    """Optional, defaults to `Segment` where there is a version. Where callers name it. Without `version` the API is the original one beside versions, called as if it had none."""
    version_set_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a version set made here where there is a version or a scheme. The ARM id of the version set of the API's other versions, their `version_set_id`."""


class PublishedApiArgs(ServiceArgs, PublicationSection):
    checked_by: NotRequired[CheckedBy]
    """Optional, defaults to the API's own JwtPolicy. The wider scope whose JwtPolicy checks the API's calls; the API then gets a policy document of its own, by which only checked calls reach the backend."""
    allow_anonymous_calls: NotRequired[bool]
    """Optional, defaults to false. Send every call to the backend, with or without a token. The policy pack reports it."""
    authorization_server_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. The authorization server by which the developer portal logs in: `PortalLogin.authorization_server_id`."""
    gateway_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `https://{service_name}.azure-api.net`. Absolute URL of the gateway: `ApiGateway.gateway_url`."""


def _check(inputs: Inputs) -> None:
    if makes_version_set(inputs):
        inputs.require("path", inputs.get("path"), set_path_problem)
        inputs.require("display_name", inputs.get("display_name"), set_title_problem)
    _check_product(inputs)
    _check_openness(inputs)
    require_import(inputs, inputs.get("display_name"), inputs.get("description"))


def _check_product(inputs: Inputs) -> None:
    for input_name in ("product_subscription_required", "product_groups", "keep_product"):
        inputs.need(input_name, "product_name")
    if "product_id" in inputs and "product_name" in inputs:
        raise inputs.error("product_id", "excludes 'product_name'", "leave one of them out")


def _check_openness(inputs: Inputs) -> None:
    ways = [name for name in ("allow_anonymous_calls", "keep_service_url", "checked_by") if inputs.get(name)]
    if len(ways) > 1:
        raise inputs.error(ways[0], f"excludes {ways[1]!r}", "leave one of them out")


PUBLISHED_API = ComponentInputs(
    component="PublishedApi",
    shape=PublishedApiArgs,
    rules={
        **SERVICE_RULES,
        "path": Rule(api_path_problem, "calc"),
        "openapi": Rule(anything, "examples/basic-calculator/openapi.json"),
        "api_id": Rule(entity_id_problem, "calc"),
        "display_name": Rule(title_problem, "Basic Calculator"),
        "description": Rule(description_problem, "Adds numbers."),
        "service_url": Rule(backend_url_problem, "https://calculator.example/api"),
        "product_name": Rule(product_name_problem, "Starter"),
        "product_id": Rule(entity_id_problem, "starter"),
        "product_groups": Rule(group_ids_problem, ["developers", "guests"]),
        "version": Rule(version_problem, "v1"),
        "version_set_id": Rule(
            version_set_id_problem,
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/calculator-dev"
            "/providers/Microsoft.ApiManagement/service/contoso-apis-dev/apiVersionSets/calc",
        ),
        "authorization_server_id": Rule(entity_id_problem, "auth0"),
        "gateway_url": Rule(https_url_problem, "https://contoso-apis-dev.azure-api.net"),
    },
    defaults={
        "display_name": str,
        "keep_service_url": False,
        "allow_anonymous_calls": False,
        "subscription_required": False,
        "product_subscription_required": False,
        "keep_product": False,
    },
    check=_check,
)


def makes_version_set(inputs: Inputs) -> bool:
    """Whether the API has versions beside it, in a set that is made for it."""
    return ("version" in inputs or "versioning_scheme" in inputs) and "version_set_id" not in inputs


def require_import(inputs: Inputs, title: Any, description: Any) -> None:
    """Require that the document in `openapi` can be imported with this title and description.

    Raises:
        InputError: it cannot.
    """
    source = {name: inputs.get(name) for name in ("openapi", "link_format", "service_url")}
    inputs.require("openapi", source | {"title": title, "description": description}, openapi_problem)


def api_import(
    inputs: Inputs, title: pulumi.Output[str], description: Optional[pulumi.Output[str]]
) -> pulumi.Output[ApiImport]:
    """What is imported, from a file, a text or a URL.

    Args:
        inputs: with `openapi`, and with `service_url` and `link_format` where they are given.
        title: the API's display name.
        description: the API's, empty for none; None for the document's.
    """
    source = {name: inputs.nullable(name) for name in ("service_url", "link_format")}
    known = pulumi.Output.all(openapi=inputs.output("openapi"), **source, title=title, description=description)
    return known.apply(lambda each: read_openapi(**each))


def versioning_scheme(inputs: Inputs) -> Optional[pulumi.Output[str]]:
    """Where callers name the version; None where the API has no versions beside it."""
    if not any(name in inputs for name in ("version", "versioning_scheme", "version_set_id")):
        return None
    return inputs.output("versioning_scheme", VersioningScheme.SEGMENT.value)


def api_id(inputs: Inputs) -> pulumi.Output[str]:
    """The API's id: the given one, or made of its path and, beside other versions, of its version.

    The id of an API with a version set of its own has no version in it: a version can then be given, changed and taken away
    in place. Azure accepts no second API at the same path that is not in the version set.
    """
    parts = pulumi.Output.all(inputs.output("path"), None if makes_version_set(inputs) else inputs.optional("version"))
    return inputs.output("api_id", parts.apply(lambda both: slug("-".join(filter(None, both)))))


def require_removable_product(inputs: Inputs, *, is_deleted_with_service: bool) -> None:
    """Require that the azure-native provider can delete the product that is made here.

    Args:
        inputs: with what concerns the product.
        is_deleted_with_service: whether the service goes as well when the product goes.

    Raises:
        InputError: it cannot.
    """
    settled = inputs.get("keep_product") or is_deleted_with_service
    removal = {"required": inputs.get("product_subscription_required"), "is_settled": settled}
    if "product_name" in inputs:
        inputs.require("product_subscription_required", removal, product_removal_problem, "give keep_product: true")
