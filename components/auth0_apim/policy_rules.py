"""What makes a value acceptable in a gateway's policy, as pure functions that constructors and policy packs share.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from auth0_apim.azure_rules import https_url_problem, sku_problem
from auth0_apim.policy_document import policy_text_problem
from auth0_apim.rules import identifier_problem, scopes_problem


def rate_limit_sku_problem(value: str) -> str | None:
    """A tier that can limit calls by key."""
    if value == "Consumption":
        return "is Consumption, a tier without rate limits by key"
    return sku_problem(value)


def policy_url_problem(value: str) -> str | None:
    """An absolute https URL that can stand in a policy."""
    return https_url_problem(value) or policy_text_problem(value)


def policy_urls_problem(value: Sequence[str]) -> str | None:
    """Absolute https URLs that can stand in a policy."""
    return next((problem for problem in map(policy_url_problem, value) if problem), None)


def policy_texts_problem(value: Sequence[str]) -> str | None:
    """Values that can stand in a policy."""
    return next((problem for problem in map(policy_text_problem, value) if problem), None)


def audience_problem(value: str) -> str | None:
    """An API's identifier that can stand in a policy."""
    return identifier_problem(value) or policy_text_problem(value)


def signing_secret_problem(value: str) -> str | None:
    """A shared signing secret: 16 characters at least (Auth0 Management API, resource servers)."""
    return None if len(value) >= 16 else f"must be at least 16 characters long, not {len(value)}"


def required_scopes_problem(value: Sequence[str]) -> str | None:
    """Names of scopes or permissions that can stand in a policy, each once."""
    if len(set(value)) != len(value):
        return f"must name each scope once, not {list(value)!r}"
    return scopes_problem(dict.fromkeys(value, "")) or policy_texts_problem(value)


def operation_scopes_problem(value: Mapping[str, Sequence[str]]) -> str | None:
    """Required scopes by operation id, at least one scope an operation."""
    for operation, scopes in value.items():
        if not re.fullmatch(r"[^*#&+:<>?/\s]{1,80}", operation):
            return f"has {operation!r}, which is no operation id"
        if not scopes:
            return f"names no scope for {operation!r}"
        problem = required_scopes_problem(scopes)
        if problem is not None:
            return f"is wrong for {operation!r}: it {problem}"
    return None


def operation_problem(value: Mapping[str, Any]) -> str | None:
    """An `operation` that is one of `operations`; none of those means that they are not known."""
    operation, known = value["operation"], value["operations"]
    if not known or operation in known:
        return None
    return f"names {operation!r}, which is no operation of the API (it has {', '.join(sorted(known))})"


def origins_problem(value: Sequence[str]) -> str | None:
    """Origins of browser applications (RFC 6454): scheme, host and port, nothing behind them."""
    for origin in value:
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", origin):
            return f"has {origin!r}, which is no origin (scheme, host and port, without a slash at the end)"
    return None if value else "must name at least one origin"


def clock_skew_problem(value: float) -> str | None:
    """A clock's allowed difference: whole seconds, 0 to 300."""
    return _whole_number_problem(value, 0, 300)


def rate_limit_calls_problem(value: float) -> str | None:
    """A number of calls, from 1."""
    return _whole_number_problem(value, 1, 2_147_483_647)


def rate_limit_seconds_problem(value: float) -> str | None:
    """A rate limit's period: whole seconds, 1 to 300 (API Management's limit)."""
    return _whole_number_problem(value, 1, 300)


def _whole_number_problem(value: float, least: int, most: int) -> str | None:
    if isinstance(value, bool) or value != int(value) or not least <= value <= most:
        return f"must be a whole number from {least} to {most}, not {value!r}"
    return None
