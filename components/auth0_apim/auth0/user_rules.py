"""What makes users, their database and their roles acceptable to Auth0.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
None of them ever quotes a secret.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from auth0_apim.component.inputs import Rule
from auth0_apim.rules.scope_rules import requested_scopes_problem
from auth0_apim.rules.text_rules import email_problem, first_duplicate, short_name_problem

DATABASE_SCRIPTS = ("login", "get_user", "create", "verify", "change_password", "change_email", "delete")
"""The scripts of a custom database, by Auth0's names for them."""

_CONNECTION_NAME = re.compile(r"[a-zA-Z0-9](-?[a-zA-Z0-9])*")
_USERNAME = re.compile(r"[A-Za-z0-9_+\-.!#$'^`~@]{1,128}")
_ID = re.compile(r"[\x21-\x7e]+")


def connection_name_problem(value: str) -> str | None:
    """A connection's name: 1 to 128 letters, digits and single dashes (Auth0 Management API, connections)."""
    if len(value) > 128:
        return f"must be 1 to 128 characters long, not {len(value)}"
    if not _CONNECTION_NAME.fullmatch(value):
        return f"must be made of letters, digits and single dashes between them, not {value!r}"
    return None


def enabled_clients_problem(value: Sequence[str]) -> str | None:
    """The clients of a connection: at least one, each once."""
    if not value:
        return "must have at least one client id (leave it out to enable the connection for none)"
    if not all(map(_ID.fullmatch, value)):
        return "must have ids of clients, without blanks"
    twice = first_duplicate(value)
    return None if twice is None else f"names {twice!r} twice"


def database_scripts_problem(value: Mapping[str, Any]) -> str | None:
    """A custom database's scripts by name (`scripts`), with `import_mode`, which needs two of them."""
    scripts = value["scripts"]
    for name, text in scripts.items():
        if name not in DATABASE_SCRIPTS:
            return f"has {name!r}, which is no database script (they are {', '.join(DATABASE_SCRIPTS)})"
        if not text.strip():
            return f"has no text for {name!r}"
    for name in ("login", "get_user") if value["import_mode"] else ("login",):
        if name not in scripts:
            return f"must have {name!r}, which {'import mode' if value['import_mode'] else 'a custom database'} needs"
    return None


def password_history_problem(value: float) -> str | None:
    """How many former passwords a database remembers of a user: 0 to 24 (Auth0's limit)."""
    if isinstance(value, bool) or value != int(value) or not 0 <= value <= 24:
        return f"must be a whole number from 0 to 24, not {value!r}"
    return None


def username_problem(value: str) -> str | None:
    """A user name: 1 to 128 letters, digits and Auth0's special characters; no e-mail address."""
    if not _USERNAME.fullmatch(value):
        return f"must be 1 to 128 letters, digits or characters of _+-.!#$'^`~@, not {value!r}"
    if email_problem(value) is None:
        return f"must not be an e-mail address, as {value!r} is"
    return None


def role_name_problem(value: str) -> str | None:
    """A role's name: 1 to 100 characters without angle brackets."""
    return short_name_problem(value, 100)


def role_description_problem(value: str) -> str | None:
    """A role's description: 1 to 255 characters without angle brackets (Auth0 Management API, roles)."""
    return short_name_problem(value, 255)


def permissions_problem(value: Sequence[str]) -> str | None:
    """A role's permissions: at least one scope, each once."""
    return requested_scopes_problem({"requested": value, "available": None}) if value else "must name at least one"


def role_ids_problem(value: Sequence[str]) -> str | None:
    """The roles of a user, each once."""
    if not all(map(_ID.fullmatch, value)):
        return "must have ids of roles, without blanks"
    twice = first_duplicate(value)
    return None if twice is None else f"names {twice!r} twice"


CONNECTION_NAME = Rule(connection_name_problem, "BasicCalculator")
"""A database connection's name."""
