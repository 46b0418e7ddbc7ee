"""The part of Auth0's user search syntax (Lucene) that this tenant reads: `field:value` terms joined by AND.

A value is a word, a "quoted phrase", or has a `*` at its end. https://auth0.com/docs/manage-users/user-search/user-search-query-syntax
"""

import re
from collections.abc import Callable
from typing import Any

from local_store.store import Document

from local_auth0.errors import ManagementError, not_supported

_TERM = re.compile(r'([A-Za-z_][\w.]*):(?:"((?:[^"\\]|\\.)*)"|([^\s"()\[\]{}]+))\s*')
_AND = re.compile(r"AND\s+")
_UNSUPPORTED = re.compile(r"(^|\s)(OR|NOT|-\w+:)\s*|[()\[\]{}~]|:[<>]")


def user_filter(query: str) -> Callable[[Document], bool]:
    """A function that tells whether a user matches `query`.

    Raises:
        ManagementError: 400 `invalid_query_string` for nonsense, 501 for Lucene beyond terms joined by AND.
    """
    terms = _terms(query)
    return lambda user: all(_matches(_values(user, path.split(".")), text) for path, text in terms)


def _terms(query: str) -> list[tuple[str, str]]:
    if _UNSUPPORTED.search(re.sub(r'"[^"]*"', '""', query)):
        raise not_supported("this user search; write field:value terms joined by AND")
    terms: list[tuple[str, str]] = []
    position = 0
    while position < len(query):
        if terms and (conjunction := _AND.match(query, position)):
            position = conjunction.end()
        term = _TERM.match(query, position)
        if term is None:
            raise ManagementError(400, f"Failed to parse query: {query}", "invalid_query_string")
        field, phrase, word = term.groups()
        terms.append((field, word if phrase is None else phrase))
        position = term.end()
    return terms


def _values(value: Any, path: list[str]) -> list[Any]:
    if isinstance(value, list):
        return [found for item in value for found in _values(item, path)]
    if not path:
        return [value]
    return _values(value[path[0]], path[1:]) if isinstance(value, dict) and path[0] in value else []


def _matches(values: list[Any], text: str) -> bool:
    wanted = text.lower()
    found = ["true" if value is True else "false" if value is False else str(value).lower() for value in values]
    if wanted.endswith("*"):
        return any(value.startswith(wanted[:-1]) for value in found)
    return wanted in found
