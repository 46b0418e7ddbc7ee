"""The inputs of JwtPolicy, checked, and the documents that follow from them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from auth0_apim.azure_rules import choice_problem, entity_id_problem
from auth0_apim.inputs import Inputs, Rule
from auth0_apim.policy_document import (
    RequiredClaim,
    TokenCheck,
    base,
    cors,
    policy_document,
    policy_text_problem,
    rate_limit_by_subject,
    validate_jwt,
)
from auth0_apim.policy_rules import (
    audience_problem,
    clock_skew_problem,
    operation_problem,
    operation_scopes_problem,
    origins_problem,
    policy_texts_problem,
    policy_url_problem,
    policy_urls_problem,
    rate_limit_calls_problem,
    rate_limit_seconds_problem,
    required_scopes_problem,
    signing_secret_problem,
)
from auth0_apim.rules import signing_algorithm_problem

_REQUIRED: dict[str, tuple[Rule, str]] = {
    "issuer": (policy_url_problem, '"https://tenant.eu.auth0.com/"'),
    "audience": (audience_problem, '"basic-calculator"'),
}
_OPTIONAL: dict[str, tuple[Rule, str]] = {
    "other_issuers": (policy_urls_problem, '["https://login.example.com/"]'),
    "other_audiences": (policy_texts_problem, '["https://api.example.com"]'),
    "openid_configuration_url": (policy_url_problem, '"https://tenant.eu.auth0.com/.well-known/openid-configuration"'),
    "required_scopes": (required_scopes_problem, '["calc:add"]'),
    "scope_claim": (choice_problem("scope", "permissions"), '"scope"'),
    "scope_match": (choice_problem("all", "any"), '"all"'),
    "clock_skew": (clock_skew_problem, "30"),
    "allowed_origins": (origins_problem, '["https://app.example.com"]'),
    "rate_limit_calls": (rate_limit_calls_problem, "100"),
    "rate_limit_seconds": (rate_limit_seconds_problem, "60"),
    "unauthorized_message": (policy_text_problem, '"Log in first."'),
    "forbidden_message": (policy_text_problem, '"Ask for access."'),
}
_UNAUTHORIZED = "A valid access token is required."
_FORBIDDEN = "The access token does not allow this call."


def jwt_settings(inputs: Inputs, args: Mapping[str, Any]) -> pulumi.Output[dict[str, Any]]:
    """The inputs that a document is made of, by name, without those that are not given.

    Raises:
        InputError: one of them is missing or wrong.
    """
    checked = {name: inputs.check(name, args.get(name), *rule) for name, rule in _REQUIRED.items()}
    for name, rule in _OPTIONAL.items():
        if args.get(name) is not None:
            checked[name] = inputs.check(name, args[name], *rule)
    if "rate_limit_seconds" in checked and "rate_limit_calls" not in checked:
        raise inputs.error("rate_limit_seconds", "needs 'rate_limit_calls'", "rate_limit_calls: 100")
    return pulumi.Output.all(**checked)


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


def policy_level(inputs: Inputs, args: Mapping[str, Any]) -> tuple[str, pulumi.Output[str | None]]:
    """`api`, `product` or `global`, and the id of that API or product.

    Raises:
        InputError: both are named, or operations without an API.
    """
    api_id, product_id = args.get("api_id"), args.get("product_id")
    if api_id is not None and product_id is not None:
        raise inputs.error("product_id", "excludes 'api_id'", "leave one of them out")
    if args.get("operation_scopes") and api_id is None:
        raise inputs.error("operation_scopes", "needs 'api_id'", 'api_id: "calc"')
    if api_id is not None:
        return "api", inputs.check("api_id", api_id, entity_id_problem, '"calc"')
    if product_id is not None:
        return "product", inputs.check("product_id", product_id, entity_id_problem, '"starter"')
    return "global", pulumi.Output.from_input(None)


def operation_scopes(inputs: Inputs, args: Mapping[str, Any]) -> dict[str, list[str]]:
    """The scopes of single operations, the operations sorted.

    Raises:
        InputError: they are not known at construction, or wrong.
    """
    example = '{"add": ["calc:add"]}'
    scopes = inputs.plain("operation_scopes", args.get("operation_scopes") or {}, operation_scopes_problem, example)
    return {operation: list(scopes[operation]) for operation in sorted(scopes)}


def operation_id(inputs: Inputs, operation: str, operations: pulumi.Input[Any] | None) -> pulumi.Output[str]:
    """`operation`, once it is known to be one of `operations`; where those are not known, at once."""
    pair = {"operation": operation, "operations": operations}
    checked = inputs.check("operation_scopes", pair, operation_problem, "an id of PublishedApi.operations")
    return checked.apply(lambda known: str(known["operation"]))


def token_check(settings: Mapping[str, Any], signing_key: str | None) -> TokenCheck:
    """What makes a token good: keys from the OpenID document, or the named value `signing_key`."""
    url = (
        settings.get("openid_configuration_url") or f"{settings['issuer'].rstrip('/')}/.well-known/openid-configuration"
    )
    return TokenCheck(
        issuers=_each_once([settings["issuer"], *settings.get("other_issuers", [])]),
        audiences=_each_once([settings["audience"], *settings.get("other_audiences", [])]),
        openid_configuration_url=url if signing_key is None else None,
        signing_key=signing_key,
        clock_skew=int(settings.get("clock_skew", 0)),
    )


def document(settings: Mapping[str, Any], token: TokenCheck, level: str) -> str:
    """The document of an API, a product or the whole service."""
    inbound = [cors(settings["allowed_origins"])] if "allowed_origins" in settings else []
    if level != "global":
        inbound.append(base())
    message = settings.get("unauthorized_message", _UNAUTHORIZED)
    inbound.append(validate_jwt(token, status=401, message=message))
    if settings.get("required_scopes"):
        inbound.append(_scope_check(settings, token, settings["required_scopes"]))
    if "rate_limit_calls" in settings:
        calls, seconds = int(settings["rate_limit_calls"]), int(settings.get("rate_limit_seconds", 60))
        inbound.append(rate_limit_by_subject(calls, seconds))
    return policy_document(inbound, is_global=level == "global")


def operation_document(settings: Mapping[str, Any], token: TokenCheck, scopes: Sequence[str]) -> str:
    """The document of an operation: the API's checks, then its own scopes."""
    return policy_document([base(), _scope_check(settings, token, scopes)])


def _scope_check(settings: Mapping[str, Any], token: TokenCheck, scopes: Sequence[str]) -> Any:
    claim = settings.get("scope_claim", "scope")
    match = settings.get("scope_match", "all")
    # The scope claim is one string; without a separator it would be compared as a whole.
    required = RequiredClaim(claim, sorted(scopes), match, " " if claim == "scope" else None)
    message = settings.get("forbidden_message", _FORBIDDEN)
    return validate_jwt(token, status=403, message=message, required=required)


def _each_once(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))
