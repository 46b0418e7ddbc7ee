"""Where an API's users are kept."""

from collections.abc import Mapping
from typing import Any, Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_rules import flag_problem
from auth0_apim.existing import refuse_description
from auth0_apim.inputs import Inputs
from auth0_apim.opinion_rules import open_sign_up_problem
from auth0_apim.ordering import after
from auth0_apim.passwords import PasswordPolicy
from auth0_apim.text_rules import metadata_problem
from auth0_apim.user_database_inputs import custom_database_options, password_options
from auth0_apim.user_rules import connection_name_problem, enabled_clients_problem

_DESCRIPTION = (
    "password_policy",
    "minimum_password_length",
    "password_history",
    "requires_username",
    "allow_sign_up",
    "brute_force_protection",
    "scripts",
    "import_mode",
    "configuration",
    "metadata",
)


class UserDatabaseArgs(TypedDict):
    connection_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The connection's name, the `realm` of a password login: 1 to 128 letters, digits and single dashes. A change replaces the database. Example: `BasicCalculator`."""
    existing: NotRequired[bool]
    """Optional, defaults to false. Use the connection that has the name: it is read, never changed, and remains after a destroy. Excludes every input that describes a new one."""
    enabled_clients: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. The ids of all clients that the connection is enabled for; other clients are disabled. Clients of an existing connection stay enabled. Pass a client's `client_id`."""
    password_policy: NotRequired[pulumi.Input[PasswordPolicy]]
    """Optional, defaults to `good`. The password policy."""
    minimum_password_length: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 12. The minimum password length, 1 to 72 characters; it replaces the length of the password policy."""
    password_history: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 5. The number of a user's former passwords that are refused, 0 to 24."""
    requires_username: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether users have a user name besides their e-mail address."""
    allow_sign_up: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether anybody may sign up."""
    brute_force_protection: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to true. Whether an IP address is blocked after repeated wrong passwords for one user."""
    scripts: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to Auth0's own database. The text of a custom database's scripts by name: `login`, `get_user`, `create`, `verify`, `change_password`, `change_email`, `delete`; `login` is required."""
    import_mode: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether each user of the custom database is imported into Auth0 at the first login; needs the scripts `login` and `get_user`."""
    configuration: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Values that the scripts read as `configuration`, such as a connection string. Secret."""
    metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata of the connection: up to 10 texts by name. Example: `{"owner": "platform-team"}`."""


class UserDatabase(pulumi.ComponentResource):
    """A database connection: a user store of Auth0 with a strong password policy and without sign-up, or a custom database with scripts."""

    connection_id: pulumi.Output[str]
    """The connection's id."""
    connection_name: pulumi.Output[str]
    """The connection's name. Known once its clients are enabled."""

    def __init__(self, name: str, args: UserDatabaseArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("UserDatabase", name)
        args = inputs.known(args, UserDatabaseArgs)
        connection_name = inputs.check(
            "connection_name", args.get("connection_name", name), connection_name_problem, '"BasicCalculator"'
        )
        enabled_clients = None
        if "enabled_clients" in args:
            enabled_clients = inputs.check(
                "enabled_clients", args["enabled_clients"], enabled_clients_problem, "[machine_client.client_id]"
            )
        options = password_options(inputs, args) | custom_database_options(inputs, args)
        metadata = None
        if "metadata" in args:
            metadata = inputs.check("metadata", args["metadata"], metadata_problem, '{"owner": "platform-team"}')
        exists = inputs.plain("existing", args.get("existing", False), flag_problem, "true")
        if exists:
            refuse_description(inputs, args, "existing", _DESCRIPTION)
            one_by_one = _one_by_one(inputs, args)
        super().__init__("auth0-apim:index:UserDatabase", name, {}, opts)
        inputs.warn("allow_sign_up", args.get("allow_sign_up", False), open_sign_up_problem, "false")

        if exists:
            found = auth0.get_connection_output(
                name=connection_name, skip_enabled_clients=True, opts=pulumi.InvokeOutputOptions(parent=self)
            )
            self.connection_id = found.connection_id.apply(str)
            clients = [
                auth0.ConnectionClient(
                    f"{name}-client-{number}",
                    connection_id=self.connection_id,
                    client_id=client_id,
                    opts=pulumi.ResourceOptions(parent=self),
                )
                for number, client_id in enumerate(one_by_one, 1)
            ]
            self.connection_name = after(connection_name, *clients)
        else:
            described = {"name": connection_name, "metadata": metadata}
            connection = _new_connection(self, name, described, options, args)
            self.connection_id, self.connection_name = connection.id, connection.name
            if enabled_clients is not None:
                enabled = auth0.ConnectionClients(
                    f"{name}-clients",
                    connection_id=connection.id,
                    enabled_clients=enabled_clients,
                    opts=pulumi.ResourceOptions(parent=self),
                )
                self.connection_name = after(connection.name, enabled)
        self.register_outputs({"connection_id": self.connection_id, "connection_name": self.connection_name})


def _one_by_one(inputs: Inputs, args: UserDatabaseArgs) -> list[pulumi.Input[str]]:
    """The clients that an existing connection is enabled for besides its own, each by a resource of its own."""
    clients = args.get("enabled_clients", [])
    if not isinstance(clients, list):
        raise inputs.error(
            "enabled_clients", "must be a list, not an output, with 'existing'", "[machine_client.client_id]"
        )
    return clients


def _new_connection(
    component: pulumi.ComponentResource,
    name: str,
    described: Mapping[str, Any],
    options: Mapping[str, Any],
    args: UserDatabaseArgs,
) -> auth0.Connection:
    allow_sign_up = pulumi.Output.from_input(args.get("allow_sign_up", False))
    return auth0.Connection(
        f"{name}-connection",
        **described,
        strategy="auth0",
        options=auth0.ConnectionOptionsArgs(
            disable_signup=allow_sign_up.apply(_is_false),
            brute_force_protection=args.get("brute_force_protection", True),
            requires_username=args.get("requires_username", False),
            **options,
        ),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _is_false(value: bool) -> bool:
    return not value
