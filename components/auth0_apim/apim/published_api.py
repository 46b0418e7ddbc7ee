"""An API that the gateway offers, imported from its OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement

from auth0_apim.apim.azure_rules import slug
from auth0_apim.apim.azure_service import service_of
from auth0_apim.apim.published_api_inputs import (
    CLOSED,
    PUBLISHED_API,
    PublishedApiArgs,
    api_id,
    api_import,
    makes_version_set,
    require_removable_product,
    versioning_scheme,
)
from auth0_apim.component.child_options import (
    child_options,
    create_before_delete,
    depends_on,
    is_deleted_with_service,
    retained_child_options,
)
from auth0_apim.component.inputs import Inputs
from auth0_apim.policy.jwt_documents import checked_elsewhere_document
from auth0_apim.rules.opinion_rules import own_backend_problem


class PublishedApi(pulumi.ComponentResource):
    """An API behind the gateway, over https only, with the operations of its OpenAPI document, in a product if one is named. It has no backend of its own: its JwtPolicy sends calls with a good token there, and without that policy every call ends in an error."""

    api_id: pulumi.Output[str]
    """The API's id in API Management; known once the API is in its product, so that policies come last."""
    api_resource_id: pulumi.Output[str]
    """The API's ARM id, the scope of locks and role assignments."""
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
        inputs = PUBLISHED_API.of(name, args)
        require_removable_product(inputs, is_deleted_with_service=is_deleted_with_service(opts))
        super().__init__("auth0-apim:index:PublishedApi", name, {}, opts)

        path, title, version = inputs.output("path"), inputs.output("display_name"), inputs.optional("version")
        scheme = versioning_scheme(inputs)
        imported = api_import(inputs, title, inputs.nullable("description"))
        self.backend_url = imported.apply(lambda document: document.service_url)
        open_by = next((each for each in ("keep_service_url", "allow_anonymous_calls") if inputs.get(each)), None)
        if open_by is not None:
            inputs.warn(open_by, self.backend_url, own_backend_problem, "leave it out")
        place: dict[str, Any] = {**service_of(inputs), "opts": child_options(self, opts)}
        described = place | {"description": inputs.nullable("description")}
        versioned = {"opts": create_before_delete(self, opts)} if scheme is not None else {}
        self.description = imported.apply(lambda document: document.description)
        self.version_set_id = pulumi.Output.from_input(inputs.optional("version_set_id"))
        if scheme is not None and makes_version_set(inputs):
            self.version_set_id = _version_set(name, described | versioned, title, path, scheme).id
        api = apimanagement.Api(
            f"{name}-api",
            **place | versioned,
            description=self.description,
            api_id=api_id(inputs),
            path=path,
            display_name=title,
            protocols=["https"],
            format=imported.apply(lambda document: document.format),
            value=imported.apply(lambda document: document.value),
            service_url=CLOSED if open_by is None else self.backend_url,
            subscription_required=inputs.output("subscription_required"),
            api_version=version,
            api_version_set_id=self.version_set_id,
            authentication_settings=_authentication_settings(inputs.nullable("authorization_server_id")),
        )
        self.api_resource_id = api.id
        self.api_id, self.product_id = api.name, pulumi.Output.from_input(inputs.optional("product_id"))
        if "product_name" in inputs:
            kept = {"opts": retained_child_options(self, opts)} if inputs.get("keep_product") else {}
            self.product_id = _product(name, described | kept, inputs).name
            for group in inputs.get("product_groups", ()):
                apimanagement.ProductGroup(
                    f"{name}-{group}", **place | kept, product_id=self.product_id, group_id=group
                )
        if "product_name" in inputs or "product_id" in inputs:
            link = apimanagement.ProductApi(f"{name}-product-api", **place, product_id=self.product_id, api_id=api.name)
            self.api_id = depends_on(api.name, link)
        if "checked_by" in inputs:
            level = inputs.get("checked_by")
            document = self.backend_url.apply(lambda url: checked_elsewhere_document(url, level))
            apimanagement.ApiPolicy(
                f"{name}-policy", **place, api_id=api.name, policy_id="policy", format="xml", value=document
            )

        self.path, self.display_name = path, title
        self.subscription_required = inputs.output("subscription_required")
        self.version = pulumi.Output.from_input(version)
        self.url = pulumi.Output.concat(_gateway_url(inputs), "/", path, _version_segment(version, scheme))
        self.operations = imported.apply(lambda document: document.operations)
        self.register_outputs(
            {
                "api_id": self.api_id,
                "api_resource_id": self.api_resource_id,
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


def _product(name: str, described: Mapping[str, Any], inputs: Inputs) -> apimanagement.Product:
    title = inputs.output("product_name")
    return apimanagement.Product(
        f"{name}-product",
        **described,
        product_id=title.apply(slug),
        display_name=title,
        state=apimanagement.ProductState.PUBLISHED,
        subscription_required=inputs.output("product_subscription_required"),
    )


def _gateway_url(inputs: Inputs) -> pulumi.Output[str]:
    default = pulumi.Output.concat("https://", inputs.output("service_name"), ".azure-api.net")
    return inputs.output("gateway_url", default).apply(lambda url: str(url).rstrip("/"))


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
