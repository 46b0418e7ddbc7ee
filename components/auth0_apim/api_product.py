"""What callers subscribe to."""

from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_rules import entity_id_problem, flag_problem, product_name_problem
from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.names import slug
from auth0_apim.ordering import is_taken_along, kept_part_of, part_of
from auth0_apim.part_rules import long_text_problem, product_removal_problem, product_rights_problem


class ApiProductArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The product's name in the developer portal, 1 to 80 characters. Example: `Gold`."""
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


class ApiProduct(pulumi.ComponentResource):
    """A product: a group of APIs with one subscription, its approval and its limits."""

    product_id: pulumi.Output[str]
    """The product's id, for `PublishedApi`, `ApiSubscription` and `JwtPolicy`; known once the product exists."""

    def __init__(self, name: str, args: ApiProductArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("ApiProduct", name)
        args = inputs.known(args, ApiProductArgs)
        group, service_name = service_inputs(inputs, args)
        title = inputs.check("display_name", args.get("display_name", name), product_name_problem, '"Gold"')
        product_id = inputs.check("product_id", args.get("product_id", title.apply(slug)), entity_id_problem, '"gold"')
        description = None
        if args.get("description") is not None:
            description = inputs.check("description", args["description"], long_text_problem, '"For partners"')
        rights = _rights(inputs, args)
        is_kept = inputs.plain("keep_product", args.get("keep_product", False), flag_problem, "true")
        removal = {"required": args.get("subscription_required", True), "is_settled": is_kept or is_taken_along(opts)}
        inputs.check("subscription_required", removal, product_removal_problem, "keep_product: true")
        super().__init__("auth0-apim:index:ApiProduct", name, {}, opts)

        published = pulumi.Output.from_input(args.get("published", True))
        product = apimanagement.Product(
            f"{name}-product",
            resource_group_name=group,
            service_name=service_name,
            product_id=product_id,
            display_name=title,
            description=description,
            terms=args.get("terms"),
            state=published.apply(_state),
            subscription_required=rights["required"],
            approval_required=rights["approval"],
            subscriptions_limit=rights["limit"].apply(lambda limit: None if limit is None else int(limit)),
            opts=kept_part_of(self, opts) if is_kept else part_of(self, opts),
        )

        self.product_id = product.name
        self.register_outputs({"product_id": self.product_id})


def _rights(inputs: Inputs, args: ApiProductArgs) -> dict[str, pulumi.Output[Any]]:
    required = args.get("subscription_required", True)
    approval = {"required": required, "approval": args.get("approval_required", False), "limit": None}
    limit = {"required": required, "approval": False, "limit": args.get("subscriptions_limit")}
    checked = inputs.check("approval_required", approval, product_rights_problem, "subscription_required: true")
    counted = inputs.check("subscriptions_limit", limit, product_rights_problem, "5")
    # An open product may not even say that nothing is approved.
    return {
        "required": checked["required"],
        "approval": checked.apply(lambda known: known["approval"] or (False if known["required"] else None)),
        "limit": counted.apply(lambda known: known["limit"]),
    }


def _state(published: bool) -> apimanagement.ProductState:
    return apimanagement.ProductState.PUBLISHED if published else apimanagement.ProductState.NOT_PUBLISHED
