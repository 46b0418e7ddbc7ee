"""A caller's keys."""

from typing import Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired

from auth0_apim.apim.azure_rules import entity_id_problem, slug
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs, service_of
from auth0_apim.component.child_options import child_options
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule
from auth0_apim.rules.text_rules import text_problem


def subscription_title_problem(value: str) -> str | None:
    """A subscription's display name: 1 to 100 characters."""
    return text_problem(value, 100)


class ApiSubscriptionArgs(ServiceArgs):
    product_id: NotRequired[pulumi.Input[str]]
    """Required, unless `api_id` is given. The product of the subscription: `ApiProduct.product_id` or `PublishedApi.product_id`."""
    api_id: NotRequired[pulumi.Input[str]]
    """Required, unless `product_id` is given. The API of the subscription: `PublishedApi.api_id`."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The subscription's name, 1 to 100 characters."""
    subscription_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case. The subscription's id in API Management, 1 to 80 characters."""
    allow_tracing: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether its keys may request traces of calls. A trace shows headers."""


def _check(inputs: Inputs) -> None:
    if ("product_id" in inputs) == ("api_id" in inputs):
        raise inputs.error("product_id", "or 'api_id' is required, one of them")


API_SUBSCRIPTION = ComponentInputs(
    component="ApiSubscription",
    shape=ApiSubscriptionArgs,
    rules={
        **SERVICE_RULES,
        "product_id": Rule(entity_id_problem, "starter"),
        "api_id": Rule(entity_id_problem, "calc"),
        "display_name": Rule(subscription_title_problem, "Partner Inc."),
        "subscription_id": Rule(entity_id_problem, "partner"),
    },
    defaults={"display_name": str, "subscription_id": slug, "allow_tracing": False},
    check=_check,
)


class ApiSubscription(pulumi.ComponentResource):
    """An active subscription to a product or an API. Calls send one of its keys besides the token."""

    subscription_id: pulumi.Output[str]
    """The subscription's id."""
    primary_key: pulumi.Output[str]
    """The key for the header `Ocp-Apim-Subscription-Key`, secret."""
    secondary_key: pulumi.Output[str]
    """The second key, for rotation, secret."""

    def __init__(self, name: str, args: ApiSubscriptionArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = API_SUBSCRIPTION.of(name, args)
        super().__init__("auth0-apim:index:ApiSubscription", name, {}, opts)

        subscription = apimanagement.Subscription(
            f"{name}-subscription",
            **service_of(inputs),
            sid=inputs.output("subscription_id"),
            display_name=inputs.output("display_name"),
            scope=_scope(inputs),
            state=apimanagement.SubscriptionState.ACTIVE,
            allow_tracing=inputs.output("allow_tracing"),
            opts=child_options(self, opts),
        )
        keys = apimanagement.list_subscription_secrets_output(
            **service_of(inputs),
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


def _scope(inputs: Inputs) -> pulumi.Output[str]:
    if "product_id" in inputs:
        return pulumi.Output.concat("/products/", inputs.output("product_id"))
    return pulumi.Output.concat("/apis/", inputs.output("api_id"))
