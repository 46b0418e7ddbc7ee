"""How many calls each caller may make, counted by a claim of the verified token.

https://learn.microsoft.com/azure/api-management/rate-limit-by-key-policy and quota-by-key-policy
"""

from enum import Enum

from lxml import etree

from auth0_apim.policy.document import VERIFIED_TOKEN
from auth0_apim.policy.markup import element

_TOKEN = f'((Jwt)context.Variables["{VERIFIED_TOKEN}"])'
_CALLERS = {
    "subject": f"{_TOKEN}.Subject",
    "client": f'{_TOKEN}.Claims.GetValueOrDefault("azp", {_TOKEN}.Claims.GetValueOrDefault("client_id", ""))',
}
"""By what is counted: the token's `sub`, who is calling, or its `azp`, the client that got it, which is `client_id` in tokens of the profile of RFC 9068."""
_ISSUER = f'{_TOKEN}.Issuer + " " + '
"""Where several issuers are trusted, one's callers are not another's of the same name."""
# A key has one counter in all documents of a service that use it: each names its place, so that it has counters of its own.
_PLACES = {
    "operation": 'context.Api.Id + "/" + context.Operation.Id + " " + ',
    "api": 'context.Api.Id + " " + ',
    "product": 'context.Product.Id + " " + ',
    "service": "",
}


def rate_limit(calls: int, seconds: int, counted: str, level: str, *, by_issuer: bool = False) -> etree._Element:
    """At most `calls` in `seconds` for each of what is `counted`, at the scope `level`; further calls get 429."""
    return _limit("rate-limit", calls, seconds, counted, _PLACES[level] + _ISSUER * by_issuer)


def quota(calls: int, seconds: int, counted: str, level: str, *, by_issuer: bool = False) -> etree._Element:
    """At most `calls` in `seconds` for each of what is `counted`, at the scope `level`; further calls get 403."""
    return _limit("quota", calls, seconds, counted, _PLACES[level] + _ISSUER * by_issuer)


def _limit(policy: str, calls: int, seconds: int, counted: str, prefix: str) -> etree._Element:
    limits = {"calls": str(calls), "renewal-period": str(seconds)}
    if counted == "subscription":
        return element(policy, limits)
    return element(f"{policy}-by-key", {**limits, "counter-key": f"@({prefix}{_CALLERS[counted]})"})


class CountedBy(Enum):
    """Whose calls a rate limit or a quota counts."""

    SUBJECT = "subject"
    """Who is calling: the token's `sub`."""
    CLIENT = "client"
    """The application that got the token: its `azp`, or its `client_id` (RFC 9068)."""
    SUBSCRIPTION = "subscription"
    """The subscription whose key was sent; in every tier, a quota of a product only."""
