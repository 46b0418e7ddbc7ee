"""What single operations of an API demand, and what is closed because nobody spoke of it.

https://learn.microsoft.com/azure/api-management/choose-policy
"""

import json
import re
from collections.abc import Iterable, Sequence

from lxml import etree

from auth0_apim.policy_markup import carried, element, literal, text_element

_OPERATION_ID = re.compile(r"[A-Za-z0-9._-]{1,80}")


def operation_id_problem(value: str) -> str | None:
    """The id of an operation that can stand in an expression: letters, digits, `.`, `_`, `-`; those of imports have them."""
    return None if _OPERATION_ID.fullmatch(value) else "is no operation id (1 to 80 letters, digits, '.', '_' and '-')"


def by_operation(
    cases: Iterable[tuple[Sequence[str], Sequence[etree._Element]]], otherwise: Sequence[etree._Element]
) -> list[etree._Element]:
    """The policies of each case for its operations, `otherwise` those for every other; none where nothing is asked.

    Raises:
        ValueError: a text is no operation id.
    """
    cases = list(cases)
    whens = [_when(" || ", "==", operations, policies) for operations, policies in cases if policies]
    unasked = [operation for operations, policies in cases if not policies for operation in operations]
    if otherwise and unasked:
        # A branch has at least one policy: those of which nothing is asked are left out of the last one.
        whens.append(_when(" && ", "!=", unasked, otherwise))
    elif otherwise and not whens:
        return list(otherwise)
    elif otherwise:
        whens.append(element("otherwise", {}, *otherwise))
    return [element("choose", {}, *whens)] if whens else []


def refusal(message: str) -> etree._Element:
    """Answers 403 as `validate-jwt` does."""
    body = carried(json.dumps({"statusCode": 403, "message": message}))
    return element(
        "return-response",
        {},
        element("set-status", {"code": "403", "reason": "Forbidden"}),
        element(
            "set-header",
            {"name": "Content-Type", "exists-action": "override"},
            text_element("value", "application/json"),
        ),
        text_element("set-body", body),
    )


def without_headers(names: Sequence[str]) -> list[etree._Element]:
    """Takes the headers away."""
    return [element("set-header", {"name": literal(name), "exists-action": "delete"}) for name in names]


def _when(link: str, comparison: str, operations: Sequence[str], policies: Sequence[etree._Element]) -> etree._Element:
    for operation in operations:
        if not _OPERATION_ID.fullmatch(operation):
            raise ValueError(f"{operation!r} {operation_id_problem(operation)}")
    terms = [f'context.Operation.Id {comparison} "{operation}"' for operation in operations]
    return element("when", {"condition": f"@({link.join(terms)})"}, *policies)
