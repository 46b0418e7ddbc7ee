"""Which API Management service a component belongs to."""

from typing import Any

import pulumi
from typing_extensions import TypedDict

from auth0_apim.apim.azure_rules import resource_group_name_problem, service_name_problem
from auth0_apim.component.inputs import Inputs, Rule


class ServiceArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""


SERVICE_RULES = {
    "resource_group_name": Rule(resource_group_name_problem, "calculator-dev"),
    "service_name": Rule(service_name_problem, "contoso-apis-dev"),
}
"""The rules of the inputs that name a service."""


def service_of(inputs: Inputs) -> dict[str, pulumi.Output[Any]]:
    """The properties that name the service of a resource, known once its `sku`, where that is given, is known to do."""
    name, sku = inputs.output("service_name"), inputs.nullable("sku") if "sku" in inputs else None
    if sku is not None:
        name = pulumi.Output.all(name, sku).apply(lambda both: both[0])
    return {"resource_group_name": inputs.output("resource_group_name"), "service_name": name}
