"""A user of a database."""

from typing import Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.auth0.passwords import DEFAULT_MINIMUM_LENGTH, MINIMUM_PASSWORD_LENGTH, PasswordPolicy, password_problem
from auth0_apim.auth0.user_rules import CONNECTION_NAME, role_ids_problem, username_problem
from auth0_apim.component.child_options import depends_on
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, anything
from auth0_apim.rules.text_rules import EMAIL


class UserSection(TypedDict):
    email: pulumi.Input[str]
    """Required. The user's e-mail address in lower case, unique in the database."""
    password: pulumi.Input[str]
    """Required. The user's password, secret, at most 72 bytes. It is checked against the password policy before any call to Auth0."""
    username: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. The user's name, in a database that requires one."""
    email_verified: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to true. Whether the address is verified; where false, Auth0 sends a verification e-mail."""
    roles: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to leaving the user's roles as they are. The ids of all roles of the user; other roles are removed. Pass a Role's `role_id`; in a ProtectedApi, the key of one of its `roles`."""
    user_metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata that the user may read and change."""
    app_metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata that applications read and the user cannot change."""


class DatabaseUserArgs(UserSection):
    connection_name: pulumi.Input[str]
    """Required. The name of the database connection; pass UserDatabase's `connection_name`."""
    password_policy: NotRequired[pulumi.Input[PasswordPolicy]]
    """Optional, defaults to `good`. The password policy of the database, which the password must meet."""
    minimum_password_length: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 12. The minimum password length of the database, 1 to 72 characters."""


def _check(inputs: Inputs) -> None:
    required = {
        "password": inputs.get("password"),
        "policy": inputs.get("password_policy"),
        "minimum_length": inputs.get("minimum_password_length"),
        "email": inputs.get("email"),
        "username": inputs.get("username"),
    }
    inputs.require("password", required, password_problem)


DATABASE_USER = ComponentInputs(
    component="DatabaseUser",
    shape=DatabaseUserArgs,
    rules={
        "connection_name": CONNECTION_NAME,
        "email": EMAIL,
        "password": Rule(anything, "Three quiet Words 4 me"),
        "minimum_password_length": MINIMUM_PASSWORD_LENGTH,
        "username": Rule(username_problem, "jane"),
        "roles": Rule(role_ids_problem, ["rol_AaBbCcDdEeFf0123"]),
        "user_metadata": Rule(anything, {"language": "en"}),
        "app_metadata": Rule(anything, {"owner": "platform-team"}),
    },
    defaults={
        "password_policy": "good",
        "minimum_password_length": DEFAULT_MINIMUM_LENGTH,
        "email_verified": True,
    },
    check=_check,
)


class DatabaseUser(pulumi.ComponentResource):
    """A user of a database connection. The e-mail address and the password are checked before any call to Auth0; the password is secret."""

    user_id: pulumi.Output[str]
    """The user's id, the `sub` claim of their tokens. Example: `auth0|507f1f77bcf86cd799439020`."""
    email: pulumi.Output[str]
    """The user's e-mail address. Known once the user has the roles."""

    def __init__(self, name: str, args: DatabaseUserArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = DATABASE_USER.of(name, args)
        super().__init__("auth0-apim:index:DatabaseUser", name, {}, opts)

        email, email_verified = inputs.output("email"), inputs.output("email_verified")
        metadata, app_metadata = inputs.nullable("user_metadata"), inputs.nullable("app_metadata")
        roles = inputs.optional("roles")
        user = auth0.User(
            f"{name}-user",
            connection_name=inputs.output("connection_name"),
            email=email,
            username=inputs.optional("username"),
            password=_password(inputs),
            email_verified=email_verified,
            verify_email=email_verified.apply(_is_false),
            user_metadata=None if metadata is None else pulumi.Output.json_dumps(metadata, sort_keys=True),
            app_metadata=None if app_metadata is None else pulumi.Output.json_dumps(app_metadata, sort_keys=True),
            # A user cannot move to another connection, and the provider would try it.
            opts=pulumi.ResourceOptions(parent=self, replace_on_changes=["connectionName"]),
        )

        self.user_id = user.id
        self.email = depends_on(email, user)
        if roles is not None:
            assigned = auth0.UserRoles(
                f"{name}-roles", user_id=user.id, roles=roles, opts=pulumi.ResourceOptions(parent=self)
            )
            self.email = depends_on(self.email, assigned)
        self.register_outputs({"user_id": self.user_id, "email": self.email})


def _password(inputs: Inputs) -> pulumi.Output[str]:
    """The password, once it is known to be good enough, and what that means."""
    names = ("password", "password_policy", "minimum_password_length")
    return pulumi.Output.secret(pulumi.Output.all(*map(inputs.output, names)).apply(lambda known: str(known[0])))


def _is_false(value: bool) -> bool:
    return not value
