"""Lists of resources, a page at a time: by page number, or from a checkpoint; with all fields, or some.

https://auth0.com/docs/manage-users/user-search/view-search-results-by-page and
https://auth0.com/docs/product-lifecycle/deprecations-and-migrations/migrate-to-checkpoint-pagination.
"""

import base64
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError
from auth0_apim_sandbox.tenant.model.json_input import Schema

DEFAULT_PER_PAGE = 50

PAGE: dict[str, Schema] = {
    "page": {"type": "integer", "minimum": 0, "description": "Page index of the results to return. First page is 0."},
    "per_page": {"type": "integer", "minimum": 0, "maximum": 100, "description": "Number of results per page."},
    "include_totals": {"type": "boolean", "description": "Return results inside an object that contains the total"},
}
CHECKPOINT: dict[str, Schema] = {
    "from": {"type": "string", "description": "Optional Id from which to start selection."},
    "take": {"type": "integer", "minimum": 1, "maximum": 100, "description": "Number of results per page."},
}
FIELDS: dict[str, Schema] = {
    "fields": {
        "type": "string",
        "pattern": "^((([0-9a-zA-Z_]+)|\\w+\\.\\w+),)*(([0-9a-zA-Z_]+)|\\w+\\.\\w+)$",
        "description": "Comma-separated list of fields to include or exclude",
    },
    "include_fields": {"type": "boolean", "description": "Whether specified fields are to be included or excluded."},
}


Show = Callable[[Document], Document]


def as_stored(document: Document) -> Document:
    """The document itself, for lists that show everything."""
    return document


def paginate(documents: Sequence[Document], plural: str, query: dict[str, Any], show: Show = as_stored) -> Any:
    """The page of `documents` that `query` asks for, each as `show` shows it.

    Without totals this is a bare list, with them `{"start", "limit", "total", plural: […]}`.
    """
    size: int = query.get("per_page", DEFAULT_PER_PAGE)
    start: int = query.get("page", 0) * size
    page = [show(document) for document in documents[start : start + size]]
    if not query.get("include_totals"):
        return page
    return {"start": start, "limit": size, "total": len(documents), plural: page}


def paginate_or_checkpoint(
    documents: Iterable[Document], plural: str, query: dict[str, Any], show: Show = as_stored, key: str = "id"
) -> Any:
    """A page by number, or, when `from` or `take` is there, `{"next"?, plural: […]}` in the order of `key`.

    Raises:
        ManagementError: 400 for a `from` that no earlier answer's `next` has given.
    """
    if "from" not in query and "take" not in query:
        return paginate(list(documents), plural, query, show)
    after = _position(query["from"]) if "from" in query else ""
    size = query.get("take", DEFAULT_PER_PAGE)
    rest = sorted((each for each in documents if each[key] > after), key=lambda each: str(each[key]))
    content: dict[str, Any] = {plural: [show(document) for document in rest[:size]]}
    if len(rest) > size:
        content["next"] = base64.urlsafe_b64encode(str(rest[size - 1][key]).encode()).decode()
    return content


def select_fields(document: Document, query: dict[str, Any], always: Iterable[str] = ()) -> Document:
    """`document` with only the `fields` of the query, or without them when `include_fields` is false."""
    if "fields" not in query:
        return document
    named = set(query["fields"].split(","))
    if query.get("include_fields", True):
        return {name: value for name, value in document.items() if name in named or name in always}
    return {name: value for name, value in document.items() if name not in named or name in always}


def _position(checkpoint: str) -> str:
    try:
        return base64.b64decode(checkpoint, altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise ManagementError(
            400, "The 'from' parameter is not a checkpoint that a 'next' has given.", "invalid_query_string"
        ) from error
