"""The inputs of ProtectedApi, checked before its first part is made: the parts' own rules, by ProtectedApi's names."""

from collections.abc import Mapping
from typing import Any

from auth0_apim.azure_rules import (
    api_path_problem,
    backend_url_problem,
    capacity_problem,
    flag_problem,
    portal_sku_problem,
    product_name_problem,
    publisher_email_problem,
    publisher_name_problem,
    resource_group_name_problem,
    service_name_problem,
    short_title_problem,
    sku_problem,
)
from auth0_apim.inputs import Inputs, Rule
from auth0_apim.openapi_security import scopes_document_problem, scopes_in_document
from auth0_apim.openapi_source import openapi_problem
from auth0_apim.passwords import DEFAULT_MINIMUM_LENGTH, password_problem
from auth0_apim.policy_rules import (
    audience_problem,
    operation_scopes_problem,
    required_scopes_problem,
    undeclared_scopes_problem,
)
from auth0_apim.rules import (
    callbacks_problem,
    connection_name_problem,
    display_name_problem,
    domain_problem,
    email_problem,
    requested_scopes_problem,
    scopes_problem,
    signing_algorithm_problem,
    token_lifetime_problem,
)

_REQUIRED: dict[str, tuple[Rule, str]] = {
    "identifier": (audience_problem, '"basic-calculator"'),
    "path": (api_path_problem, '"calc"'),
    "resource_group_name": (resource_group_name_problem, '"calculator-dev"'),
    "service_name": (service_name_problem, '"contoso-apis-dev"'),
}
_OPTIONAL: dict[str, tuple[Rule, str]] = {
    "display_name": (display_name_problem, '"Basic Calculator"'),
    "scopes": (scopes_problem, '{"calc:add": "Add two numbers"}'),
    "default_scopes": (required_scopes_problem, '["calc:use"]'),
    "token_lifetime": (token_lifetime_problem, "3600"),
    "domain": (domain_problem, '"login.example.com"'),
    "sku": (sku_problem, '"Developer"'),
    "service_url": (backend_url_problem, '"https://calculator.example"'),
    "product_name": (product_name_problem, '"Starter"'),
    "client_name": (display_name_problem, '"Basic Calculator Client"'),
    "connection_name": (connection_name_problem, '"BasicCalculator"'),
    "user_email": (email_problem, '"jane@example.com"'),
    "callbacks": (callbacks_problem, '["https://app.example.com/callback"]'),
    "interactive_client_name": (display_name_problem, '"Basic Calculator Login"'),
    "portal_display_name": (short_title_problem, '"Auth0"'),
}
_PLAIN: dict[str, tuple[Rule, str]] = {
    "existing_service": (flag_problem, "true"),
    "allow_password_grant": (flag_problem, "true"),
    "scopes_from_document": (flag_problem, "true"),
    "signing_algorithm": (signing_algorithm_problem, '"RS256"'),
    "operation_scopes": (operation_scopes_problem, '{"add": ["calc:add"]}'),
}
_NEW_SERVICE: dict[str, tuple[Rule, str]] = {
    "publisher_name": (publisher_name_problem, '"Contoso"'),
    "publisher_email": (publisher_email_problem, '"apis@contoso.example"'),
}
_TOGETHER = (
    ("user_email", "user_password"),
    ("user_password", "user_email"),
    ("user_email", "connection_name"),
)


def check_protected_api(inputs: Inputs, args: Mapping[str, Any]) -> None:
    """Refuse every bad input whose value is known, while nothing has been asked of a cloud.

    Values that depend on other resources are checked by the parts they are passed to.

    Raises:
        InputError: an input is missing, wrong, or contradicts another one.
    """
    for name, rule in _REQUIRED.items():
        inputs.check(name, args.get(name), *rule)
    for name, rule in _OPTIONAL.items():
        if name in args:
            inputs.check(name, args[name], *rule)
    for name, rule in _PLAIN.items():
        if name in args:
            inputs.plain(name, args[name], *rule)
    source = {"openapi": args.get("openapi"), "link_format": None, "service_url": args.get("service_url")}
    inputs.check("openapi", source, openapi_problem, '"openapi/calculator.yaml"')
    _check_gateway(inputs, args)
    _check_scopes(inputs, args)
    _check_users(inputs, args)


def _check_gateway(inputs: Inputs, args: Mapping[str, Any]) -> None:
    if args.get("existing_service"):
        return
    for name, rule in _NEW_SERVICE.items():
        inputs.check(name, args.get(name), *rule)
    sku = args.get("sku", "Consumption")
    inputs.check("capacity", {"sku": sku, "capacity": args.get("capacity")}, capacity_problem, "1")
    if "portal_display_name" in args:
        inputs.check("sku", sku, portal_sku_problem, '"Developer"')


def _check_scopes(inputs: Inputs, args: Mapping[str, Any]) -> None:
    declared = args.get("scopes", {})
    own = args.get("operation_scopes", {})
    if not own and "default_scopes" not in args and not args.get("scopes_from_document"):
        problem = "names no operation, so that all would be closed; to open them to any good token, say so"
        raise inputs.error("operation_scopes", problem, "default_scopes: []")
    if args.get("scopes_from_document"):
        source = {"document": args["openapi"], "named": sorted(own)}
        inputs.plain("openapi", source, scopes_document_problem, '"openapi/calculator.yaml"')
        own = scopes_in_document(**source) | own
    for name, scopes in (("operation_scopes", own), ("default_scopes", {"": args.get("default_scopes", [])})):
        pair = {"operations": scopes, "available": declared}
        inputs.check(name, pair, undeclared_scopes_problem, "\"calc:add\", one of 'scopes'")
    if "client_scopes" in args:
        requested = {"requested": args["client_scopes"], "available": declared}
        inputs.check("client_scopes", requested, requested_scopes_problem, '["calc:add"]')


def _check_users(inputs: Inputs, args: Mapping[str, Any]) -> None:
    for one, other in _TOGETHER:
        if one in args and other not in args:
            raise inputs.error(one, f"needs '{other}'", f"both '{one}' and '{other}'")
    if "interactive_client_name" in args and not {"callbacks", "portal_display_name"} & args.keys():
        example = 'callbacks: ["https://app.example.com/callback"]'
        raise inputs.error("interactive_client_name", "needs 'callbacks' or 'portal_display_name'", example)
    if "user_password" in args:
        user = {
            "password": args["user_password"],
            "policy": "good",
            "minimum_length": DEFAULT_MINIMUM_LENGTH,
            "email": args["user_email"],
            "username": None,
        }
        inputs.check("user_password", user, password_problem, "a phrase of some words, a capital and a digit")
