"""What makes a value acceptable, as pure functions that constructors and policy packs share.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence
"input 'x' …". None of them ever quotes a secret.
"""

import re
from collections.abc import Mapping

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def identifier_problem(value: str) -> str | None:
    """An API's identifier: 1 to 600 characters, no white space (Auth0 Management API, resource servers)."""
    if not 1 <= len(value) <= 600:
        return f"must be 1 to 600 characters long, not {len(value)}"
    if any(character.isspace() for character in value):
        return f"must not contain white space, as {value!r} does"
    return None


def display_name_problem(value: str) -> str | None:
    """A display name in Auth0: 1 to 200 characters without angle brackets."""
    if not 1 <= len(value) <= 200:
        return f"must be 1 to 200 characters long, not {len(value)}"
    if "<" in value or ">" in value:
        return f"must not contain '<' or '>', as {value!r} does"
    return None


def scopes_problem(value: Mapping[str, str]) -> str | None:
    """Scopes by name: an RFC 6749 scope token of 1 to 280 characters, described in at most 500."""
    for name, description in value.items():
        if not _SCOPE.fullmatch(name) or len(name) > 280:
            return f"has {name!r}, which is no scope name (1 to 280 printable characters, no space, quote or backslash)"
        if len(description) > 500:
            return f"describes {name!r} in {len(description)} characters, 500 at most"
    return None


def token_lifetime_problem(value: float) -> str | None:
    """A token's lifetime: whole seconds, 1 to 2,592,000 (30 days, Auth0's limit)."""
    if isinstance(value, bool) or value != int(value) or not 1 <= value <= 2_592_000:
        return f"must be a whole number of seconds from 1 to 2592000, not {value!r}"
    return None


def signing_algorithm_problem(value: str) -> str | None:
    """An access token's signing algorithm: RS256 or HS256."""
    if value not in ("RS256", "HS256"):
        return f"must be RS256 or HS256, not {value!r}"
    return None


def domain_problem(value: str) -> str | None:
    """A tenant's domain as Auth0 shows it: a host name, no scheme and no path."""
    if "://" in value or "/" in value:
        return f"must be a bare domain, without scheme and path, not {value!r}"
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", value):
        return f"must be a host name, not {value!r}"
    return None
