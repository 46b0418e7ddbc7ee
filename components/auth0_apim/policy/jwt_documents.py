"""The policy documents that follow from JwtPolicy's inputs."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from auth0_apim.policy.challenges import Challenge
from auth0_apim.policy.document import TokenCheck, base, choose, cors, policy_document, set_backend, validate_jwt
from auth0_apim.policy.document_rules import early_answer_problem, open_document_problem
from auth0_apim.policy.limits import quota, rate_limit
from auth0_apim.policy.markup import element, literal, raw_policies
from auth0_apim.policy.operations import (
    OPERATION,
    checked_by,
    claim_check,
    is_one_of,
    operation_checks,
    refusal,
    scope_check,
    scope_held,
    unchecked_by,
    without_headers,
)
from auth0_apim.policy.trusted_issuers import claimed_by, claims_by_issuer

_UNAUTHORIZED = "A valid access token is required."
_FORBIDDEN = "The access token does not allow this call."
_NOT_CHECKED = "This call was not checked."
WIDER_LEVELS = ("product", "service")
"""The scopes whose documents check calls of several APIs, and set no backend."""


def token_check(settings: Mapping[str, Any], signing_key: str | None) -> TokenCheck:
    """What makes a token good: keys from the OpenID document, or the named value `signing_key`."""
    url = settings.get("openid_configuration_url") or _openid_configuration_url(settings["issuer"])
    return TokenCheck(
        issuers=_each_once([settings["issuer"], *settings.get("other_issuers", [])]),
        audiences=_each_once([settings["audience"], *settings.get("other_audiences", [])]),
        openid_configuration_url=url if signing_key is None else None,
        signing_key=signing_key,
        clock_skew=int(settings.get("clock_skew", 0)),
        validate_connectivity=settings.get("validate_connectivity", True),
    )


def jwt_document(
    settings: Mapping[str, Any], token: TokenCheck, level: str, operations: Mapping[str, Any] | None = None
) -> str:
    """The document of an operation, an API, a product or the whole service.

    The backend is set after the checks, and nowhere else: without this document no call reaches it.

    Args:
        settings: JwtPolicy's checked inputs by name.
        token: what makes a token good.
        level: the scope.
        operations: at the scope of an API, the scopes by operation (`required`) and the operations that need no token
            (`public`), each by its method and URL template.

    Raises:
        ValueError: the policy pack would refuse the document.
    """
    inbound = [cors(settings["allowed_origins"])] if "allowed_origins" in settings else []
    if level != "service":
        inbound.append(base())
    inbound += _guard(settings, token, level, operations or {})
    if level in WIDER_LEVELS:
        inbound.append(element("set-variable", {"name": checked_by(level), "value": "true"}))
    else:
        inbound.append(set_backend(backend_url=settings.get("backend_url"), backend_id=settings.get("backend_id")))
    fragments = settings.get("included_fragments", ())
    inbound += [element("include-fragment", {"fragment-id": literal(fragment)}) for fragment in fragments]
    inbound += raw_policies(settings.get("raw_inbound", ""))
    # Last, since everything before may want to read them.
    inbound += without_headers(settings.get("dropped_request_headers", ()))
    dropped = settings.get("dropped_response_headers", ())
    document = policy_document(
        inbound,
        outbound=[*raw_policies(settings.get("raw_outbound", "")), *without_headers(dropped)],
        on_error=[*raw_policies(settings.get("raw_on_error", "")), *without_headers(dropped)],
        first_on_error=_challenge(settings).of_unauthorized(_policy_ids(settings, level)),
        is_service=level == "service",
    )
    if problem := open_document_problem(document) or early_answer_problem(document):
        raise ValueError(f"the policy document {problem}")
    return document


def checked_elsewhere_document(backend_url: str, level: str) -> str:
    """The document of an API whose calls a wider scope checks: no other call reaches the backend.

    Args:
        backend_url: the backend's base URL.
        level: `product` or `service`, whose JwtPolicy checks the calls.
    """
    unchecked = choose(unchecked_by(level), refusal(_NOT_CHECKED))
    return policy_document([base(), unchecked, set_backend(backend_url=backend_url)])


def _guard(
    settings: Mapping[str, Any], token: TokenCheck, level: str, operations: Mapping[str, Any]
) -> list[etree._Element]:
    """The checks and limits of every call but those of public operations."""
    guard = [*_checks(settings, token, level, operations), *_limits(settings, level)]
    public = operations.get("public", ())
    return [choose(f"!{is_one_of(public, OPERATION)}", *guard)] if public else guard


def _checks(
    settings: Mapping[str, Any], token: TokenCheck, level: str, operations: Mapping[str, Any]
) -> list[etree._Element]:
    message = settings.get("forbidden_message", _FORBIDDEN)
    match, challenge = settings.get("scope_match", "all"), _challenge(settings)
    held = scope_held(settings.get("scope_claim", "scope"), claims_by_issuer(settings.get("trusted_issuers", {})))
    checks = [_validation(settings, token, level)]
    if scopes := settings.get("required_scopes"):
        checks.append(scope_check(scopes, held, match, message, challenge))
    for name, values in sorted(settings.get("required_claims", {}).items()):
        checks.append(claim_check(name, values, message, challenge))
    if level == "api":
        checks += operation_checks(operations["required"], held, match, message, challenge)
    return checks


def _challenge(settings: Mapping[str, Any]) -> Challenge:
    return Challenge(settings["issuer"], settings.get("resource_metadata"))


def _validation(settings: Mapping[str, Any], token: TokenCheck, level: str) -> etree._Element:
    """One complete check of the token: that of the trusted issuer whose it says it is, else the API's own."""
    message = settings.get("unauthorized_message", _UNAUTHORIZED)
    own_id, *ids = _policy_ids(settings, level)
    own = validate_jwt(token, message, own_id)
    servers = settings.get("trusted_issuers", {})
    branches = [
        element("when", {"condition": f"@({claimed_by(each['issuer'])})"}, validate_jwt(check, message, policy_id))
        for each, policy_id, check in zip(servers.values(), ids, _trusted_checks(settings), strict=True)
    ]
    return element("choose", {}, *branches, element("otherwise", {}, own)) if branches else own


