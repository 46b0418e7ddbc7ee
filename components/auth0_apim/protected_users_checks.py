"""The inputs of ProtectedApi about who calls the API, checked: its clients, and its users' database.

Every function raises InputError for an input that is missing, wrong, or contradicts another one.
"""

from collections.abc import Mapping
from typing import Any

from auth0_apim.api_rules import requested_scopes_problem
from auth0_apim.client_rules import token_endpoint_auth_method_problem
from auth0_apim.inputs import Inputs
from auth0_apim.interactive_client_inputs import described_client
from auth0_apim.passwords import DEFAULT_MINIMUM_LENGTH, password_problem
from auth0_apim.text_rules import display_name_problem, email_problem
from auth0_apim.user_database_inputs import custom_database_options, password_options
from auth0_apim.user_rules import connection_name_problem, username_problem

OF_THE_LOGIN = ("application", "allowed_logout_urls", "web_origins", "offline_access")
"""Inputs of the application that people log in to, besides its name and callbacks."""

OF_THE_DATABASE = (
    "password_policy",
    "minimum_password_length",
    "password_history",
    "requires_username",
    "allow_sign_up",
    "brute_force_protection",
    "scripts",
    "import_mode",
    "configuration",
)
"""Inputs of the users' database, besides its name."""

_TOGETHER = (
    ("user_email", "user_password"),
    ("user_password", "user_email"),
    ("user_email", "connection_name"),
    ("username", "user_email"),
    *((name, "connection_name") for name in OF_THE_DATABASE),
)


def check_clients(inputs: Inputs, args: Mapping[str, Any]) -> None:
    """The machine client and the application that people log in to."""
    if "client_name" in args:
        inputs.check("client_name", args["client_name"], display_name_problem, '"Basic Calculator Client"')
    for name in ("client_scopes", "interactive_client_scopes"):
        if name in args:
            requested = {"requested": args[name], "available": args.get("scopes", {})}
            inputs.check(name, requested, requested_scopes_problem, '["calc:add"]')
    if "token_endpoint_auth_method" in args:
        method = args["token_endpoint_auth_method"]
        inputs.check("token_endpoint_auth_method", method, token_endpoint_auth_method_problem, '"client_secret_post"')
    _check_login(inputs, args)


def check_users(inputs: Inputs, args: Mapping[str, Any]) -> None:
    """The users' database and the first user in it."""
    for one, other in _TOGETHER:
        if one in args and other not in args:
            raise inputs.error(one, f"needs '{other}'", f"both '{one}' and '{other}'")
    if "connection_name" not in args:
        return
    inputs.check("connection_name", args["connection_name"], connection_name_problem, '"BasicCalculator"')
    password_options(inputs, args)
    custom_database_options(inputs, args)
    if "user_email" in args:
        _check_user(inputs, args)


def _check_login(inputs: Inputs, args: Mapping[str, Any]) -> None:
    has_portal = "portal_display_name" in args
    if "callbacks" not in args and not has_portal:
        for name in ("interactive_client_name", "interactive_client_scopes", *OF_THE_LOGIN):
            if name in args:
                example = 'callbacks: ["https://app.example.com/callback"]'
                raise inputs.error(name, "needs 'callbacks' or 'portal_display_name'", example)
        return
    # The portal has an address of its own, which is not known yet.
    callbacks = args.get("callbacks", ["https://portal.example/"] if has_portal else None)
    described_client(inputs, "Login", {**args, "callbacks": callbacks, "display_name": "Login"})
    if "interactive_client_name" in args:
        inputs.check(
            "interactive_client_name",
            args["interactive_client_name"],
            display_name_problem,
            '"Basic Calculator Login"',
        )
    if has_portal:
        inputs.check("application", args.get("application", "regular_web"), _portal_problem, '"regular_web"')
    access = {"api": args.get("allow_offline_access", True), "client": args.get("offline_access", False)}
    inputs.check("allow_offline_access", access, _offline_access_problem, "leave it out")


def _check_user(inputs: Inputs, args: Mapping[str, Any]) -> None:
    inputs.check("user_email", args["user_email"], email_problem, '"jane@example.com"')
    if "username" in args:
        inputs.check("username", args["username"], username_problem, '"jane"')
    name = {"name": args.get("username"), "required": args.get("requires_username", False)}
    inputs.check("username", name, _username_problem, 'both requires_username: true and username: "jane"')
    user = {
        "password": args["user_password"],
        "policy": args.get("password_policy", "good"),
        "minimum_length": args.get("minimum_password_length", DEFAULT_MINIMUM_LENGTH),
        "email": args["user_email"],
        "username": args.get("username"),
    }
    inputs.check("user_password", user, password_problem, "a phrase of some words, a capital and a digit")


def _portal_problem(application: str) -> str | None:
    return None if application == "regular_web" else "must be regular_web where there is a developer portal's login"


def _offline_access_problem(access: Mapping[str, bool]) -> str | None:
    return "is false, and 'offline_access' needs it" if access["client"] and not access["api"] else None


def _username_problem(user: Mapping[str, Any]) -> str | None:
    if user["required"] and user["name"] is None:
        return "is required where there is 'requires_username'"
    return "needs 'requires_username'" if user["name"] is not None and not user["required"] else None
