"""What makes a value acceptable, as pure functions that constructors and policy packs share.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence
"input 'x' …". None of them ever quotes a secret.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

DATABASE_SCRIPTS = ("login", "get_user", "create", "verify", "change_password", "change_email", "delete")
"""The scripts of a custom database, by Auth0's names for them."""

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_CONNECTION_NAME = re.compile(r"[a-zA-Z0-9](-?[a-zA-Z0-9])*")
_EMAIL = re.compile(
    r"[^\s@\"(),:;<>\[\]\\]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*"
)
_USERNAME = re.compile(r"[A-Za-z0-9_+\-.!#$'^`~@]{1,128}")
_ID = re.compile(r"[\x21-\x7e]+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def identifier_problem(value: str) -> str | None:
    """An API's identifier: 1 to 600 characters, no white space or control characters (Auth0 Management API, resource servers)."""
    if not 1 <= len(value) <= 600:
        return f"must be 1 to 600 characters long, not {len(value)}"
    if any(character.isspace() or not character.isprintable() for character in value):
        return f"must not contain white space or control characters, as {value!r} does"
    return None


def display_name_problem(value: str) -> str | None:
    """A display name in Auth0: 1 to 200 characters without angle brackets."""
    return _name_problem(value, 200)


def role_name_problem(value: str) -> str | None:
    """A role's name: 1 to 100 characters without angle brackets."""
    return _name_problem(value, 100)


def role_description_problem(value: str) -> str | None:
    """A role's description: 1 to 300 characters without angle brackets."""
    return _name_problem(value, 300)


def scopes_problem(value: Mapping[str, str]) -> str | None:
    """Scopes by name: an RFC 6749 scope token of 1 to 280 characters, described in at most 500."""
    for name, description in value.items():
        if not _SCOPE.fullmatch(name) or len(name) > 280:
            return f"has {name!r}, which is no scope name (1 to 280 printable characters, no space, quote or backslash)"
        if len(description) > 500:
            return f"describes {name!r} in {len(description)} characters, 500 at most"
    return None


def token_lifetime_problem(value: float, limit: int = 2_592_000) -> str | None:
    """A token's lifetime: whole seconds, 1 to `limit` (Auth0's own is 2,592,000, 30 days)."""
    if isinstance(value, bool) or value != int(value) or not 1 <= value <= limit:
        return f"must be a whole number of seconds from 1 to {limit}, not {value!r}"
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
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?", value):
        return f"must be a host name, not {value!r}"
    return None


def requested_scopes_problem(value: Mapping[str, Any]) -> str | None:
    """The scopes a client asks for (`requested`) against those its API has (`available`, None where not known)."""
    requested, available = value["requested"], value["available"]
    twice = _first_duplicate(requested)
    if twice is not None:
        return f"names {twice!r} twice"
    for scope in requested:
        if not _SCOPE.fullmatch(scope) or len(scope) > 280:
            return f"has {scope!r}, which is no scope name"
        if available is not None and scope not in available:
            return f"asks for {scope!r}, which the API does not have (it has {_enumeration(available)})"
    return None


def token_endpoint_auth_method_problem(value: str) -> str | None:
    """How a client with a secret shows it at the token endpoint."""
    methods = ("client_secret_post", "client_secret_basic")
    return None if value in methods else f"must be {' or '.join(methods)}, not {value!r}"


def application_problem(value: str) -> str | None:
    """The kind of an interactive application: regular_web or spa."""
    return None if value in ("regular_web", "spa") else f"must be regular_web or spa, not {value!r}"


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
    twice = _first_duplicate(value)
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


def permissions_problem(value: Sequence[str]) -> str | None:
    """A role's permissions: at least one scope, each once."""
    return requested_scopes_problem({"requested": value, "available": None}) if value else "must name at least one"


def role_ids_problem(value: Sequence[str]) -> str | None:
    """The roles of a user, each once."""
    if not all(map(_ID.fullmatch, value)):
        return "must have ids of roles, without blanks"
    twice = _first_duplicate(value)
    return None if twice is None else f"names {twice!r} twice"


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
    twice = _first_duplicate(value)
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


def email_problem(value: str) -> str | None:
    """An e-mail address as Auth0 takes it: a local part, and a domain with a dot (RFC 5321's lengths)."""
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        return f"must be an e-mail address, not {value!r}"
    return None


def username_problem(value: str) -> str | None:
    """A user name: 1 to 128 letters, digits and Auth0's special characters; no e-mail address."""
    if not _USERNAME.fullmatch(value):
        return f"must be 1 to 128 letters, digits or characters of _+-.!#$'^`~@, not {value!r}"
    if email_problem(value) is None:
        return f"must not be an e-mail address, as {value!r} is"
    return None


def text_problem(value: str, most: int) -> str | None:
    """A line of text that people read: 1 to `most` characters, not only blanks, no control characters."""
    if not 1 <= len(value) <= most:
        return f"must be 1 to {most} characters long, not {len(value)}"
    if value.isspace():
        return "must not be blank"
    if not value.isprintable():
        return f"must not contain control characters, as {value!r} does"
    return None


def _name_problem(value: str, most: int) -> str | None:
    if problem := text_problem(value, most):
        return problem
    if "<" in value or ">" in value:
        return f"must not contain '<' or '>', as {value!r} does"
    return None


def exact_address_problem(url: str) -> str | None:
    """An address that stands for itself only: no wildcard or placeholder (RFC 9700, 2.1)."""
    if re.search(r"[\s*{}\\]|[^\x21-\x7e]", url):
        return "must be exact: ASCII without white space, wildcard or placeholder"
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


def _first_duplicate(values: Sequence[str]) -> str | None:
    return next((value for value, count in Counter(values).items() if count > 1), None)


def _enumeration(values: Sequence[str]) -> str:
    return ", ".join(sorted(values)) or "none"
