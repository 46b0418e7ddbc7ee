"""What the tiers of API Management offer, as one table, and the rules that follow from it.

Every rule answers None, or what is wrong with a value as the end of the sentence "input 'x' …".
https://learn.microsoft.com/azure/api-management/api-management-features
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Tier(NamedTuple):
    """A tier: its least and most units, and what it has."""

    least: int
    most: int
    portal: bool
    rate_limit_by_key: bool
    quota_by_key: bool


TIERS = {
    "Consumption": Tier(0, 0, portal=False, rate_limit_by_key=False, quota_by_key=False),
    "Developer": Tier(1, 1, portal=True, rate_limit_by_key=True, quota_by_key=True),
    "Basic": Tier(1, 2, portal=True, rate_limit_by_key=True, quota_by_key=True),
    "Standard": Tier(1, 4, portal=True, rate_limit_by_key=True, quota_by_key=True),
    "Premium": Tier(1, 31, portal=True, rate_limit_by_key=True, quota_by_key=True),
    "BasicV2": Tier(1, 10, portal=True, rate_limit_by_key=True, quota_by_key=False),
    "StandardV2": Tier(1, 10, portal=True, rate_limit_by_key=True, quota_by_key=False),
    "PremiumV2": Tier(1, 30, portal=True, rate_limit_by_key=True, quota_by_key=False),
}
"""The tiers of new services by name. An existing service may have another one, such as `Isolated`: nothing of it is refused."""


def capacity_problem(value: Mapping[str, Any]) -> str | None:
    """A number of units, given as `{"sku": …, "capacity": …}`: each tier has its limits."""
    capacity, tier = value["capacity"], TIERS.get(value["sku"])
    if capacity is None or tier is None:
        return None
    if capacity != int(capacity) or not tier.least <= capacity <= tier.most:
        span = str(tier.least) if tier.least == tier.most else f"{tier.least} to {tier.most}"
        return f"must be {span} in tier {value['sku']}, not {capacity!r}"
    return None


def portal_sku_problem(value: str) -> str | None:
    """A tier that has a developer portal."""
    return _missing(value, "portal", "a developer portal")


def rate_limit_sku_problem(value: str) -> str | None:
    """A tier that has rate limits by key."""
    return _missing(value, "rate_limit_by_key", "rate limits by key")


def quota_sku_problem(value: str) -> str | None:
    """A tier that has quotas by key."""
    return _missing(value, "quota_by_key", "quotas by key")


def _missing(name: str, feature: str, words: str) -> str | None:
    tier = TIERS.get(name)
    return f"is {name}, a tier without {words}" if tier is not None and not getattr(tier, feature) else None
