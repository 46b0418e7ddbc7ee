"""What a group of users may do."""

from typing import Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.auth0.user_rules import permissions_problem, role_description_problem, role_name_problem
from auth0_apim.component.child_options import depends_on
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule
from auth0_apim.rules.scope_rules import IDENTIFIER, SCOPE_NAMES, requested_scopes_problem


class RoleSection(TypedDict):
    permissions: pulumi.Input[list[pulumi.Input[str]]]
    """Required. The API's scopes that are the role's permissions, at least one."""
    role_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name; in a ProtectedApi to the role's key. The role's name, unique in the tenant, 1 to 100 characters."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the role's name. What the role is for, 1 to 255 characters."""


class RoleArgs(RoleSection):
    audience: pulumi.Input[str]
    """Required. The identifier of the API that the permissions belong to; pass Auth0Api's `audience`. The API needs `permissions_in_token`."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the API has, which every permission must be among; pass Auth0Api's `scopes`."""


def _check(inputs: Inputs) -> None:
    permissions = {"requested": inputs.get("permissions"), "available": inputs.get("available_scopes")}
    inputs.require("permissions", permissions, requested_scopes_problem)


ROLE = ComponentInputs(
    component="Role",
    shape=RoleArgs,
    rules={
        "audience": IDENTIFIER,
        "permissions": Rule(permissions_problem, ["calc:add"]),
        "available_scopes": SCOPE_NAMES,
        "role_name": Rule(role_name_problem, "calculator operator"),
        "description": Rule(role_description_problem, "Adds numbers"),
    },
    defaults={"role_name": str},
    check=_check,
)


class Role(pulumi.ComponentResource):
    """A role with permissions of one API, all of them among the scopes that the API declares."""

    role_id: pulumi.Output[str]
    """The role's id, for DatabaseUser's `roles`. Known once the role has its permissions."""
    role_name: pulumi.Output[str]
    """The role's name."""

    def __init__(self, name: str, args: RoleArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = ROLE.of(name, args)
        super().__init__("auth0-apim:index:Role", name, {}, opts)

        role_name = inputs.output("role_name")
        role = auth0.Role(
            f"{name}-role",
            name=role_name,
            description=inputs.optional("description") or role_name,
            opts=pulumi.ResourceOptions(parent=self),
        )
        granted = auth0.RolePermissions(
            f"{name}-permissions",
            role_id=role.id,
            permissions=pulumi.Output.all(inputs.output("permissions"), inputs.output("audience")).apply(
                lambda both: [
                    auth0.RolePermissionsPermissionArgs(name=permission, resource_server_identifier=both[1])
                    for permission in sorted(both[0])
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.role_id = depends_on(role.id, granted)
        self.role_name = role.name
        self.register_outputs({"role_id": self.role_id, "role_name": self.role_name})
