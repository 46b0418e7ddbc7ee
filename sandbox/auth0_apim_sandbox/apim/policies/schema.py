"""How the elements of a policy may look, and the check of an element against it.

The wording of refusals is that of .NET's XML schema validation, which is what Azure's callers see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from auth0_apim_sandbox.apim.policies.expressions import ExpressionError, bind_expression
from auth0_apim_sandbox.apim.policies.kinds import Kind, any_text
from auth0_apim_sandbox.apim.policies.markup import Node, is_expression
from auth0_apim_sandbox.apim.policies.named_values import NAMED_VALUE

UNBOUNDED = 1_000_000
"""No limit on how often a child may stand."""


@dataclass(frozen=True)
class Value:
    """What an attribute or a text may hold.

    `expressions` says whether an expression may stand in it, `result` the C# type that expression must have (None: any that
    becomes text).
    """

    kind: Kind = any_text
    required: bool = False
    expressions: bool = True
    result: str | None = None


@dataclass(frozen=True)
class Child:
    """An element that may stand inside another, and how often."""

    element: Element
    least: int = 0
    most: int = 1


@dataclass(frozen=True)
class Element:
    """An element: its attributes, its text (None: no text), and its children.

    `ordered` children must stand in the order given. `policies` says that any policies may stand inside as well. `unsupported` are
    attributes and children that Azure knows and this gateway does not, refused by name.
    """

    name: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    text: Value | None = None
    children: tuple[Child, ...] = ()
    ordered: bool = True
    policies: bool = False
    unsupported: frozenset[str] = frozenset()


_ID = Value(expressions=False)
"""Every policy may have an `id`, for `context.LastError.PolicyId`."""


def problems(element: Element, node: Node) -> Iterator[str]:
    """What is wrong with `node` and everything in it except policies inside it."""
    yield from _attribute_problems(element, node)
    yield from _text_problems(element, node)
    if not element.policies:
        yield from _child_problems(element, node)
    schemas = {child.element.name: child.element for child in element.children}
    for child in node.children:
        if child.name in schemas:
            yield from problems(schemas[child.name], child)


def value_problem(value: Value, text: str) -> str | None:
    """What is wrong with an attribute's value or a text."""
    if is_expression(text):
        return _expression_problem(value, text)
    return None if NAMED_VALUE.search(text) else value.kind(text)


def _attribute_problems(element: Element, node: Node) -> Iterator[str]:
    for name, text in node.attributes.items():
        if name in element.unsupported:
            yield f"The '{name}' attribute of '{node.name}' is not supported by this gateway."
        elif name not in element.attributes and name != "id":
            yield f"The '{name}' attribute is not declared."
        elif problem := value_problem(element.attributes.get(name, _ID), text):
            yield f"The '{name}' attribute of '{node.name}' is invalid - {problem}"
    for name, value in element.attributes.items():
        if value.required and name not in node.attributes:
            yield f"The required attribute '{name}' is missing."


def _text_problems(element: Element, node: Node) -> Iterator[str]:
    if element.text is None:
        if node.text.strip():
            yield f"The element '{node.name}' cannot contain text."
    elif problem := value_problem(element.text, node.text):
        yield f"The '{node.name}' element is invalid - {problem}"


def _child_problems(element: Element, node: Node) -> Iterator[str]:
    counts = dict.fromkeys((child.element.name for child in element.children), 0)
    position = 0
    for child in node.children:
        names = list(counts)
        if child.name in element.unsupported:
            yield f"The element '{child.name}' of '{node.name}' is not supported by this gateway."
            return
        if child.name not in counts or (element.ordered and names.index(child.name) < position):
            yield _unexpected(element, node, child, counts, position)
            return
        position = max(position, names.index(child.name))
        counts[child.name] += 1
        if counts[child.name] > element.children[names.index(child.name)].most:
            yield _unexpected(element, node, child, counts, position)
            return
    missing = [child.element.name for child in element.children if counts[child.element.name] < child.least]
    if missing:
        yield f"The element '{node.name}' has incomplete content.{_expected(missing)}"


def _unexpected(element: Element, node: Node, child: Node, counts: dict[str, int], position: int) -> str:
    first = position if element.ordered else 0
    possible = [item.element.name for item in element.children[first:] if counts[item.element.name] < item.most]
    return f"The element '{node.name}' has invalid child element '{child.name}'.{_expected(possible)}"


def _expected(names: list[str]) -> str:
    listed = ", ".join(names)
    return f" List of possible elements expected: '{listed}'." if names else ""


def _expression_problem(value: Value, text: str) -> str | None:
    if not value.expressions:
        return "Policy expressions are not allowed here."
    if NAMED_VALUE.search(text):
        return None
    try:
        kind, _ = bind_expression(text)
    except ExpressionError as error:
        return str(error)
    if value.result is not None and kind != value.result:
        return f"Cannot implicitly convert type '{kind}' to '{value.result}'."
    return None
