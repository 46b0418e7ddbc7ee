"""Policies that keep values and answers (Caching)."""

from collections.abc import Iterator

from auth0_apim_sandbox.apim.policies.kinds import boolean, one_of, required_text
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.policy import BOOLEAN, INBOUND, REQUIRED_NAME, TEXT, Policy, count
from auth0_apim_sandbox.apim.policies.schema import UNBOUNDED, Child, Element, Value

_CACHING_TYPE = Value(one_of("internal", "prefer-external", "external"), expressions=False)
_REQUIRED_BOOLEAN = Value(boolean, required=True, result="bool")


def _no_external_cache(node: Node) -> Iterator[str]:
    if node.attributes.get("caching-type") == "external":
        yield "The value 'external' of 'caching-type' is not supported by this gateway: it has its own cache alone."


def _lookup_problems(node: Node) -> Iterator[str]:
    yield from _no_external_cache(node)
    if node.attributes.get("vary-by-developer-groups", "false") != "false":
        yield "Only the value 'false' of 'vary-by-developer-groups' is supported by this gateway: it knows no groups."


POLICIES = {
    "cache-lookup": Policy(
        Element(
            "cache-lookup",
            {
                "vary-by-developer": _REQUIRED_BOOLEAN,
                "vary-by-developer-groups": _REQUIRED_BOOLEAN,
                "caching-type": _CACHING_TYPE,
                "downstream-caching-type": Value(one_of("none", "private", "public")),
                "must-revalidate": BOOLEAN,
                "allow-private-response-caching": BOOLEAN,
            },
            children=(
                Child(Element("vary-by-header", text=Value(required_text)), 0, UNBOUNDED),
                Child(Element("vary-by-query-parameter", text=Value(required_text)), 0, UNBOUNDED),
            ),
            ordered=False,
        ),
        INBOUND,
        once=True,
        rules=_lookup_problems,
    ),
    "cache-lookup-value": Policy(
        Element(
            "cache-lookup-value",
            {"key": TEXT, "variable-name": REQUIRED_NAME, "default-value": Value(), "caching-type": _CACHING_TYPE},
        ),
        rules=_no_external_cache,
    ),
    "cache-remove-value": Policy(
        Element("cache-remove-value", {"key": TEXT, "caching-type": _CACHING_TYPE}), rules=_no_external_cache
    ),
    "cache-store": Policy(
        Element("cache-store", {"duration": count(1, required=True), "cache-response": BOOLEAN}),
        ("outbound",),
        once=True,
    ),
    "cache-store-value": Policy(
        Element(
            "cache-store-value",
            {
                "key": TEXT,
                "value": Value(required=True),
                "duration": count(1, required=True),
                "caching-type": _CACHING_TYPE,
            },
        ),
        rules=_no_external_cache,
    ),
}
