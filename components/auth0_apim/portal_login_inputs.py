"""The inputs of PortalLogin, checked.

Every function raises InputError for an input that is missing, wrong, or contradicts another one.
"""

from collections.abc import Mapping
from typing import Any, Optional

import pulumi

from auth0_apim.api_rules import identifier_problem
from auth0_apim.azure_rules import (
    authorization_methods_problem,
    body_parameters_problem,
    choice_problem,
    client_id_problem,
    default_scope_problem,
    entity_id_problem,
    grant_types_problem,
    https_url_problem,
    resource_owner_problem,
    short_title_problem,
)
from auth0_apim.inputs import Inputs, Rule
from auth0_apim.names import slug

_REQUIRED: dict[str, tuple[Rule, str]] = {
    "audience": (identifier_problem, '"basic-calculator"'),
    "authorization_endpoint": (https_url_problem, '"https://a.example/authorize"'),
    "token_endpoint": (https_url_problem, '"https://a.example/oauth/token"'),
    "client_id": (client_id_problem, "InteractiveClient.client_id"),
}
_RULES: dict[str, tuple[Rule, str]] = {
    **_REQUIRED,
    "client_registration_endpoint": (https_url_problem, '"https://contoso.example/register"'),
    "authorization_server_id": (entity_id_problem, '"auth0"'),
    "display_name": (short_title_problem, '"Auth0"'),
    "grant_types": (grant_types_problem, '["authorization_code"]'),
    "authorization_methods": (authorization_methods_problem, '["GET"]'),
    "client_authentication": (choice_problem("Basic", "Body"), '"Basic"'),
    "token_sending": (choice_problem("authorizationHeader", "query"), '"authorizationHeader"'),
    "token_body_parameters": (body_parameters_problem, '{"organization": "org_calculators"}'),
    "portal_url": (https_url_problem, '"https://contoso-apis.developer.azure-api.net"'),
}
_DEFAULTS: dict[str, Any] = {
    "client_registration_endpoint": "https://placeholder.contoso.com",
    "grant_types": ["authorization_code"],
    "authorization_methods": ["GET"],
    "client_authentication": "Basic",
    "token_sending": "authorizationHeader",
    "token_body_parameters": {},
}


def checked_inputs(inputs: Inputs, name: str, args: Mapping[str, Any]) -> dict[str, pulumi.Output[Any]]:
    """The inputs that stand for themselves, by name, with the defaults of those that are not given."""
    given = {"authorization_server_id": slug(name), "display_name": name, **_DEFAULTS, **args}
    return {
        input_name: inputs.check(input_name, given.get(input_name), *rule)
        for input_name, rule in _RULES.items()
        if input_name in given or input_name in _REQUIRED
    }


def default_scope(inputs: Inputs, args: Mapping[str, Any]) -> Optional[pulumi.Output[str]]:
    """The scopes that the console asks for, separated by spaces."""
    if args.get("default_scope") is None:
        return None
    pair = {"requested": args["default_scope"], "available": args.get("available_scopes")}
    checked = inputs.check("default_scope", pair, default_scope_problem, '"calc:add calc:sub"')
    return checked.apply(lambda known: str(known["requested"]))


def resource_owner(inputs: Inputs, args: Mapping[str, Any]) -> Optional[pulumi.Output[str]]:
    """The user whose password the console sends."""
    if "resource_owner_username" not in args:
        if "resource_owner_password" in args:
            raise inputs.error("resource_owner_password", "needs 'resource_owner_username'", "both of them")
        return None
    user = {"username": args["resource_owner_username"], "grant_types": args.get("grant_types", [])}
    checked = inputs.check("resource_owner_username", user, resource_owner_problem, 'grant_types: ["password"]')
    return checked.apply(lambda known: str(known["username"]))


def portal_secret(inputs: Inputs, name: str, args: Mapping[str, Any]) -> Optional[pulumi.Output[str]]:
    """The secret that is the input `name`."""
    if name not in args:
        return None
    return pulumi.Output.secret(inputs.check(name, args[name], _emptiness_problem, "a secret"))


def _emptiness_problem(value: str) -> Optional[str]:
    return None if value.strip() else "must not be blank"
