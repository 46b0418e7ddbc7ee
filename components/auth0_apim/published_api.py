"""An API that the gateway offers, imported from its OpenAPI document."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_rules import description_problem, entity_id_problem
from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.jwt_documents import checked_elsewhere_document
from auth0_apim.names import slug
from auth0_apim.ordering import after, is_taken_along, kept_part_of, part_of, referred_to
from auth0_apim.published_api_inputs import (
    CLOSED,
    api_id,
    api_import,
    api_path,
    api_product,
    api_title,
    api_versioning,
    checked_by,
    gateway_url,
    keeps_backend,
    makes_version_set,
    warn_of_own_backend,
)


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


class PublishedApiArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    path: pulumi.Input[str]
    """Required. The API's URL suffix behind the gateway's address, unique in the service, without slashes at its ends. Example: `calc`."""
    openapi: pulumi.Input[str]
    """Required. The OpenAPI 3 or Swagger 2.0 document: the path of a `.json`, `.yaml` or `.yml` file, the text itself, or an https URL that Azure fetches once, when the API is made or this input changes."""
    link_format: NotRequired[pulumi.Input[LinkFormat]]
    """Optional, defaults to OpenAPI 3 in the format the URL's ending names. What the URL in `openapi` leads to."""
    api_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the path, with dashes for slashes, and the version. The API's id in API Management, 1 to 80 characters."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The API's name in API Management, 1 to 300 characters, 100 with a version set made here; `info.title` of the document that is sent. A document that Azure fetches from a URL must have this title itself, as an import overwrites the name with it."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the document's. What the developer portal says about the API and about a product or version set made here, at most 1000 characters; `info.description` of the document that is sent."""
    service_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the first https server of the document; required where it names none or is a URL. The backend's base URL, http or https; the output `backend_url` for the API's JwtPolicy, which alone sends calls there."""
    checked_by: NotRequired[CheckedBy]
    """Optional, defaults to the API's own JwtPolicy. The wider scope whose JwtPolicy checks the API's calls; the API then gets a policy document of its own, by which only checked calls reach the backend."""
    keep_service_url: NotRequired[bool]
    """Optional, defaults to false. For an API that was set up by hand: it keeps the backend as its service URL, so that calls also reach it without a policy. Remove this input with the deployment after the one that adds a JwtPolicy. The policy pack reports it."""
    allow_anonymous_calls: NotRequired[bool]
    """Optional, defaults to false. Send every call to the backend, with or without a token. The policy pack reports it."""
    subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false, as the token is the credential. Whether calls need a subscription key as well."""
    product_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no product. Display name of a product that is made, published, for this API; its id is the name in lower case. Example: `Starter`."""
    product_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no product. The id of an existing product that the API is put into; excludes `product_name`. Example: `starter`, which the classic tiers are born with."""
    product_subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether the product made here needs a subscription; Azure then creates one of its own, with which the azure-native provider cannot delete the product: set the resource option `deleted_with` to the service where the service is destroyed as well, or `keep_product`."""
    keep_product: NotRequired[bool]
    """Optional, defaults to false. With `product_name`: when the product is removed here, or the stack destroyed, the product stays in the service; `product_id` names it from then on. For a product that needs subscriptions, or needed some, in a service that survives."""
    version: NotRequired[pulumi.Input[str]]
    """Optional, defaults to an API without one. The API's version identifier. Example: `v1`."""
    versioning_scheme: NotRequired[pulumi.Input[VersioningScheme]]
    """Optional, defaults to `Segment` where there is a version. Where callers name it. Without `version` the API is the original one beside versions, called as if it had none."""
    version_set_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a version set made here where there is a version or a scheme. The ARM id of the version set of the API's other versions, their `version_set_id`."""
    authorization_server_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. The authorization server by which the developer portal logs in: `PortalLogin.authorization_server_id`."""
    gateway_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `https://{service_name}.azure-api.net`. Absolute URL of the gateway: `ApiGateway.gateway_url`."""


