"""What makes a value acceptable in a gateway's policy, as pure functions that constructors and policy packs share.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from auth0_apim.component.input_types import bare, is_output
from auth0_apim.component.inputs import Inputs, Problem
from auth0_apim.policy.markup import first_problem, literal_problem, policy_text_problem, texts_problem
from auth0_apim.rules.scope_rules import identifier_problem
from auth0_apim.rules.tier_rules import quota_sku_problem, rate_limit_sku_problem
from auth0_apim.rules.url_rules import https_url_problem


def tier_problem(policy: Inputs | Mapping[str, Any]) -> Problem | None:
    """What the service's tier must be able to do; None where any tier will do, or where that is not known yet."""
    counted = bare(policy.get("counted_by"))
    if is_output(counted) or counted == "subscription":
        return None
    if policy.get("quota_calls") is not None:
        return quota_sku_problem
    return rate_limit_sku_problem if policy.get("rate_limit_calls") is not None else None


def policy_url_problem(value: str) -> str | None:
    """An absolute https URL that can stand in a policy."""
    return https_url_problem(value) or literal_problem(value)


def issuer_problem(value: str) -> str | None:
    """An issuer of Auth0: a tenant's domain, and the slash that every `iss` of it ends with."""
    if problem := policy_url_problem(value):
        return problem
    if urlsplit(value).path:
        return None
    return f"must end with a slash, without which no token's iss is the same: {value + '/'!r}"


def issuers_problem(value: Sequence[str]) -> str | None:
    """Issuers of Auth0."""
    return first_problem(issuer_problem, value)


def trusted_issuer_problem(value: str) -> str | None:
    """An issuer of any vendor: Auth0's alone is known to end with a slash."""
    is_auth0 = (urlsplit(value).hostname or "").endswith(".auth0.com")
    return issuer_problem(value) if is_auth0 else policy_url_problem(value)


def audience_problem(value: str) -> str | None:
    """An API's identifier that can stand in a policy."""
    return identifier_problem(value) or policy_text_problem(value)


def signing_secret_problem(value: str) -> str | None:
    """A shared signing secret: 16 characters at least (Auth0 Management API, resource servers)."""
    return None if len(value) >= 16 else f"must be at least 16 characters long, not {len(value)}"


def required_claims_problem(value: Mapping[str, Sequence[str]]) -> str | None:
    """Claims by name, each with the values of which it must have one."""
    for claim, values in value.items():
        if problem := policy_text_problem(claim):
            return f"has a claim whose name {problem}"
        if not values:
            return f"names no value for {claim!r}"
        if problem := texts_problem(values):
            return f"is wrong for {claim!r}: a value {problem}"
    return None


def header_names_problem(value: Sequence[str]) -> str | None:
    """Names of HTTP headers (RFC 9110, 5.1), each once, whatever their case."""
    for name in value:
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            return f"has {name!r}, which is no header's name"
    if len({name.lower() for name in value}) != len(value):
        return f"must name each header once, not {list(value)!r}"
    return None


def fragment_ids_problem(value: Sequence[str]) -> str | None:
    """Ids of policy fragments."""
    return next((f"has {each!r}, which {problem}" for each in value if (problem := fragment_id_problem(each))), None)


def fragment_id_problem(value: str) -> str | None:
    """The id of a policy fragment: 1 to 80 letters, digits, `-` and `_`, no dash at either end."""
    if not re.fullmatch(r"\w(?:[\w-]{0,78}\w)?", value, re.ASCII):
        return f"must be 1 to 80 letters, digits, '-' and '_', no '-' at either end, not {value!r}"
    return None


def counted_by_problem(value: Mapping[str, Any]) -> str | None:
    """What is counted (`counted`): subscriptions are below the whole service, and their quotas are a `product`'s."""
    if value["counted"] != "subscription":
        return None
    if value["product"] is None and value["api"] is None:
        return "is subscription, which needs 'product_id' or 'api_id'"
    return (
        None
        if value["quota"] is None or value["product"] is not None
        else ("is subscription, so that 'quota_calls' needs 'product_id'")
    )


def quota_seconds_problem(value: float) -> str | None:
    """A quota's period: 0, which never ends, or whole seconds from 300 (API Management's limit)."""
    if value == 0:
        return None
    return _whole_number_problem(value, 300, 2_147_483_647)


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


def document_size_problem(value: Mapping[str, Any]) -> str | None:
    """A policy document (`document`) that the tier (`sku`, None where not known) takes.

    https://learn.microsoft.com/azure/api-management/service-limits
    """
    tier = value["sku"]
    size, most = len(value["document"].encode()), 16_384 if tier == "Consumption" else 262_144
    if size <= most:
        return None
    return f"makes a policy document of {size} bytes; {f'tier {tier}' if tier else 'API Management'} takes {most}"
