"""The policy documents that follow from JwtPolicy's inputs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from auth0_apim.opinion_rules import open_document_problem
from auth0_apim.policy_document import RequiredClaim, TokenCheck, base, cors, policy_document, validate_jwt
from auth0_apim.policy_limits import quota, rate_limit
from auth0_apim.policy_markup import element, literal, raw_policies
from auth0_apim.policy_operations import by_operation, refusal, without_headers

_UNAUTHORIZED = "A valid access token is required."
_FORBIDDEN = "The access token does not allow this call."
_CLOSED = "This operation is closed."


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


def jwt_document(
    settings: Mapping[str, Any], token: TokenCheck, level: str, operation_scopes: Mapping[str, Any] | None = None
) -> str:
    """The document of an operation, an API, a product or the whole service.

    Args:
        settings: JwtPolicy's checked inputs by name.
        token: what makes a token good.
        level: the scope.
        operation_scopes: at the scope of an API, `operations` and the `default`, as JwtPolicy checks them.

    Raises:
        ValueError: the policy pack would refuse the document.
    """
    inbound = [cors(settings["allowed_origins"])] if "allowed_origins" in settings else []
    if level != "global":
        inbound.append(base())
    inbound += _checks(settings, token, operation_scopes if level == "api" else None)
    inbound += _limits(settings, level)
    if "backend_id" in settings:
        inbound.append(element("set-backend-service", {"backend-id": literal(settings["backend_id"])}))
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
        is_global=level == "global",
    )
    if problem := open_document_problem(document):
        raise ValueError(f"the policy document {problem}")
    return document


def _checks(
    settings: Mapping[str, Any], token: TokenCheck, operation_scopes: Mapping[str, Any] | None
) -> list[etree._Element]:
    checks = [validate_jwt(token, status=401, message=settings.get("unauthorized_message", _UNAUTHORIZED))]
    required = [*_scope_claims(settings, settings.get("required_scopes", ()))]
    for claim, values in sorted(settings.get("required_claims", {}).items()):
        required.append(RequiredClaim(claim, values, "any"))
    if required:
        checks.append(_forbidden(settings, token, required))
    if operation_scopes is not None:
        checks += _operation_checks(settings, token, operation_scopes)
    return checks


def _operation_checks(
    settings: Mapping[str, Any], token: TokenCheck, operation_scopes: Mapping[str, Any]
) -> list[etree._Element]:
    """Each operation's scopes; the others get the default ones, or are closed where nobody said which."""
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for operation, scopes in sorted(operation_scopes["operations"].items()):
        alike[tuple(sorted(scopes))].append(operation)
    cases = [(operations, _scope_checks(settings, token, scopes)) for scopes, operations in alike.items()]
    default = operation_scopes.get("default")
    if default is None:
        return by_operation(cases, [refusal(_CLOSED)])
    return by_operation(cases, _scope_checks(settings, token, default))


def _scope_checks(settings: Mapping[str, Any], token: TokenCheck, scopes: Sequence[str]) -> list[etree._Element]:
    return [_forbidden(settings, token, [*_scope_claims(settings, scopes)])] if scopes else []


def _scope_claims(settings: Mapping[str, Any], scopes: Sequence[str]) -> list[RequiredClaim]:
    if not scopes:
        return []
    claim = settings.get("scope_claim", "scope")
    # The scope claim is one string; without a separator it would be compared as a whole.
    separator = " " if claim == "scope" else None
    return [RequiredClaim(claim, sorted(scopes), settings.get("scope_match", "all"), separator)]


def _forbidden(settings: Mapping[str, Any], token: TokenCheck, required: Sequence[RequiredClaim]) -> etree._Element:
    message = settings.get("forbidden_message", _FORBIDDEN)
    return validate_jwt(token, status=403, message=message, required=required)


def _limits(settings: Mapping[str, Any], level: str) -> list[etree._Element]:
    counted = settings.get("counted_by", "subject")
    limits = []
    if "rate_limit_calls" in settings:
        seconds = int(settings.get("rate_limit_seconds", 60))
        limits.append(rate_limit(int(settings["rate_limit_calls"]), seconds, counted, level))
    if "quota_calls" in settings:
        seconds = int(settings.get("quota_seconds", 86400))
        limits.append(quota(int(settings["quota_calls"]), seconds, counted, level))
    return limits


def _each_once(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))
