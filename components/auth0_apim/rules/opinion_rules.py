"""Choices that this package advises against, as pure functions that constructors and policy packs share.

A constructor takes them, as they were asked for by name, and warns; the policy pack refuses them unless a reason is stated.
Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

# Nothing else, as another reader of URLs may see another host in other characters.
_NOWHERE = re.compile(r"([a-z0-9-]+\.)+invalid")


def implicit_grant_problem(value: Sequence[str]) -> str | None:
    """How tokens are got: not by the implicit grant (RFC 9700, 2.1.2)."""
    if "implicit" not in list(value):
        return None
    return "has 'implicit', which puts tokens into addresses: use the authorization code with PKCE"


def shared_key_problem(value: str | None) -> str | None:
    """How tokens are signed: with a key that only the tenant has."""
    return "is HS256: whoever can check a token can make one" if value == "HS256" else None


def open_access_problem(value: str | None) -> str | None:
    """Who gets tokens of an API's users: applications that have a grant, with its scopes alone."""
    if value in ("require_client_grant", "deny_all"):
        return None
    return "is allow_all: any application of the tenant gets its users' tokens with every scope, without a grant"


def open_sign_up_problem(value: bool) -> str | None:
    """Who makes users: those who run the database; `value` is whether others may."""
    return "lets anybody on the internet make an account" if value else None


def own_backend_problem(value: str | None) -> str | None:
    """The service URL of an API whose policy sets the backend: a name that never exists, under `.invalid` (RFC 2606, 2).

    Args:
        value: the URL; None where the import takes the document's first server.
    """
    if value is None:
        return "is left out, so that the imported document's server is a backend that calls reach without a policy"
    try:
        host = urlsplit(value).hostname or ""
    except ValueError:
        host = ""
    if _NOWHERE.fullmatch(host):
        return None
    return f"is {value!r}, a backend of the API's own that calls reach without a policy"
