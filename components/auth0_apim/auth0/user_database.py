"""Where an API's users are kept."""

from typing import Any, Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.auth0.passwords import DEFAULT_MINIMUM_LENGTH, MINIMUM_PASSWORD_LENGTH, PasswordPolicy
from auth0_apim.auth0.user_rules import (
    CONNECTION_NAME,
    database_scripts_problem,
    enabled_clients_problem,
    password_history_problem,
)
from auth0_apim.component.child_options import depends_on
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, anything
from auth0_apim.rules.opinion_rules import open_sign_up_problem
from auth0_apim.rules.text_rules import METADATA


class DatabaseSection(TypedDict):
    connection_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The connection's name, the `realm` of a password login: 1 to 128 letters, digits and single dashes. A change replaces the database."""
    existing: NotRequired[bool]
    """Optional, defaults to false. Use the connection that has the name: it is read, never changed, and remains after a destroy. Excludes every input that describes a new one."""
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


class UserDatabaseArgs(DatabaseSection):
    metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata of the connection: up to 10 texts by name."""
    enabled_clients: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. The ids of all clients that the connection is enabled for; other clients are disabled. Clients of an existing connection stay enabled. Pass a client's `client_id`."""


def _check(inputs: Inputs) -> None:
    inputs.refuse_beside("existing", "connection_name", "enabled_clients")
    if inputs.get("existing") and not isinstance(inputs.get("enabled_clients", []), list):
        raise inputs.error("enabled_clients", "must be a list, not an output, with 'existing'")
    inputs.need("import_mode", "scripts")
    inputs.need("configuration", "scripts")
    both = {"scripts": inputs.get("scripts"), "import_mode": inputs.get("import_mode")}
    if "scripts" in inputs:
        inputs.require("scripts", both, database_scripts_problem)


def scripts_problem(value: dict[str, str]) -> Optional[str]:
    """A custom database's scripts by name."""
    return database_scripts_problem({"scripts": value, "import_mode": False})


USER_DATABASE = ComponentInputs(
    component="UserDatabase",
    shape=UserDatabaseArgs,
    rules={
        "connection_name": CONNECTION_NAME,
        "enabled_clients": Rule(enabled_clients_problem, ["AaBbCcDdEeFf0123456789"]),
        "minimum_password_length": MINIMUM_PASSWORD_LENGTH,
        "password_history": Rule(password_history_problem, 5),
        "scripts": Rule(
            scripts_problem,
            {
                "login": "function login(email, password, callback) { … }",
                "get_user": "function getByEmail(email, callback) { … }",
            },
        ),
        "configuration": Rule(anything, {"url": "https://users.example.com"}),
        "metadata": METADATA,
    },
    defaults={
        "connection_name": str,
        "existing": False,
        "password_policy": "good",
        "minimum_password_length": DEFAULT_MINIMUM_LENGTH,
        "password_history": 5,
        "requires_username": False,
        "allow_sign_up": False,
        "brute_force_protection": True,
        "import_mode": False,
    },
    check=_check,
)


class UserDatabase(pulumi.ComponentResource):
    """A database connection: a user store of Auth0 with a strong password policy and without sign-up, or a custom database with scripts."""

    connection_id: pulumi.Output[str]
    """The connection's id."""
    connection_name: pulumi.Output[str]
    """The connection's name. Known once its clients are enabled."""

    def __init__(self, name: str, args: UserDatabaseArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = USER_DATABASE.of(name, args)
        super().__init__("auth0-apim:index:UserDatabase", name, {}, opts)
        inputs.warn("allow_sign_up", inputs.get("allow_sign_up"), open_sign_up_problem, "leave it out")

        connection_name, enabled_clients = inputs.output("connection_name"), inputs.optional("enabled_clients")
        if inputs.get("existing"):
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
                for number, client_id in enumerate(inputs.get("enabled_clients", []), 1)
            ]
            self.connection_name = depends_on(connection_name, *clients)
        else:
            connection = _new_connection(self, name, inputs)
            self.connection_id, self.connection_name = connection.id, connection.name
            if enabled_clients is not None:
                enabled = auth0.ConnectionClients(
                    f"{name}-clients",
                    connection_id=connection.id,
                    enabled_clients=enabled_clients,
                    opts=pulumi.ResourceOptions(parent=self),
                )
                self.connection_name = depends_on(connection.name, enabled)
        self.register_outputs({"connection_id": self.connection_id, "connection_name": self.connection_name})


def _new_connection(component: pulumi.ComponentResource, name: str, inputs: Inputs) -> auth0.Connection:
    return auth0.Connection(
        f"{name}-connection",
        name=inputs.output("connection_name"),
        metadata=inputs.optional("metadata"),
        strategy="auth0",
        options=auth0.ConnectionOptionsArgs(
            disable_signup=inputs.output("allow_sign_up").apply(_is_false),
            brute_force_protection=inputs.output("brute_force_protection"),
            requires_username=inputs.output("requires_username"),
            **_password_options(inputs),
            **_custom_database_options(inputs),
        ),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _password_options(inputs: Inputs) -> dict[str, Any]:
    """What the connection asks of passwords."""
    return {
        "password_policy": inputs.output("password_policy"),
        "password_complexity_options": auth0.ConnectionOptionsPasswordComplexityOptionsArgs(
            min_length=inputs.output("minimum_password_length").apply(int)
        ),
        "password_histories": inputs.output("password_history").apply(_password_histories),
        "password_dictionary": auth0.ConnectionOptionsPasswordDictionaryArgs(enable=True),
        "password_no_personal_info": auth0.ConnectionOptionsPasswordNoPersonalInfoArgs(enable=True),
    }


def _custom_database_options(inputs: Inputs) -> dict[str, Any]:
    """The scripts of a custom database and what they read; nothing for Auth0's own."""
    if "scripts" not in inputs:
        return {}
    options = {
        "enabled_database_customization": True,
        "import_mode": inputs.output("import_mode"),
        "custom_scripts": inputs.output("scripts"),
    }
    if "configuration" in inputs:
        options["configuration"] = pulumi.Output.secret(inputs.output("configuration"))
    return options


def _password_histories(size: float) -> list[auth0.ConnectionOptionsPasswordHistoryArgs]:
    # The history that is switched off has a size all the same, which Auth0 wants to be 1 at least.
    return [auth0.ConnectionOptionsPasswordHistoryArgs(enable=size > 0, size=max(int(size), 1))]


def _is_false(value: bool) -> bool:
    return not value
