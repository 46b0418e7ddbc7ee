"""A policy of the catalogue, and the kinds of values that several policies have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auth0_apim_sandbox.apim.policies.kinds import boolean, header_name, integer, one_of, required_text
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.schema import UNBOUNDED, Child, Element, Value

INBOUND = ("inbound",)
EVERYWHERE = ("inbound", "backend", "outbound", "on-error")
ALL_SCOPES = ("global", "product", "api", "operation", "fragment")
BELOW_GLOBAL = ("product", "api", "operation", "fragment")

BOOLEAN = Value(boolean, result="bool")
FIXED_BOOLEAN = Value(boolean, expressions=False)
TEXT = Value(required_text, required=True)
NAME = Value(required_text, expressions=False)
REQUIRED_NAME = Value(required_text, True, False)
FIXED_HEADER = Value(header_name, expressions=False)
EXISTS_ACTION = Value(one_of("override", "skip", "append", "delete"))
VALUES = Child(Element("value", text=Value()), 0, UNBOUNDED)


@dataclass(frozen=True)
class Policy:
    """A policy: its schema, the sections and scopes it may stand in, how often, and rules beyond a schema."""

    schema: Element
    sections: tuple[str, ...] = EVERYWHERE
    scopes: tuple[str, ...] = ALL_SCOPES
    once: bool = False
    rules: Callable[[Node], Iterator[str]] | None = None


def list_of(parent: str, item: str, least: int = 1) -> Child:
    """An element `parent` of one `item` or more."""
    return Child(Element(parent, children=(Child(Element(item, text=Value(required_text)), 1, UNBOUNDED),)), least)


def count(least: int = 1, most: int = 2**31 - 1, *, required: bool = False) -> Value:
    """A whole number, or an expression that gives one."""
    return Value(integer(least, most), required=required, result="int")


def exactly_one(*names: str) -> Callable[[Node], Iterator[str]]:
    """The rule that one of these attributes must be there, and no other of them."""
    listed = ", ".join(f"'{name}'" for name in names)

    def rule(node: Node) -> Iterator[str]:
        if len(node.attributes.keys() & set(names)) != 1:
            yield f"Exactly one of the attributes {listed} must be specified."

    return rule
