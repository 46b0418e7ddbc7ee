"""Policies that count calls (Rate limiting and quotas)."""

from collections.abc import Iterator

from auth0_apim_sandbox.apim.policies.kinds import boolean, integer, one_of, quota_period
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.policy import (
    BELOW_GLOBAL,
    BOOLEAN,
    FIXED_HEADER,
    INBOUND,
    NAME,
    TEXT,
    Policy,
    count,
)
from auth0_apim_sandbox.apim.policies.schema import Element, Value

_COUNTERS = {
    "retry-after-header-name": FIXED_HEADER,
    "retry-after-variable-name": NAME,
    "remaining-calls-header-name": FIXED_HEADER,
    "remaining-calls-variable-name": NAME,
    "total-calls-header-name": FIXED_HEADER,
}
_BY_KEY = {"counter-key": TEXT, "increment-condition": BOOLEAN, "increment-count": count()}
_TOKENS = {
    "counter-key": TEXT,
    "estimate-prompt-tokens": Value(boolean, required=True, result="bool"),
    "tokens-per-minute": count(),
    "token-quota": count(),
    "token-quota-period": Value(one_of("Hourly", "Daily", "Weekly", "Monthly", "Yearly"), expressions=False),
    "retry-after-header-name": FIXED_HEADER,
    "retry-after-variable-name": NAME,
    "remaining-quota-tokens-header-name": FIXED_HEADER,
    "remaining-quota-tokens-variable-name": NAME,
    "remaining-tokens-header-name": FIXED_HEADER,
    "remaining-tokens-variable-name": NAME,
    "tokens-consumed-header-name": FIXED_HEADER,
    "tokens-consumed-variable-name": NAME,
}


def _quota_calls(node: Node) -> Iterator[str]:
    if "calls" not in node.attributes:
        yield "The attribute 'calls' must be specified: limits on bandwidth are not supported by this gateway."


def _token_limits(node: Node) -> Iterator[str]:
    if not node.attributes.keys() & {"tokens-per-minute", "token-quota"}:
        yield "At least one of the attributes 'tokens-per-minute', 'token-quota' must be specified."
    if ("token-quota" in node.attributes) != ("token-quota-period" in node.attributes):
        yield "The attributes 'token-quota' and 'token-quota-period' belong together."


def _token_limit(name: str) -> Policy:
    return Policy(Element(name, _TOKENS), INBOUND, rules=_token_limits)


POLICIES = {
    "azure-openai-token-limit": _token_limit("azure-openai-token-limit"),
    "llm-token-limit": _token_limit("llm-token-limit"),
    "quota": Policy(
        Element(
            "quota",
            {
                "calls": Value(integer(1), expressions=False),
                "renewal-period": Value(quota_period, True, expressions=False),
            },
            unsupported=frozenset({"api", "bandwidth"}),
        ),
        INBOUND,
        ("product", "fragment"),
        once=True,
        rules=_quota_calls,
    ),
    "quota-by-key": Policy(
        Element(
            "quota-by-key",
            {"calls": count(), "renewal-period": Value(quota_period, True, result="int"), **_BY_KEY},
            unsupported=frozenset({"bandwidth", "first-period-start"}),
        ),
        INBOUND,
        rules=_quota_calls,
    ),
    "rate-limit": Policy(
        Element(
            "rate-limit",
            {
                "calls": Value(integer(1), required=True, expressions=False),
                "renewal-period": Value(integer(1, 300), required=True, expressions=False),
                **_COUNTERS,
            },
            unsupported=frozenset({"api"}),
        ),
        INBOUND,
        BELOW_GLOBAL,
        once=True,
    ),
    "rate-limit-by-key": Policy(
        Element(
            "rate-limit-by-key",
            {"calls": count(required=True), "renewal-period": count(1, 300, required=True), **_BY_KEY, **_COUNTERS},
        ),
        INBOUND,
    ),
}
