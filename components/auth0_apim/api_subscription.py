"""A caller's keys."""

from typing import Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_rules import entity_id_problem
from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.names import slug
from auth0_apim.ordering import part_of
from auth0_apim.part_rules import subscription_title_problem


class ApiSubscriptionArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    product_id: NotRequired[pulumi.Input[str]]
    """Required, unless `api_id` is given. The product of the subscription: `ApiProduct.product_id` or `PublishedApi.product_id`."""
    api_id: NotRequired[pulumi.Input[str]]
    """Required, unless `product_id` is given. The API of the subscription: `PublishedApi.api_id`."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The subscription's name, 1 to 100 characters. Example: `Partner Inc.`."""
    subscription_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case. The subscription's id in API Management, 1 to 80 characters."""
    allow_tracing: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether its keys may request traces of calls. A trace shows headers."""


class ApiSubscription(pulumi.ComponentResource):
    """An active subscription to a product or an API. Calls send one of its keys besides the token."""

    subscription_id: pulumi.Output[str]
    """The subscription's id."""
    primary_key: pulumi.Output[str]
    """The key for the header `Ocp-Apim-Subscription-Key`, secret."""
    secondary_key: pulumi.Output[str]
    """The second key, for rotation, secret."""

    def __init__(self, name: str, args: ApiSubscriptionArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("ApiSubscription", name)
        args = inputs.known(args, ApiSubscriptionArgs)
        group, service_name = service_inputs(inputs, args)
        scope = _scope(inputs, args)
        title = inputs.check(
            "display_name", args.get("display_name", name), subscription_title_problem, '"Partner Inc."'
        )
        subscription_id = inputs.check(
            "subscription_id", args.get("subscription_id", slug(name)), entity_id_problem, '"partner"'
        )
        super().__init__("auth0-apim:index:ApiSubscription", name, {}, opts)

        subscription = apimanagement.Subscription(
            f"{name}-subscription",
            resource_group_name=group,
            service_name=service_name,
            sid=subscription_id,
            display_name=title,
            scope=scope,
            state=apimanagement.SubscriptionState.ACTIVE,
            allow_tracing=args.get("allow_tracing", False),
            opts=part_of(self, opts),
        )
        keys = apimanagement.list_subscription_secrets_output(
            resource_group_name=group,
            service_name=service_name,
            sid=subscription.name,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )

        self.subscription_id = subscription.name
        self.primary_key = pulumi.Output.secret(keys.apply(lambda both: str(both.primary_key)))
        self.secondary_key = pulumi.Output.secret(keys.apply(lambda both: str(both.secondary_key)))
        self.register_outputs(
            {
                "subscription_id": self.subscription_id,
                "primary_key": self.primary_key,
                "secondary_key": self.secondary_key,
            }
        )


def _scope(inputs: Inputs, args: ApiSubscriptionArgs) -> pulumi.Output[str]:
    named = [name for name in ("product_id", "api_id") if args.get(name) is not None]
    if len(named) != 1:
        raise inputs.error("product_id", "or 'api_id' is required, one of them", '"starter"')
    target = inputs.check(named[0], args[named[0]], entity_id_problem, '"starter"')  # type: ignore[literal-required]
    return pulumi.Output.concat("/products/" if named[0] == "product_id" else "/apis/", target)
