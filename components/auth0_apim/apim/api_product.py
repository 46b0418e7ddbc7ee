"""What callers subscribe to."""

from collections.abc import Mapping
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired

from auth0_apim.apim.azure_rules import entity_id_problem, long_text_problem, product_name_problem, slug
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs, service_of
from auth0_apim.component.child_options import child_options, is_deleted_with_service, retained_child_options
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, anything


def product_rights_problem(value: Mapping[str, Any]) -> str | None:
    """Approval (`approval`) and a limit (`limit`) are for subscriptions that a product requires (`required`)."""
    if value["approval"] and not value["required"]:
        return "needs 'subscription_required', or there is nothing to approve"
    limit = value["limit"]
    if limit is None:
        return None
    if not value["required"]:
        return "needs 'subscription_required', or there is nothing to count"
    if isinstance(limit, bool) or limit != int(limit) or not 1 <= limit <= 2_147_483_647:
        return f"must be a whole number from 1, not {limit!r}"
    return None


def product_removal_problem(value: Mapping[str, Any]) -> str | None:
    """A product that needs subscriptions (`required`) goes with its service, or stays in it (`is_settled`).

    https://github.com/pulumi/pulumi-azure-native/issues/846
    """
    if not value["required"] or value["is_settled"]:
        return None
    return (
        "makes Azure subscribe to the product, and the azure-native provider cannot delete it then in a service that "
        "survives: give the component 'deleted_with' the service that goes as well, or leave the product there by "
        "'keep_product', or ask for keys of the API alone ('subscription_required' of PublishedApi, ApiSubscription)"
    )


class ApiProductArgs(ServiceArgs):
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The product's name in the developer portal, 1 to 80 characters."""
    product_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the display name in lower case. The product's id, 1 to 80 characters."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. What the developer portal says about the product, 1 to 1000 characters."""
    terms: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. Terms that a subscriber must accept."""
    subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to true. Whether calls need a subscription's key besides the token. Azure then creates a subscription of its own, with which the azure-native provider cannot delete the product: set the resource option `deleted_with` to the service where the service is destroyed as well, or `keep_product`."""
    keep_product: NotRequired[bool]
    """Optional, defaults to false. When the product is removed here, or the stack destroyed, it stays in the service. For a product that needs subscriptions, or needed some, in a service that survives."""
    approval_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether an administrator approves each subscription."""
    subscriptions_limit: NotRequired[pulumi.Input[int]]
    """Optional, defaults to no limit. The number of subscriptions that one user may have, 1 or more."""
    published: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to true. Whether the developer portal shows the product to its groups."""


def _check(inputs: Inputs) -> None:
    required = inputs.get("subscription_required")
    approval = {"required": required, "approval": inputs.get("approval_required"), "limit": None}
    inputs.require("approval_required", approval, product_rights_problem, "give subscription_required: true")
    limit = {"required": required, "approval": False, "limit": inputs.get("subscriptions_limit")}
    inputs.require("subscriptions_limit", limit, product_rights_problem)


API_PRODUCT = ComponentInputs(
    component="ApiProduct",
    shape=ApiProductArgs,
    rules={
        **SERVICE_RULES,
        "display_name": Rule(product_name_problem, "Gold"),
        "product_id": Rule(entity_id_problem, "gold"),
        "description": Rule(long_text_problem, "For partners"),
        "terms": Rule(anything, "Fair use."),
        "subscriptions_limit": Rule(anything, 5),
    },
    defaults={
        "display_name": str,
        "subscription_required": True,
        "keep_product": False,
        "approval_required": False,
        "published": True,
    },
    check=_check,
)


class ApiProduct(pulumi.ComponentResource):
    """A product: a group of APIs with one subscription, its approval and its limits."""

    product_id: pulumi.Output[str]
    """The product's id, for `PublishedApi`, `ApiSubscription` and `JwtPolicy`; known once the product exists."""

    def __init__(self, name: str, args: ApiProductArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = API_PRODUCT.of(name, args)
        is_kept = inputs.get("keep_product")
        removal = {
            "required": inputs.get("subscription_required"),
            "is_settled": is_kept or is_deleted_with_service(opts),
        }
        inputs.require("subscription_required", removal, product_removal_problem, "give keep_product: true")
        super().__init__("auth0-apim:index:ApiProduct", name, {}, opts)

        title, required = inputs.output("display_name"), inputs.output("subscription_required")
        approval = pulumi.Output.all(required=required, approval=inputs.output("approval_required")).apply(_approval)
        limit = inputs.nullable("subscriptions_limit")
        product = apimanagement.Product(
            f"{name}-product",
            **service_of(inputs),
            product_id=inputs.output("product_id", title.apply(slug)),
            display_name=title,
            description=inputs.optional("description"),
            terms=inputs.nullable("terms"),
            state=inputs.output("published").apply(_state),
            subscription_required=required,
            approval_required=approval,
            subscriptions_limit=limit and limit.apply(_whole),
            opts=retained_child_options(self, opts) if is_kept else child_options(self, opts),
        )

        self.product_id = product.name
        self.register_outputs({"product_id": self.product_id})


def _approval(known: Mapping[str, Any]) -> Optional[bool]:
    # An open product may not even say that nothing is approved.
    return known["approval"] or (False if known["required"] else None)


def _whole(limit: Optional[float]) -> Optional[int]:
    return None if limit is None else int(limit)


def _state(published: bool) -> apimanagement.ProductState:
    return apimanagement.ProductState.PUBLISHED if published else apimanagement.ProductState.NOT_PUBLISHED
