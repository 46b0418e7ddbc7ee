"""The inputs of JwtPolicy, checked."""

from collections.abc import Mapping
from typing import Any

import pulumi

from auth0_apim.api_rules import signing_algorithm_problem
from auth0_apim.azure_rules import backend_url_problem, choice_problem, entity_id_problem, revised_id_problem
from auth0_apim.input_types import is_output
from auth0_apim.inputs import Inputs, Rule
from auth0_apim.operation_rules import required_scopes_problem
from auth0_apim.operation_scopes import declared, known_operation
from auth0_apim.policy_markup import policy_text_problem, raw_policies_problem, texts_problem
from auth0_apim.policy_rules import (
    audience_problem,
    clock_skew_problem,
    counted_by_problem,
    fragment_ids_problem,
    header_names_problem,
    origins_problem,
    policy_url_problem,
    policy_urls_problem,
    quota_seconds_problem,
    quota_sku_problem,
    rate_limit_calls_problem,
    rate_limit_seconds_problem,
    rate_limit_sku_problem,
    required_claims_problem,
    signing_secret_problem,
)

_REQUIRED: dict[str, tuple[Rule, str]] = {
    "issuer": (policy_url_problem, '"https://tenant.eu.auth0.com/"'),
    "audience": (audience_problem, '"basic-calculator"'),
}
OPTIONAL_RULES: dict[str, tuple[Rule, str]] = {
    "other_issuers": (policy_urls_problem, '["https://login.example.com/"]'),
    "other_audiences": (texts_problem, '["https://api.example.com"]'),
    "openid_configuration_url": (policy_url_problem, '"https://tenant.eu.auth0.com/.well-known/openid-configuration"'),
    "required_scopes": (required_scopes_problem, '["calc:add"]'),
    "required_claims": (required_claims_problem, '{"https://example.com/plan": ["gold"]}'),
    "scope_claim": (choice_problem("scope", "permissions"), '"scope"'),
    "scope_match": (choice_problem("all", "any"), '"all"'),
    "clock_skew": (clock_skew_problem, "30"),
    "allowed_origins": (origins_problem, '["https://app.example.com"]'),
    "rate_limit_calls": (rate_limit_calls_problem, "100"),
    "rate_limit_seconds": (rate_limit_seconds_problem, "60"),
    "quota_calls": (rate_limit_calls_problem, "10000"),
    "quota_seconds": (quota_seconds_problem, "86400"),
    "backend_url": (backend_url_problem, '"https://calculator.example/api"'),
    "backend_id": (entity_id_problem, '"calculator"'),
    "dropped_request_headers": (header_names_problem, '["Authorization"]'),
    "dropped_response_headers": (header_names_problem, '["Server", "X-Powered-By"]'),
    "included_fragments": (fragment_ids_problem, '["correlation"]'),
    "raw_inbound": (raw_policies_problem, "'<set-header name=\"X-Team\"><value>calc</value></set-header>'"),
    "raw_outbound": (raw_policies_problem, '\'<set-header name="X-Team" exists-action="delete"/>\''),
    "raw_on_error": (raw_policies_problem, '\'<set-header name="X-Team" exists-action="delete"/>\''),
    "resource_metadata": (
        policy_url_problem,
        '"https://contoso-apis.azure-api.net/.well-known/oauth-protected-resource/calc"',
    ),
    "unauthorized_message": (policy_text_problem, '"Log in first."'),
    "forbidden_message": (policy_text_problem, '"Ask for access."'),
}
"""The rule of each input that need not be given, and an example that works."""

_NEEDS = {
    "rate_limit_seconds": ("rate_limit_calls", "100"),
    "quota_seconds": ("quota_calls", "10000"),
    "operation_id": ("api_id", '"calc"'),
    "operation_scopes": ("api_id", '"calc"'),
    "default_scopes": ("api_id", '"calc"'),
    "scopes_document": ("api_id", '"calc"'),
    "public_operations": ("api_id", '"calc"'),
    "backend_url": ("api_id", '"calc"'),
    "backend_id": ("api_id", '"calc"'),
}
_BY_OPERATION = ("operation_scopes", "default_scopes", "scopes_document", "public_operations")


