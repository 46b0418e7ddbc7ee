"""Lists: `$filter`, `$top`, `$skip`, `count` and `nextLink`."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from auth0_apim_sandbox.apim.arm.errors import ArmError
from auth0_apim_sandbox.apim.arm.filters import parse_filter
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.request import ArmRequest

_LARGEST_PAGE = 100


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
