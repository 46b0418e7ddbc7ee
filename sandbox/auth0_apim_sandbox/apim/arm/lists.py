"""Lists: `$filter`, `$top`, `$skip`, `count` and `nextLink`.

Of OData's `$filter` the part that clients of API Management send: comparisons (`displayName eq 'Starter'`) and `contains`,
`startswith`, `endswith`, `substringof`, joined by `and`. Everything else (`or`, `not`, parentheses, other functions) is refused by name.
"""

import operator
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from auth0_apim_sandbox.apim.arm.errors import ArmError
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.request import ArmRequest

_LARGEST_PAGE = 100
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


def page(request: ArmRequest, documents: Iterable[Document], endpoint: str) -> dict[str, Any]:
    """The part of `documents` that `request` asks for.

    `count` is the number of all documents that match, `nextLink` is there when some are left.

    Raises:
        ArmError: 400, a query parameter is wrong.
    """
    condition = parse_filter(request.query["$filter"]) if request.query.get("$filter") else None
    matching = [document for document in documents if condition is None or condition(document)]
    top = _number(request, "$top", smallest=1) or _LARGEST_PAGE
    skip = _number(request, "$skip", smallest=0) or 0
    answer: dict[str, Any] = {"value": matching[skip : skip + top], "count": len(matching)}
    if skip + top < len(matching):
        # A client that asked for $top gets pages of that size, and every page until the end.
        query = {**request.query, "$skip": str(skip + top)}
        answer["nextLink"] = f"{endpoint}{request.path}?{urlencode(query)}"
    return answer


def _number(request: ArmRequest, name: str, smallest: int) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < smallest:
        message = f"The value '{text}' of the query parameter '{name}' is not a whole number from {smallest} up."
        raise ArmError(400, "InvalidQueryParameterValue", message)
    return int(text)


def display_name(document: Document) -> str:
    """What lists are sorted by; those of equal names, and those without, stay in the order of their resource names."""
    return str(document["properties"].get("displayName") or "").casefold()


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
        actual = property_at(document, name)
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
        value = property_at(document, first)
        return isinstance(value, str) and test(value.casefold(), part)

    return condition


def _value(literal: str) -> str | bool | float:
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'")
    return literal.lower() == "true" if literal.lower() in ("true", "false") else float(literal)


def property_at(document: Document, path: str) -> Any:
    """What `path` (`displayName`, `en_us/title`) names in a document as it is answered, in whatever case; None without it."""
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
