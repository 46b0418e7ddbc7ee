"""The policies the gateway runs: where each may stand and how it looks.

A policy that is not in `POLICIES` is refused by name when a document is saved.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auth0_apim_sandbox.apim.policies.kinds import (
    boolean,
    header_name,
    integer,
    one_of,
    quota_period,
    required_text,
    url,
)
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.schema import UNBOUNDED, Child, Element, Value
from auth0_apim_sandbox.apim.policies.validate_jwt import VALIDATE_JWT, validate_jwt_problems

INBOUND = ("inbound",)
EVERYWHERE = ("inbound", "backend", "outbound", "on-error")
ALL_SCOPES = ("global", "product", "api", "operation", "fragment")
BELOW_GLOBAL = ("product", "api", "operation", "fragment")


@dataclass(frozen=True)
class Policy:
    """A policy: its schema, the sections and scopes it may stand in, how often, and rules beyond a schema."""

    schema: Element
    sections: tuple[str, ...] = EVERYWHERE
    scopes: tuple[str, ...] = ALL_SCOPES
    once: bool = False
    rules: Callable[[Node], Iterator[str]] | None = None


def _values(parent: str, item: str, least: int = 1) -> Child:
    return Child(Element(parent, children=(Child(Element(item, text=Value(required_text)), 1, UNBOUNDED),)), least)


_BOOLEAN = Value(boolean, result="bool")
_COUNT = Value(integer(1), required=True, result="int")
_FIXED_COUNT = Value(integer(1), required=True, expressions=False)
_COUNTERS = {
    "retry-after-header-name": Value(header_name, expressions=False),
    "retry-after-variable-name": Value(required_text, expressions=False),
    "remaining-calls-header-name": Value(header_name, expressions=False),
    "remaining-calls-variable-name": Value(required_text, expressions=False),
    "total-calls-header-name": Value(header_name, expressions=False),
}
_BY_KEY = {
    "counter-key": Value(required_text, required=True),
    "increment-condition": _BOOLEAN,
    "increment-count": Value(integer(1), result="int"),
}

_SET_HEADER = Element(
    "set-header",
    {
        "name": Value(header_name, required=True),
        "exists-action": Value(one_of("override", "skip", "append", "delete")),
    },
    children=(Child(Element("value", text=Value()), 0, UNBOUNDED),),
)
_SET_STATUS = Element("set-status", {"code": Value(integer(200, 599), required=True, result="int"), "reason": Value()})
_SET_BODY = Element("set-body", {}, text=Value(), unsupported=frozenset({"template", "xsi-nil", "parse-date"}))

_CORS = Element(
    "cors",
    {"allow-credentials": _BOOLEAN, "terminate-unmatched-request": _BOOLEAN},
    children=(
        _values("allowed-origins", "origin"),
        Child(
            Element(
                "allowed-methods",
                {"preflight-result-max-age": Value(integer(0), result="int")},
                children=(Child(Element("method", text=Value(required_text)), 1, UNBOUNDED),),
            )
        ),
        _values("allowed-headers", "header"),
        _values("expose-headers", "header", 0),
    ),
)
_FORWARD_REQUEST = Element(
    "forward-request",
    {
        "timeout": Value(integer(1), result="int"),
        "timeout-ms": Value(integer(1), result="int"),
        "follow-redirects": _BOOLEAN,
        "buffer-request-body": _BOOLEAN,
        "buffer-response": _BOOLEAN,
        "fail-on-error-status-code": _BOOLEAN,
    },
    unsupported=frozenset({"http-version", "continue-timeout"}),
)
_CHOOSE = Element(
    "choose",
    children=(
        Child(
            Element("when", {"condition": Value(boolean, required=True, result="bool")}, policies=True), 1, UNBOUNDED
        ),
        Child(Element("otherwise", policies=True)),
    ),
)


def _one_backend(node: Node) -> Iterator[str]:
    if len(node.attributes.keys() & {"base-url", "backend-id"}) != 1:
        yield "Exactly one of the attributes 'base-url', 'backend-id' must be specified."


def _quota_calls(node: Node) -> Iterator[str]:
    if "calls" not in node.attributes:
        yield "The attribute 'calls' must be specified: limits on bandwidth are not supported by this gateway."


POLICIES = {
    "base": Policy(Element("base")),
    "choose": Policy(_CHOOSE),
    "cors": Policy(_CORS, INBOUND, once=True),
    "forward-request": Policy(_FORWARD_REQUEST, ("backend",)),
    "include-fragment": Policy(
        Element("include-fragment", {"fragment-id": Value(required_text, True, False)}),
        scopes=("global", *BELOW_GLOBAL[:-1]),
    ),
    "mock-response": Policy(
        Element(
            "mock-response",
            {
                "status-code": Value(integer(200, 599), expressions=False),
                "content-type": Value(required_text, expressions=False),
            },
            unsupported=frozenset({"index"}),
        ),
        ("inbound", "outbound", "on-error"),
    ),
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
            {
                "calls": Value(integer(1), result="int"),
                "renewal-period": Value(quota_period, True, result="int"),
                **_BY_KEY,
            },
            unsupported=frozenset({"bandwidth", "first-period-start"}),
        ),
        INBOUND,
        rules=_quota_calls,
    ),
    "rate-limit": Policy(
        Element(
            "rate-limit",
            {
                "calls": _FIXED_COUNT,
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
            {"calls": _COUNT, "renewal-period": Value(integer(1, 300), True, result="int"), **_BY_KEY, **_COUNTERS},
        ),
        INBOUND,
    ),
    "return-response": Policy(
        Element(
            "return-response",
            children=(Child(_SET_STATUS), Child(_SET_HEADER, 0, UNBOUNDED), Child(_SET_BODY)),
            ordered=False,
            unsupported=frozenset({"response-variable-name"}),
        )
    ),
    "rewrite-uri": Policy(
        Element("rewrite-uri", {"template": Value(required_text, required=True), "copy-unmatched-params": _BOOLEAN}),
        INBOUND,
    ),
    "set-backend-service": Policy(
        Element(
            "set-backend-service",
            {"base-url": Value(url), "backend-id": Value(required_text)},
            unsupported=frozenset(
                {
                    "sf-resolve-condition",
                    "sf-service-instance-name",
                    "sf-partition-key",
                    "sf-listener-name",
                    "dapr-app-id",
                    "dapr-method",
                }
            ),
        ),
        ("inbound", "backend"),
        rules=_one_backend,
    ),
    "set-body": Policy(_SET_BODY, ("inbound", "outbound", "backend", "on-error")),
    "set-header": Policy(_SET_HEADER),
    "set-status": Policy(_SET_STATUS, ("inbound", "backend", "outbound", "on-error")),
    "set-variable": Policy(
        Element("set-variable", {"name": Value(required_text, True, False), "value": Value(required=True)})
    ),
    "validate-jwt": Policy(VALIDATE_JWT, INBOUND, rules=validate_jwt_problems),
}
"""By name."""
