"""What makes texts acceptable that people read or write to: names, e-mail addresses, metadata.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
None of them ever quotes a secret.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from auth0_apim.component.inputs import Rule

_EMAIL = re.compile(
    r"[^\s@\"(),:;<>\[\]\\]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*"
)


def text_problem(value: str, most: int) -> str | None:
    """A line of text that people read: 1 to `most` characters, not only blanks, no control characters."""
    if not 1 <= len(value) <= most:
        return f"must be 1 to {most} characters long, not {len(value)}"
    if value.isspace():
        return "must not be blank"
    if not value.isprintable():
        return f"must not contain control characters, as {value!r} does"
    return None


def short_name_problem(value: str, most: int) -> str | None:
    """A name in Auth0: 1 to `most` characters without angle brackets."""
    if problem := text_problem(value, most):
        return problem
    if "<" in value or ">" in value:
        return f"must not contain '<' or '>', as {value!r} does"
    return None


def display_name_problem(value: str) -> str | None:
    """A display name in Auth0: 1 to 200 characters without angle brackets."""
    return short_name_problem(value, 200)


def email_problem(value: str) -> str | None:
    """An e-mail address as Auth0 takes it: a local part, and a domain with a dot (RFC 5321's lengths)."""
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        return f"must be an e-mail address, not {value!r}"
    return None


def user_email_problem(value: str) -> str | None:
    """A user's e-mail address as Auth0 keeps it: in lower case, so that no deployment finds another one."""
    if problem := email_problem(value):
        return problem
    return None if value == value.lower() else f"must be in lower case, as Auth0 keeps it, not {value!r}"


def metadata_problem(value: Mapping[str, str]) -> str | None:
    """Metadata of a client or a connection: at most 10 texts, names and values of at most 255 characters."""
    if len(value) > 10:
        return f"must have at most 10 entries, not {len(value)}"
    for name, text in value.items():
        if not 1 <= len(name) <= 255:
            return f"must have names of 1 to 255 characters, not {name!r}"
        if len(text) > 255:
            return f"has {len(text)} characters for {name!r}, 255 at most"
    return None


def first_duplicate(values: Sequence[str]) -> str | None:
    """The first of `values` that is there twice, None where each is there once."""
    return next((value for value, count in Counter(values).items() if count > 1), None)


DISPLAY_NAME = Rule(display_name_problem, "Basic Calculator")
"""A display name in Auth0."""

EMAIL = Rule(user_email_problem, "jane@example.com")
"""A user's e-mail address."""

METADATA = Rule(metadata_problem, {"owner": "platform-team"})
"""Metadata of a client or a connection."""
