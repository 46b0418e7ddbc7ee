"""What makes an API acceptable to Auth0, and the scopes that clients, roles and operations ask of it.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
None of them ever quotes a secret.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from auth0_apim.component.inputs import Rule
from auth0_apim.rules.text_rules import first_duplicate

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def identifier_problem(value: str) -> str | None:
    """An API's identifier: 1 to 600 characters, no white space or control characters (Auth0 Management API, resource servers)."""
    if not 1 <= len(value) <= 600:
        return f"must be 1 to 600 characters long, not {len(value)}"
    if any(character.isspace() or not character.isprintable() for character in value):
        return f"must not contain white space or control characters, as {value!r} does"
    return None


def scopes_problem(value: Mapping[str, str]) -> str | None:
    """Scopes by name: an RFC 6749 scope token of 1 to 280 characters, described in at most 500."""
    for name, description in value.items():
        if not is_scope_name(name):
            return f"has {name!r}, which is no scope name (1 to 280 printable characters, no space, quote or backslash)"
        if len(description) > 500:
            return f"describes {name!r} in {len(description)} characters, 500 at most"
    return None


def requested_scopes_problem(value: Mapping[str, Any]) -> str | None:
    """The scopes a client asks for (`requested`) against those its API has (`available`, None where not known)."""
    requested, available = value["requested"], value["available"]
    twice = first_duplicate(requested)
    if twice is not None:
        return f"names {twice!r} twice"
    for scope in requested:
        if not is_scope_name(scope):
            return f"has {scope!r}, which is no scope name"
        if available is not None and scope not in available:
            return f"asks for {scope!r}, which the API does not have (it has {_enumeration(available)})"
    return None


def is_scope_name(value: str) -> bool:
    """Whether `value` is an RFC 6749 scope token that Auth0 takes: 1 to 280 characters."""
    return len(value) <= 280 and _SCOPE.fullmatch(value) is not None


def _enumeration(values: Sequence[str]) -> str:
    return ", ".join(sorted(values)) or "none"


def scope_names_problem(value: Sequence[str]) -> str | None:
    """Names of scopes, each once."""
    return requested_scopes_problem({"requested": value, "available": None})


IDENTIFIER = Rule(identifier_problem, "basic-calculator")
"""An API's identifier, which is the audience of its tokens."""

SCOPE_NAMES = Rule(scope_names_problem, ["calc:add"])
"""Names of an API's scopes."""
