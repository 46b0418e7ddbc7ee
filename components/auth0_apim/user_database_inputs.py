"""The inputs of UserDatabase, checked.

Every function raises InputError for an input that is missing, wrong, or contradicts another one.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_auth0 as auth0

from auth0_apim.inputs import Inputs
from auth0_apim.passwords import DEFAULT_MINIMUM_LENGTH, minimum_password_length_problem, password_policy_problem
from auth0_apim.user_rules import database_scripts_problem, password_history_problem


def password_options(inputs: Inputs, args: Mapping[str, Any]) -> dict[str, Any]:
    """What the connection asks of passwords."""
    policy = inputs.check("password_policy", args.get("password_policy", "good"), password_policy_problem, '"good"')
    length = inputs.check(
        "minimum_password_length",
        args.get("minimum_password_length", DEFAULT_MINIMUM_LENGTH),
        minimum_password_length_problem,
        "12",
    )
    history = inputs.check("password_history", args.get("password_history", 5), password_history_problem, "5")
    return {
        "password_policy": policy,
        "password_complexity_options": auth0.ConnectionOptionsPasswordComplexityOptionsArgs(
            min_length=length.apply(int)
        ),
        "password_histories": history.apply(_password_histories),
        "password_dictionary": auth0.ConnectionOptionsPasswordDictionaryArgs(enable=True),
        "password_no_personal_info": auth0.ConnectionOptionsPasswordNoPersonalInfoArgs(enable=True),
    }


def custom_database_options(inputs: Inputs, args: Mapping[str, Any]) -> dict[str, Any]:
    """The scripts of a custom database and what they read; nothing for Auth0's own."""
    if "scripts" not in args:
        for input_name in ("import_mode", "configuration"):
            if args.get(input_name):
                raise inputs.error(
                    "scripts", f"is required where there is {input_name}", '{"login": "function login(…) {…}"}'
                )
        return {}
    both = inputs.check(
        "scripts",
        {"scripts": args["scripts"], "import_mode": args.get("import_mode", False)},
        database_scripts_problem,
        '{"login": "function login(email, password, callback) {…}", "get_user": "function getByEmail(…) {…}"}',
    )
    options = {
        "enabled_database_customization": True,
        "import_mode": both["import_mode"],
        "custom_scripts": both["scripts"],
    }
    if "configuration" in args:
        options["configuration"] = pulumi.Output.secret(args["configuration"])
    return options


def _password_histories(size: float) -> list[auth0.ConnectionOptionsPasswordHistoryArgs]:
    # The history that is switched off has a size all the same, which Auth0 wants to be 1 at least.
    return [auth0.ConnectionOptionsPasswordHistoryArgs(enable=size > 0, size=max(int(size), 1))]