def jwt_settings(inputs: Inputs, args: Mapping[str, Any]) -> pulumi.Output[dict[str, Any]]:
    """The inputs that a document is made of, by name, without those that are not given.

    Raises:
        InputError: one of them is missing or wrong.
    """
    required = {name: inputs.check(name, args.get(name), *rule) for name, rule in _REQUIRED.items()}
    if args.get("api_id") is not None and args.get("backend_id") is None and args.get("backend_url") is None:
        problem = "is required, unless 'backend_id' is given: only the policy sends calls to the API's backend"
        raise inputs.error("backend_url", problem, "PublishedApi.backend_url")
    return pulumi.Output.all(**required, **optional_settings(inputs, args))


def optional_settings(inputs: Inputs, args: Mapping[str, Any]) -> dict[str, pulumi.Output[Any]]:
    """Those of them that need not be given, by name.

    Raises:
        InputError: one of them is wrong, or needs another one.
    """
    checked = {
        name: inputs.check(name, args[name], *rule)
        for name, rule in OPTIONAL_RULES.items()
        if args.get(name) is not None
    }
    for name, (needed, example) in _NEEDS.items():
        if args.get(name) is not None and args.get(needed) is None:
            raise inputs.error(name, f"needs '{needed}'", f"{needed}: {example}")
    if {"backend_url", "backend_id"} <= checked.keys():
        raise inputs.error("backend_id", "excludes 'backend_url'", "leave one of them out")
    if args.get("counted_by") is not None and not {"rate_limit_calls", "quota_calls"} & checked.keys():
        raise inputs.error("counted_by", "needs 'rate_limit_calls' or 'quota_calls'", "rate_limit_calls: 100")
    if args.get("counted_by") is not None:
        counted = {"counted": args["counted_by"], "product": args.get("product_id"), "api": args.get("api_id")}
        counted["quota"] = args.get("quota_calls")
        counting = inputs.check("counted_by", counted, counted_by_problem, '"client"')
        checked["counted_by"] = counting.apply(lambda known: str(known["counted"]))
    if "required_scopes" in checked:
        checked["required_scopes"] = declared(inputs, "required_scopes", args["required_scopes"], args)
    return checked


def tier_rule(args: Mapping[str, Any]) -> Rule | None:
    """What the service's tier must be able to do; None where any tier will do, or where that is not known yet."""
    counted = args.get("counted_by")
    if is_output(counted) or getattr(counted, "value", counted) == "subscription":
        return None
    if args.get("quota_calls") is not None:
        return quota_sku_problem
    return rate_limit_sku_problem if args.get("rate_limit_calls") is not None else None


def shared_secret(inputs: Inputs, args: Mapping[str, Any]) -> pulumi.Output[str] | None:
    """The signing secret of HS256; None with RS256.

    Raises:
        InputError: the algorithm is not known at construction, or its secret is missing.
    """
    algorithm = inputs.plain(
        "signing_algorithm", args.get("signing_algorithm", "RS256"), signing_algorithm_problem, '"HS256"'
    )
    if algorithm == "RS256":
        return None
    return inputs.check("signing_secret", args.get("signing_secret"), signing_secret_problem, "Auth0Api.signing_secret")


def policy_level(inputs: Inputs, args: Mapping[str, Any]) -> tuple[str, dict[str, pulumi.Output[str]]]:
    """`operation`, `api`, `product` or `service`, and the path that leads to it below the service.

    Raises:
        InputError: an API and a product are named, or an operation whose neighbours are spoken of.
    """
    api_id, product_id, operation_id = args.get("api_id"), args.get("product_id"), args.get("operation_id")
    if product_id is not None:
        if api_id is not None:
            raise inputs.error("product_id", "excludes 'api_id'", "leave one of them out")
        return "product", {"product_id": inputs.check("product_id", product_id, entity_id_problem, '"starter"')}
    if api_id is None:
        return "service", {}
    api = inputs.check("api_id", api_id, revised_id_problem, '"calc"')
    if operation_id is None:
        return "api", {"api_id": api}
    for name in _BY_OPERATION:
        if args.get(name) is not None:
            raise inputs.error(name, "excludes 'operation_id'", 'required_scopes: ["calc:add"]')
    return "operation", {"api_id": api, "operation_id": known_operation(inputs, "operation_id", operation_id, args)}
