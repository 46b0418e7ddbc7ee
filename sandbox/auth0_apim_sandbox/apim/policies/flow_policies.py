"""Policies that run other policies (Policy control and flow)."""

from collections.abc import Iterator

from auth0_apim_sandbox.apim.policies.kinds import boolean, integer, one_of
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.policy import (
    ALL_SCOPES,
    BOOLEAN,
    EVERYWHERE,
    REQUIRED_NAME,
    TEXT,
    Policy,
    count,
)
from auth0_apim_sandbox.apim.policies.schema import UNBOUNDED, Child, Element, Value

_CHOOSE = Element(
    "choose",
    children=(
        Child(
            Element("when", {"condition": Value(boolean, required=True, result="bool")}, policies=True), 1, UNBOUNDED
        ),
        Child(Element("otherwise", policies=True)),
    ),
)
_WAITED_FOR = ("send-request", "cache-lookup-value", "choose")


def _wait_children(node: Node) -> Iterator[str]:
    for child in node.children:
        if child.name not in _WAITED_FOR:
            yield f"The element 'wait' has invalid child element '{child.name}'. It may hold: {', '.join(_WAITED_FOR)}."


POLICIES = {
    "base": Policy(Element("base")),
    "choose": Policy(_CHOOSE),
    "include-fragment": Policy(Element("include-fragment", {"fragment-id": REQUIRED_NAME}), scopes=ALL_SCOPES[:-1]),
    "limit-concurrency": Policy(
        Element(
            "limit-concurrency",
            {"key": TEXT, "max-count": Value(integer(1), required=True, expressions=False)},
            policies=True,
        )
    ),
    "retry": Policy(
        Element(
            "retry",
            {
                "condition": Value(boolean, required=True, result="bool"),
                "count": count(1, 50, required=True),
                "interval": count(0, required=True),
                "max-interval": count(),
                "delta": count(),
                "first-fast-retry": BOOLEAN,
            },
            policies=True,
        ),
        EVERYWHERE,
    ),
    "wait": Policy(Element("wait", {"for": Value(one_of("all", "any"))}, policies=True), rules=_wait_children),
}
