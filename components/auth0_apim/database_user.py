"""A user of a database."""

from typing import Any, Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.inputs import Inputs
from auth0_apim.ordering import after
from auth0_apim.passwords import (
    DEFAULT_MINIMUM_LENGTH,
    PasswordPolicy,
    minimum_password_length_problem,
    password_policy_problem,
    password_problem,
)
from auth0_apim.text_rules import email_problem
from auth0_apim.user_rules import connection_name_problem, role_ids_problem, username_problem


class DatabaseUserArgs(TypedDict):
    connection_name: pulumi.Input[str]
    """Required. The name of the database connection; pass UserDatabase's `connection_name`. Example: `BasicCalculator`."""
    email: pulumi.Input[str]
    """Required. The user's e-mail address, unique in the database. Example: `jane@example.com`."""
    password: pulumi.Input[str]
    """Required. The user's password, secret, at most 72 bytes. It is checked against the password policy before any call to Auth0."""
    password_policy: NotRequired[pulumi.Input[PasswordPolicy]]
    """Optional, defaults to `good`. The password policy of the database, which the password must meet."""
    minimum_password_length: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 12. The minimum password length of the database, 1 to 72 characters."""
    username: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. The user's name, in a database that requires one. Example: `jane`."""
    email_verified: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to true. Whether the address is verified; where false, Auth0 sends a verification e-mail."""
    roles: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to leaving the user's roles as they are. The ids of all roles of the user; other roles are removed. Pass a Role's `role_id`."""
    user_metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata that the user may read and change. Example: `{"language": "en"}`."""
    app_metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata that applications read and the user cannot change. Example: `{"owner": "platform-team"}`."""


class DatabaseUser(pulumi.ComponentResource):
    """A user of a database connection. The e-mail address and the password are checked before any call to Auth0; the password is secret."""

    user_id: pulumi.Output[str]
    """The user's id, the `sub` claim of their tokens. Example: `auth0|507f1f77bcf86cd799439020`."""
    email: pulumi.Output[str]
    """The user's e-mail address. Known once the user has the roles."""

    def __init__(self, name: str, args: DatabaseUserArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("DatabaseUser", name)
        args = inputs.known(args, DatabaseUserArgs)
        connection_name = inputs.check(
            "connection_name", args.get("connection_name"), connection_name_problem, '"BasicCalculator"'
        )
        email = inputs.check("email", args.get("email"), email_problem, '"jane@example.com"')
        username = (
            inputs.check("username", args["username"], username_problem, '"jane"') if "username" in args else None
        )
        password = _password(inputs, args)
        roles = inputs.check("roles", args["roles"], role_ids_problem, "[role.role_id]") if "roles" in args else None
        super().__init__("auth0-apim:index:DatabaseUser", name, {}, opts)

        email_verified = pulumi.Output.from_input(args.get("email_verified", True))
        metadata, app_metadata = args.get("user_metadata"), args.get("app_metadata")
        user = auth0.User(
            f"{name}-user",
            connection_name=connection_name,
            email=email,
            username=username,
            password=password,
            email_verified=email_verified,
            verify_email=email_verified.apply(_is_false),
            user_metadata=None if metadata is None else pulumi.Output.json_dumps(metadata, sort_keys=True),
            app_metadata=None if app_metadata is None else pulumi.Output.json_dumps(app_metadata, sort_keys=True),
            # A user cannot move to another connection, and the provider would try it.
            opts=pulumi.ResourceOptions(parent=self, replace_on_changes=["connectionName"]),
        )

        self.user_id = user.id
        self.email = after(email, user)
        if roles is not None:
            assigned = auth0.UserRoles(
                f"{name}-roles", user_id=user.id, roles=roles, opts=pulumi.ResourceOptions(parent=self)
            )
            self.email = after(self.email, assigned)
        self.register_outputs({"user_id": self.user_id, "email": self.email})


def _password(inputs: Inputs, args: DatabaseUserArgs) -> pulumi.Output[str]:
    example = "a phrase of some words, a capital and a digit"
    given = {
        "password": args.get("password"),
        "policy": args.get("password_policy", "good"),
        "minimum_length": args.get("minimum_password_length", DEFAULT_MINIMUM_LENGTH),
        "email": args["email"],
        "username": args.get("username"),
    }
    inputs.check("password", given["password"], _no_problem, example)
    policy = inputs.check("password_policy", given["policy"], password_policy_problem, '"good"')
    length = inputs.check("minimum_password_length", given["minimum_length"], minimum_password_length_problem, "12")
    password = inputs.check("password", given, password_problem, example)
    return pulumi.Output.secret(pulumi.Output.all(password, policy, length).apply(_first_password))


def _first_password(checked: list[Any]) -> str:
    password: str = checked[0]["password"]
    return password


def _no_problem(_: str) -> None:
    return None


def _is_false(value: bool) -> bool:
    return not value
