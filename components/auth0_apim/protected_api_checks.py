"""The inputs of ProtectedApi, checked before its first part is made: by the parts' own rules, in ProtectedApi's name.

Values that depend on other resources are checked by the parts they are passed to.
Every function raises InputError for an input that is missing, wrong, or contradicts another one.
"""

from collections.abc import Mapping
from typing import Any

from auth0_apim.api_gateway_inputs import OF_A_NEW_SERVICE, new_service_inputs
from auth0_apim.api_rules import domain_problem, scopes_problem, signing_algorithm_problem, token_lifetime_problem
from auth0_apim.azure_rules import (
    description_problem,
    flag_problem,
    portal_sku_problem,
    short_title_problem,
)
from auth0_apim.azure_service import service_inputs
from auth0_apim.existing import refuse_description
from auth0_apim.inputs import Inputs, Rule
from auth0_apim.jwt_settings import optional_settings, tier_rule
from auth0_apim.openapi_security import scopes_document_problem, scopes_in_document
from auth0_apim.operation_rules import operation_names_problem, operation_scopes_problem, required_scopes_problem
from auth0_apim.operation_rules import undeclared_scopes_problem as undeclared
from auth0_apim.policy_rules import audience_problem
from auth0_apim.protected_users_checks import check_clients, check_users
from auth0_apim.published_api_inputs import api_id, api_import, api_path, api_product, api_title, api_versioning
from auth0_apim.text_rules import display_name_problem, metadata_problem

_OPTIONAL: dict[str, tuple[Rule, str]] = {
    "display_name": (display_name_problem, '"Basic Calculator"'),
    "scopes": (scopes_problem, '{"calc:add": "Add two numbers"}'),
    "default_scopes": (required_scopes_problem, '["calc:use"]'),
    "token_lifetime": (token_lifetime_problem, "3600"),
    "domain": (domain_problem, '"login.example.com"'),
    "metadata": (metadata_problem, '{"owner": "platform-team"}'),
    "description": (description_problem, '"Adds numbers."'),
    "portal_display_name": (short_title_problem, '"Auth0"'),
}
_PLAIN: dict[str, tuple[Rule, str]] = {
    "existing_service": (flag_problem, "true"),
    "allow_password_grant": (flag_problem, "true"),
    "scopes_from_document": (flag_problem, "true"),
    "signing_algorithm": (signing_algorithm_problem, '"RS256"'),
    "operation_scopes": (operation_scopes_problem, '{"add": ["calc:add"]}'),
    "public_operations": (operation_names_problem, '["health"]'),
}
_IN_AN_EXISTING_SERVICE = ("backend_id", "included_fragments")


def check_protected_api(inputs: Inputs, args: Mapping[str, Any]) -> None:
    """Refuse every bad input whose value is known, while nothing has been asked of a cloud."""
    inputs.check("identifier", args.get("identifier"), audience_problem, '"basic-calculator"')
    for name, rule in _OPTIONAL.items():
        if name in args:
            inputs.check(name, args[name], *rule)
    for name, rule in _PLAIN.items():
        if name in args:
            inputs.plain(name, args[name], *rule)
    _check_publication(inputs, args)
    _check_gateway(inputs, args)
    _check_policy(inputs, args)
    check_clients(inputs, args)
    check_users(inputs, args)


def _check_publication(inputs: Inputs, args: Mapping[str, Any]) -> None:
    path = api_path(inputs, args)
    if "display_name" in args:
        api_title(inputs, args, args["display_name"])
    api_import(inputs, args, args.get("display_name"), args.get("description"))
    version, _ = api_versioning(inputs, args)
    api_id(inputs, args, path, version)
    api_product(inputs, args, is_taken_along=not args.get("existing_service"))


def _check_gateway(inputs: Inputs, args: Mapping[str, Any]) -> None:
    service_inputs(inputs, args)
    if args.get("existing_service"):
        refuse_description(inputs, args, "existing_service", OF_A_NEW_SERVICE)
        return
    new_service_inputs(inputs, args)
    wanted = [tier_rule(args), portal_sku_problem if "portal_display_name" in args else None]
    for rule in filter(None, wanted):
        inputs.check("sku", args.get("sku", "Consumption"), rule, '"Developer"')
    for name in _IN_AN_EXISTING_SERVICE:
        if name in args:
            raise inputs.error(name, "needs 'existing_service', as a new one has none yet", "existing_service: true")


def _check_policy(inputs: Inputs, args: Mapping[str, Any]) -> None:
    declared = args.get("scopes", {})
    # The policy is the API's, whatever product the API is put into.
    optional_settings(inputs, {**args, "available_scopes": declared, "api_id": args["path"], "product_id": None})
    own = args.get("operation_scopes", {})
    public = args.get("public_operations", [])
    if not own and not public and "default_scopes" not in args and not args.get("scopes_from_document"):
        problem = "names no operation, so that all are denied; to accept any good token at each, say so"
        raise inputs.error("operation_scopes", problem, "default_scopes: []")
    if args.get("scopes_from_document"):
        source = {"document": args["openapi"], "named": sorted({*own, *public})}
        inputs.plain("openapi", source, scopes_document_problem, '"openapi/calculator.yaml"')
        own = scopes_in_document(**source) | own
    for name, scopes in (("operation_scopes", own), ("default_scopes", {"": args.get("default_scopes", [])})):
        pair = {"operations": scopes, "available": declared}
        inputs.check(name, pair, undeclared, "\"calc:add\", one of 'scopes'")
