"""Which API Management service a component belongs to."""

from collections.abc import Mapping
from typing import Any

import pulumi

from auth0_apim.azure_rules import resource_group_name_problem, service_name_problem
from auth0_apim.inputs import Inputs, Rule


def service_inputs(
    inputs: Inputs, args: Mapping[str, Any], sku_rule: Rule | None = None
) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """The `resource_group_name` and the `service_name` of `args`, the latter once the `sku`, where given, satisfies `sku_rule`.

    Raises:
        InputError: one of them is missing or wrong.
    """
    group = inputs.check(
        "resource_group_name", args.get("resource_group_name"), resource_group_name_problem, '"calculator-dev"'
    )
    service_name = inputs.check("service_name", args.get("service_name"), service_name_problem, '"contoso-apis-dev"')
    if sku_rule is None or args.get("sku") is None:
        return group, service_name
    sku = inputs.check("sku", args["sku"], sku_rule, '"Developer"')
    return group, pulumi.Output.all(service_name, sku).apply(lambda both: str(both[0]))
