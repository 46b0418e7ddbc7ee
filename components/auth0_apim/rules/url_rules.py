"""What makes a URL acceptable, as pure functions.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
"""

import re
from urllib.parse import urlsplit


def backend_url_problem(value: str) -> str | None:
    """A backend's base URL: absolute, http or https, at most 2000 characters, no credentials, query or fragment."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(value) > 2000:
        return f"must be an absolute http or https URL of at most 2000 characters, not {value!r}"
    if parts.username or parts.password:
        return "must not contain a user name or a password"
    return f"must not have a query or a fragment, as {value!r} has" if parts.query or parts.fragment else None


def https_url_problem(value: str) -> str | None:
    """An absolute https URL without credentials, blanks or fragment."""
    parts = urlsplit(value)
    if parts.username or parts.password:
        return "must not contain a user name or a password"
    if parts.scheme != "https" or not parts.hostname or parts.fragment or re.search(r"\s", value):
        return f"must be an absolute https URL, not {value!r}"
    return None


def exact_address_problem(url: str) -> str | None:
    """An address that stands for itself only: no wildcard or placeholder (RFC 9700, 2.1)."""
    if re.search(r"[\s*{}\\]|[^\x21-\x7e]", url):
        return "must be exact: ASCII without white space, wildcard or placeholder"
    return None
