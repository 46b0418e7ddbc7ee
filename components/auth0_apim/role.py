"""What a group of users may do."""

from typing import Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.api_rules import identifier_problem, requested_scopes_problem
from auth0_apim.inputs import Inputs
from auth0_apim.ordering import after
from auth0_apim.user_rules import permissions_problem, role_description_problem, role_name_problem


class RoleArgs(TypedDict):
    audience: pulumi.Input[str]
    """Required. The identifier of the API that the permissions belong to; pass Auth0Api's `audience`. The API needs `permissions_in_token`. Example: `basic-calculator`."""
    permissions: pulumi.Input[list[pulumi.Input[str]]]
    """Required. The API's scopes that are the role's permissions, at least one. Example: `["calc:add"]`."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the API has, which every permission must be among; pass Auth0Api's `scopes`."""
    role_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The role's name, unique in the tenant, 1 to 100 characters. Example: `calculator operator`."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the role's name. What the role is for, 1 to 300 characters."""


class Role(pulumi.ComponentResource):
    """A role with permissions of one API, all of them among the scopes that the API declares."""

    role_id: pulumi.Output[str]
    """The role's id, for DatabaseUser's `roles`. Known once the role has its permissions."""
    role_name: pulumi.Output[str]
    """The role's name."""

    def __init__(self, name: str, args: RoleArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("Role", name)
        args = inputs.known(args, RoleArgs)
        audience = inputs.check("audience", args.get("audience"), identifier_problem, '"basic-calculator"')
        inputs.check("permissions", args.get("permissions"), permissions_problem, '["calc:add"]')
        pair = {"requested": args["permissions"], "available": args.get("available_scopes")}
        permissions = inputs.check("permissions", pair, requested_scopes_problem, '["calc:add"]')
        role_name = inputs.check("role_name", args.get("role_name", name), role_name_problem, '"calculator operator"')
        description = role_name
        if args.get("description") is not None:
            description = inputs.check("description", args["description"], role_description_problem, '"Adds numbers"')
        super().__init__("auth0-apim:index:Role", name, {}, opts)

        role = auth0.Role(
            f"{name}-role", name=role_name, description=description, opts=pulumi.ResourceOptions(parent=self)
        )
        granted = auth0.RolePermissions(
            f"{name}-permissions",
            role_id=role.id,
            permissions=pulumi.Output.all(permissions, audience).apply(
                lambda both: [
                    auth0.RolePermissionsPermissionArgs(name=permission, resource_server_identifier=both[1])
                    for permission in sorted(both[0]["requested"])
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.role_id = after(role.id, granted)
        self.role_name = role.name
        self.register_outputs({"role_id": self.role_id, "role_name": self.role_name})
