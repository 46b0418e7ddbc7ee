"""What makes a client acceptable to Auth0: its kind, its grants, and where it may send people.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
None of them ever quotes a secret.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from auth0_apim.rules.text_rules import first_duplicate
from auth0_apim.rules.url_rules import exact_address_problem

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def client_id_problem(value: str) -> str | None:
    """A client's id: text without blanks."""
    return None if re.fullmatch(r"[\x21-\x7e]+", value) else f"must be text without blanks, not {value!r}"


def password_grant_problem(value: Mapping[str, Any]) -> str | None:
    """The password grant (`password`) is only for an `application` that has a secret."""
    if value["password"] and value["application"] == "spa":
        return "must be false for a single page application, which has no secret to show with a user's password"
    return None


def redirect_urls_problem(value: Sequence[str]) -> str | None:
    """Addresses a browser may be sent to with an answer: exact ones, over https (RFC 9700, 2.1; RFC 8252, 7.3)."""
    for url in value:
        problem = _redirect_url_problem(url)
        if problem is not None:
            return f"has {url!r}, which {problem}"
    twice = first_duplicate(value)
    return None if twice is None else f"names {twice!r} twice"


def callbacks_problem(value: Sequence[str]) -> str | None:
    """A login's callback addresses: at least one redirect address."""
    return redirect_urls_problem(value) if value else "must have at least one address"


def web_origins_problem(value: Sequence[str]) -> str | None:
    """Origins of web pages (RFC 6454): scheme, host and port, nothing behind."""
    for origin in value:
        problem = _redirect_url_problem(origin)
        if problem is None and origin.partition("://")[2] != urlsplit(origin).netloc:
            problem = "must end with its host or port"
        if problem is not None:
            return f"has {origin!r}, which {problem}"
    return None


def _redirect_url_problem(url: str) -> str | None:
    inexact = exact_address_problem(url)
    if inexact is not None:
        return inexact
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no URL ({error})"
    if not host or not _is_safe_scheme(parts):
        return "must be an absolute https URL (http only for localhost)"
    if "#" in url:
        return "must not have a fragment"
    if "@" in parts.netloc:
        return "must not have a user or password"
    return None


def _is_safe_scheme(parts: SplitResult) -> bool:
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
