"""Searching users: GET /users and GET /users-by-email.

Of Auth0's search syntax (Lucene) this tenant reads `field:value` terms joined by AND. A value is a "quoted phrase", or a
word in which `*` stands for any characters and `?` for one; `_exists_:field` asks for users who have the field.
https://auth0.com/docs/manage-users/user-search/user-search-query-syntax
"""

import re
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, not_supported
from auth0_apim_sandbox.tenant.management.requests.paging import FIELDS, PAGE, paginate
from auth0_apim_sandbox.tenant.management.resources.users import connection_name, shown_user
from auth0_apim_sandbox.tenant.model.json_input import document

_TERM = re.compile(r'([A-Za-z_][\w.]*):(?:"((?:[^"\\]|\\.)*)"|([^\s"()\[\]{}]+))(?:\s+|$)')
_AND = re.compile(r"AND\s+")
_PHRASE = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNSUPPORTED = re.compile(r"(^|\s)(OR|NOT|\|\||&&|[-+!]\S+|[^\s:]+(?=\s|$)(?<!AND))(\s|$)|[()\[\]{}~^]|:[<>]|\.raw:")
_EXISTS = "_exists_"
_WILDCARDS = {"*": ".*", "?": "."}
Term = tuple[str, Callable[[str], bool]]
LIST_QUERY = document(
    {
        **PAGE,
        **FIELDS,
        "sort": {"type": "string", "pattern": "^[A-Za-z_.]+:-?1$", "description": "Field to sort by: field:order"},
        "connection": {"type": "string", "minLength": 1, "description": "Connection filter."},
        "q": {"type": "string", "description": "Query in Lucene query string syntax."},
        "search_engine": {"type": "string", "enum": ["v3"]},
        "primary_order": {"type": "boolean"},
    }
)
BY_EMAIL_QUERY = document(
    {**FIELDS, "email": {"type": "string", "minLength": 1, "description": "Email address to search for"}},
    required=["email"],
)
_MAX_SEARCHED = 1000


def user_filter(query: str) -> Callable[[Document], bool]:
    """A function that tells whether a user matches `query`.

    Raises:
        ManagementError: 400 `invalid_query_string` for nonsense, 501 for Lucene beyond terms joined by AND.
    """
    terms = _terms(query)
    return lambda user: all(_matches(user, path, test) for path, test in terms)


def values_at(value: Any, path: str) -> list[Any]:
    """Everything in `value` under a dotted path; a list on the way stands for each of its items."""
    found = [value]
    for name in path.split("."):
        items = [item for each in found for item in (each if isinstance(each, list) else [each])]
        found = [item[name] for item in items if isinstance(item, dict) and name in item]
    return [item for each in found for item in (each if isinstance(each, list) else [each])]


def _terms(query: str) -> list[Term]:
    if _UNSUPPORTED.search(_PHRASE.sub('""', query)):
        raise not_supported("this user search; write field:value terms joined by AND")
    terms: list[Term] = []
    position = 0
    while position < len(query):
        if terms and (conjunction := _AND.match(query, position)):
            position = conjunction.end()
        term = _TERM.match(query, position)
        if term is None:
            raise ManagementError(400, f"Failed to parse query: {query}", "invalid_query_string")
        terms.append(_term(*term.groups()))
        position = term.end()
    return terms


def _term(field: str, phrase: str | None, word: str) -> Term:
    if field == _EXISTS:
        return phrase or word, lambda _: True
    if phrase is not None:
        wanted = re.sub(r"\\(.)", r"\1", phrase).lower()
        return field, lambda text: text == wanted
    pattern = re.compile("".join(_WILDCARDS.get(each, re.escape(each)) for each in word.lower()), re.DOTALL)
    return field, lambda text: pattern.fullmatch(text) is not None


def _matches(user: Document, path: str, test: Callable[[str], bool]) -> bool:
    return any(test(str(value).lower()) for value in values_at(user, path) if value is not None)


async def list_all(call: Call) -> Response:
    """The users that match the query, at most the first 1000 of them."""
    if (call.query.get("page", 0) + 1) * call.query.get("per_page", 50) > _MAX_SEARCHED:
        raise ManagementError(400, f"You can only page through the first {_MAX_SEARCHED} records.", "invalid_paging")
    matches = user_filter(call.query.get("q", ""))
    found = [user for user in call.tenant.users.values() if matches(user)]
    if "connection" in call.query:
        found = [user for user in found if connection_name(user) == call.query["connection"]]
    if "sort" in call.query:
        field, _, order = call.query["sort"].partition(":")
        found.sort(key=lambda user: [str(value) for value in values_at(user, field)], reverse=order == "-1")
    page = paginate(found, "users", call.query, lambda user: shown_user(user, call.query))
    return json_answer(page if isinstance(page, list) else {**page, "length": len(page["users"])})


async def list_by_email(call: Call) -> Response:
    """The users of every connection with an e-mail address, exactly as it was stored: in lower case."""
    found = [user for user in call.tenant.users.values() if user.get("email") == call.query["email"]]
    return json_answer([shown_user(user, call.query) for user in found])


ENDPOINTS = [
    Endpoint("GET", "/users", ("read:users",), list_all, query=LIST_QUERY),
    Endpoint("GET", "/users-by-email", ("read:users",), list_by_email, query=BY_EMAIL_QUERY),
]
