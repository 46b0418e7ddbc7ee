"""Policies that send requests of their own, or tell what happens (Integration and external communication, Logging)."""

from collections.abc import Iterator

from auth0_apim_sandbox.apim.policies.access_policies import AUTHENTICATION_BASIC, AUTHENTICATION_MANAGED_IDENTITY
from auth0_apim_sandbox.apim.policies.kinds import decimal, one_of, required_text, url
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.message_policies import SET_BODY, SET_HEADER, SET_METHOD
from auth0_apim_sandbox.apim.policies.policy import FIXED_BOOLEAN, INBOUND, NAME, REQUIRED_NAME, Policy, count
from auth0_apim_sandbox.apim.policies.schema import UNBOUNDED, Child, Element, Value

DEFAULT_DIMENSIONS = (
    "API ID",
    "Operation ID",
    "Product ID",
    "User ID",
    "Subscription ID",
    "Location",
    "Gateway ID",
    "Backend ID",
)
"""Dimensions that need no value, as the gateway knows it."""

_REQUEST = (
    Child(Element("set-url", text=Value(url))),
    Child(SET_METHOD),
    Child(SET_HEADER, 0, UNBOUNDED),
    Child(SET_BODY),
    Child(AUTHENTICATION_BASIC),
    Child(AUTHENTICATION_MANAGED_IDENTITY),
)
_REFUSED = frozenset({"proxy", "authentication-certificate"})
_MODE = Value(one_of("new", "copy", "New", "Copy"))
_TIMEOUT = count(1)
_DIMENSION = Element("dimension", {"name": REQUIRED_NAME, "value": Value()})
_MOST_DIMENSIONS = 5


def _url_needed(node: Node) -> Iterator[str]:
    names = [child.name for child in node.children]
    if node.attributes.get("mode", "new").lower() == "new" and "set-url" not in names:
        yield f"The element '{node.name}' has incomplete content. List of possible elements expected: 'set-url'."


def _dimension_problems(node: Node) -> Iterator[str]:
    own = [child for child in node.children if "value" in child.attributes]
    for child in node.children:
        name = child.attributes.get("name", "")
        if "value" not in child.attributes and name not in DEFAULT_DIMENSIONS and "{{" not in name:
            yield f"The dimension '{name}' needs a 'value'; without one may be: {', '.join(DEFAULT_DIMENSIONS)}."
    if len(own) > _MOST_DIMENSIONS:
        yield f"At most {_MOST_DIMENSIONS} dimensions may have a value of their own; {len(own)} have."


def _token_metric(name: str) -> Policy:
    element = Element(name, {"namespace": NAME}, children=(Child(_DIMENSION, 1, UNBOUNDED),))
    return Policy(element, INBOUND, rules=_dimension_problems)


POLICIES = {
    "azure-openai-emit-token-metric": _token_metric("azure-openai-emit-token-metric"),
    "emit-metric": Policy(
        Element(
            "emit-metric",
            {"name": REQUIRED_NAME, "namespace": NAME, "value": Value(decimal)},
            children=(Child(_DIMENSION, 1, UNBOUNDED),),
        ),
        rules=_dimension_problems,
    ),
    "llm-emit-token-metric": _token_metric("llm-emit-token-metric"),
    "send-one-way-request": Policy(
        Element(
            "send-one-way-request",
            {"mode": _MODE, "timeout": _TIMEOUT},
            children=_REQUEST,
            ordered=False,
            unsupported=_REFUSED,
        ),
        rules=_url_needed,
    ),
    "send-request": Policy(
        Element(
            "send-request",
            {
                "mode": _MODE,
                "response-variable-name": REQUIRED_NAME,
                "timeout": _TIMEOUT,
                "ignore-error": FIXED_BOOLEAN,
            },
            children=_REQUEST,
            ordered=False,
            unsupported=_REFUSED,
        ),
        rules=_url_needed,
    ),
    "trace": Policy(
        Element(
            "trace",
            {
                "source": Value(required_text, required=True),
                "severity": Value(one_of("verbose", "information", "error"), expressions=False),
            },
            children=(
                Child(Element("message", text=Value(required_text)), 1),
                Child(Element("metadata", {"name": REQUIRED_NAME, "value": Value(required=True)}), 0, UNBOUNDED),
            ),
            ordered=False,
        )
    ),
}