def _trusted_checks(settings: Mapping[str, Any]) -> list[TokenCheck]:
    return [
        TokenCheck(
            issuers=[server["issuer"]],
            audiences=_each_once(server["audiences"]),
            openid_configuration_url=server.get("openid_configuration_url")
            or _openid_configuration_url(server["issuer"]),
            clock_skew=int(settings.get("clock_skew", 0)),
            validate_connectivity=settings.get("validate_connectivity", True),
        )
        for server in settings.get("trusted_issuers", {}).values()
    ]


def _policy_ids(settings: Mapping[str, Any], level: str) -> list[str]:
    """The ids of the checks, the API's own first: unique among the documents that run for one call."""
    trusted = range(1, len(settings.get("trusted_issuers", {})) + 1)
    return [f"{level}-access-token", *(f"{level}-access-token-{number}" for number in trusted)]


def _openid_configuration_url(issuer: str) -> str:
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def _limits(settings: Mapping[str, Any], level: str) -> list[etree._Element]:
    counted, by_issuer = settings.get("counted_by", "subject"), bool(settings.get("trusted_issuers"))
    limits = []
    if "rate_limit_calls" in settings:
        seconds = int(settings.get("rate_limit_seconds", 60))
        limits.append(rate_limit(int(settings["rate_limit_calls"]), seconds, counted, level, by_issuer=by_issuer))
    if "quota_calls" in settings:
        seconds = int(settings.get("quota_seconds", 86400))
        limits.append(quota(int(settings["quota_calls"]), seconds, counted, level, by_issuer=by_issuer))
    return limits


def _each_once(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))
