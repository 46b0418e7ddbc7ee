"""The inputs of ApiGateway that describe a new service, checked.

Every function raises InputError for an input that is missing, wrong, or contradicts another one.
"""

from collections.abc import Mapping
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement

from auth0_apim.azure_rules import (
    capacity_problem,
    flag_problem,
    publisher_email_problem,
    publisher_name_problem,
    sku_problem,
)
from auth0_apim.inputs import Inputs
from auth0_apim.part_rules import identity_ids_problem, location_problem, tags_problem

OF_A_NEW_SERVICE = (
    "publisher_name",
    "publisher_email",
    "sku",
    "capacity",
    "location",
    "tags",
    "restore",
    "system_identity",
    "user_identity_ids",
)
"""Inputs that say what a new service is like, and that an existing one excludes."""


def new_service_inputs(inputs: Inputs, args: Mapping[str, Any]) -> dict[str, Any]:
    """What the service is made of, by the names of its inputs and with its `identity`."""
    sku = args.get("sku", "Consumption")
    size = {"sku": sku, "capacity": args.get("capacity")}
    return {
        "location": inputs.optional("location", args.get("location"), location_problem, '"westeurope"'),
        "tags": inputs.optional("tags", args.get("tags"), tags_problem, '{"team": "calculators"}'),
        "publisher_name": inputs.check(
            "publisher_name", args.get("publisher_name"), publisher_name_problem, '"Contoso"'
        ),
        "publisher_email": inputs.check(
            "publisher_email", args.get("publisher_email"), publisher_email_problem, '"apis@contoso.example"'
        ),
        "sku": inputs.check("sku", sku, sku_problem, '"Developer"'),
        "capacity": inputs.check("capacity", size, capacity_problem, "leave it out").apply(_units),
        "identity": _identity(inputs, args),
        "restore": inputs.check("restore", args.get("restore", False), flag_problem, "true"),
    }


def _identity(inputs: Inputs, args: Mapping[str, Any]) -> pulumi.Output[Any]:
    own = inputs.check("system_identity", args.get("system_identity", False), flag_problem, "true")
    example = '["/subscriptions/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"]'
    others = inputs.check("user_identity_ids", args.get("user_identity_ids", []), identity_ids_problem, example)
    return pulumi.Output.all(own, others).apply(lambda both: _managed_identity(bool(both[0]), list(both[1])))


def _managed_identity(own: bool, others: list[str]) -> Optional[apimanagement.ApiManagementServiceIdentityArgs]:
    kinds = (["SystemAssigned"] if own else []) + (["UserAssigned"] if others else [])
    if not kinds:
        return None
    assigned = {resource_id: apimanagement.UserIdentityPropertiesArgs() for resource_id in others}
    return apimanagement.ApiManagementServiceIdentityArgs(
        type=", ".join(kinds), user_assigned_identities=assigned or None
    )


def _units(size: Mapping[str, Any]) -> int:
    if size["capacity"] is not None:
        return int(size["capacity"])
    return 0 if size["sku"] == "Consumption" else 1