class PublishedApi(pulumi.ComponentResource):
    """An API behind the gateway, over https only, with the operations of its OpenAPI document, in a product if one is named. It has no backend of its own: its JwtPolicy sends calls with a good token there, and without that policy every call ends in an error."""

    api_id: pulumi.Output[str]
    """The API's id in API Management; known once the API is in its product, so that policies come last."""
    path: pulumi.Output[str]
    """The API's URL suffix."""
    display_name: pulumi.Output[str]
    """The API's name in API Management."""
    description: pulumi.Output[Optional[str]]
    """The API's description; null where the document has none, or is a URL and none is given."""
    subscription_required: pulumi.Output[bool]
    """Whether calls need a subscription key as well."""
    version: pulumi.Output[Optional[str]]
    """The API's version identifier; null for an API without one."""
    url: pulumi.Output[str]
    """Absolute URL of the API, without trailing slash; it holds the version where that is part of the path."""
    operations: pulumi.Output[dict[str, str]]
    """The API's operations by id, each its method and URL template, such as `GET /add`; empty where the document is a URL, which only Azure reads."""
    backend_url: pulumi.Output[str]
    """The backend's base URL, for JwtPolicy's `backend_url`."""
    product_id: pulumi.Output[Optional[str]]
    """The id of the API's product; null without one."""
    version_set_id: pulumi.Output[Optional[str]]
    """The ARM id of the API's version set; null for an API without versions beside it."""

    def __init__(self, name: str, args: PublishedApiArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("PublishedApi", name)
        args = inputs.known(args, PublishedApiArgs)
        group, service_name = service_inputs(inputs, args)
        path = api_path(inputs, args)
        version, scheme = api_versioning(inputs, args)
        named: pulumi.Input[str] = args.get("display_name", name)
        title = api_title(inputs, args, named)
        description = inputs.optional("description", args.get("description"), description_problem, '"Adds numbers."')
        imported = api_import(inputs, args, named, args.get("description"))
        published_id = api_id(inputs, args, path, version)
        product_id, product_name = api_product(inputs, args, is_taken_along=is_taken_along(opts))
        login = inputs.optional(
            "authorization_server_id", args.get("authorization_server_id"), entity_id_problem, '"auth0"'
        )
        gateway = gateway_url(inputs, args, service_name)
        is_open, level = keeps_backend(inputs, args), checked_by(inputs, args)
        super().__init__("auth0-apim:index:PublishedApi", name, {}, opts)

        place: dict[str, Any] = {
            "resource_group_name": group,
            "service_name": service_name,
            "opts": part_of(self, opts),
        }
        described = place | {"description": description}
        versioned = {"opts": referred_to(self, opts)} if scheme is not None else {}
        self.backend_url = imported.apply(lambda document: document.service_url)
        if is_open:
            warn_of_own_backend(inputs, args, self.backend_url)
        self.description = imported.apply(lambda document: document.description)
        self.version_set_id = pulumi.Output.from_input(args.get("version_set_id"))
        if scheme is not None and makes_version_set(args):
            self.version_set_id = _version_set(name, described | versioned, title, path, scheme).id
        api = apimanagement.Api(
            f"{name}-api",
            **place | versioned,
            description=self.description,
            api_id=published_id,
            path=path,
            display_name=title,
            protocols=["https"],
            format=imported.apply(lambda document: document.format),
            value=imported.apply(lambda document: document.value),
            service_url=self.backend_url if is_open else CLOSED,
            subscription_required=args.get("subscription_required", False),
            api_version=version,
            api_version_set_id=self.version_set_id,
            authentication_settings=_authentication_settings(login),
        )
        self.api_id, self.product_id = api.name, pulumi.Output.from_input(None)
        if product_id is not None and product_name is not None:
            needs_subscription = args.get("product_subscription_required", False)
            kept = {"opts": kept_part_of(self, opts)} if args.get("keep_product") else {}
            product_id = _product(name, described | kept, product_id, product_name, needs_subscription).name
        if product_id is not None:
            link = apimanagement.ProductApi(f"{name}-product-api", **place, product_id=product_id, api_id=api.name)
            self.api_id, self.product_id = after(api.name, link), product_id
        if level is not None:
            document = self.backend_url.apply(lambda url: checked_elsewhere_document(url, level))
            apimanagement.ApiPolicy(
                f"{name}-policy", **place, api_id=api.name, policy_id="policy", format="xml", value=document
            )

        self.path, self.display_name = path, title
        self.subscription_required = pulumi.Output.from_input(args.get("subscription_required", False))
        self.version = pulumi.Output.from_input(version)
        self.url = pulumi.Output.concat(gateway, "/", path, _version_segment(version, scheme))
        self.operations = imported.apply(lambda document: document.operations)
        self.register_outputs(
            {
                "api_id": self.api_id,
                "path": self.path,
                "display_name": self.display_name,
                "description": self.description,
                "subscription_required": self.subscription_required,
                "version": self.version,
                "url": self.url,
                "operations": self.operations,
                "backend_url": self.backend_url,
                "product_id": self.product_id,
                "version_set_id": self.version_set_id,
            }
        )


def _version_set(
    name: str,
    described: Mapping[str, Any],
    title: pulumi.Output[str],
    path: pulumi.Output[str],
    scheme: pulumi.Output[str],
) -> apimanagement.ApiVersionSet:
    return apimanagement.ApiVersionSet(
        f"{name}-version-set",
        **described,
        version_set_id=path.apply(slug),
        display_name=title,
        versioning_scheme=scheme,
        version_query_name=scheme.apply(lambda where: "api-version" if where == "Query" else None),
        version_header_name=scheme.apply(lambda where: "Api-Version" if where == "Header" else None),
    )


def _product(
    name: str,
    described: Mapping[str, Any],
    product_id: pulumi.Output[str],
    title: pulumi.Output[str],
    needs_subscription: pulumi.Input[bool],
) -> apimanagement.Product:
    return apimanagement.Product(
        f"{name}-product",
        **described,
        product_id=product_id,
        display_name=title,
        state=apimanagement.ProductState.PUBLISHED,
        subscription_required=needs_subscription,
    )


def _version_segment(version: Optional[pulumi.Output[str]], scheme: Optional[pulumi.Output[str]]) -> pulumi.Output[str]:
    return pulumi.Output.all(version, scheme).apply(
        lambda both: f"/{both[0]}" if both[0] is not None and both[1] == "Segment" else ""
    )


def _authentication_settings(
    authorization_server_id: Optional[pulumi.Input[str]],
) -> Optional[apimanagement.AuthenticationSettingsContractArgs]:
    if authorization_server_id is None:
        return None
    return apimanagement.AuthenticationSettingsContractArgs(
        o_auth2=apimanagement.OAuth2AuthenticationSettingsContractArgs(authorization_server_id=authorization_server_id)
    )
