"""`$filter`: the part of OData that clients of API Management send.

Comparisons (`displayName eq 'Starter'`) and `contains`, `startswith`, `endswith`, `substringof`, joined by `and`.
Everything else (`or`, `not`, parentheses, other functions) is refused by name.
"""

import operator
import re
from collections.abc import Callable
from typing import Any

from auth0_apim_sandbox.apim.arm.errors import ArmError
from auth0_apim_sandbox.apim.arm.inventory import Document

_TEXT = r"'(?:[^']|'')*'"
_LITERAL = rf"{_TEXT}|true|false|-?\d+(?:\.\d+)?"
_COMPARISON = re.compile(rf"\s*([A-Za-z][\w/]*)\s+(eq|ne|gt|ge|lt|le)\s+({_LITERAL})\s*", re.IGNORECASE)
_FUNCTION = re.compile(
    rf"\s*(contains|startswith|endswith|substringof)\(\s*([A-Za-z][\w/]*|{_TEXT})\s*,\s*([A-Za-z][\w/]*|{_TEXT})\s*\)\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"and\b\s*", re.IGNORECASE)

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda value, part: part in value,
    "startswith": str.startswith,
    "endswith": str.endswith,
}

Condition = Callable[[Document], bool]


def parse_filter(text: str) -> Condition:
    """A condition on documents as they are answered.

    Raises:
        ArmError: 400, the filter is not of a form that is supported, with the part that was not understood.
    """
    conditions: list[Condition] = []
    position = 0
    while True:
        comparison = _COMPARISON.match(text, position)
        function = _FUNCTION.match(text, position)
        if comparison:
            conditions.append(_comparison(*comparison.groups()))
        elif function:
            conditions.append(_function(*function.groups()))
        else:
            raise _not_understood(text[position:])
        position = (comparison or function).end()  # type: ignore[union-attr]
        if position == len(text):
            return lambda document: all(condition(document) for condition in conditions)
        joint = _AND.match(text, position)
        if joint is None:
            raise _not_understood(text[position:])
        position = joint.end()


def _comparison(name: str, word: str, literal: str) -> Condition:
    expected = _value(literal)
    compare = _OPERATORS[word.lower()]

    def condition(document: Document) -> bool:
        actual = _property(document, name)
        if isinstance(actual, str) and isinstance(expected, str):
            return compare(actual.casefold(), expected.casefold())
        comparable = type(actual) is type(expected) or word.lower() in ("eq", "ne")
        return comparable and compare(actual, expected)

    return condition


def _function(word: str, first: str, second: str) -> Condition:
    if word.lower() == "substringof":
        word, first, second = "contains", second, first
    if first.startswith("'") or not second.startswith("'"):
        raise _not_understood(f"{word}({first},{second})")
    test = _FUNCTIONS[word.lower()]
    part = str(_value(second)).casefold()

    def condition(document: Document) -> bool:
        value = _property(document, first)
        return isinstance(value, str) and test(value.casefold(), part)

    return condition


def _value(literal: str) -> str | bool | float:
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'")
    return literal.lower() == "true" if literal.lower() in ("true", "false") else float(literal)


def _property(document: Document, path: str) -> Any:
    value: Any = {**document, **document.get("properties", {}), "properties": document.get("properties", {})}
    for part in path.split("/"):
        if not isinstance(value, dict):
            return None
        value = next((item for name, item in value.items() if name.lower() == part.lower()), None)
    return value


def _not_understood(part: str) -> ArmError:
    message = (
        f"The $filter is not supported at '{part.strip()}'. Supported: comparisons with eq, ne, gt, ge, lt, le and "
        "contains, startswith, endswith, substringof, joined by 'and', for example: displayName eq 'Starter'."
    )
    return ArmError(400, "InvalidFilterInQueryString", message)
