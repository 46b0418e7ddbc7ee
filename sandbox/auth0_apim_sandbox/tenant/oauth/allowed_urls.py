"""Whether a URL is one of those that a client or the tenant allows.

Character by character, except for one `*` in the first label of a host name, which stands for a part of that label:
https://auth0.com/docs/get-started/applications/wildcards-for-subdomains
"""

import re
from collections.abc import Iterable

_WILDCARD = re.compile(
    r"(https?://)([A-Za-z0-9-]*)\*([A-Za-z0-9-]*)(\.[^/?#*.:]+(?:\.[^/?#*.:]+)+(?::\d+)?(?:[/?#].*)?)"
)


def is_allowed(url: str, allowed: Iterable[str]) -> bool:
    """Whether `url` is in `allowed`, or matches a wildcard in it."""
    return any(url == each or ("*" in each and _matches(url, each)) for each in allowed)


def _matches(url: str, pattern: str) -> bool:
    parts = _WILDCARD.fullmatch(pattern)
    if parts is None:
        return False
    scheme, before, after, rest = map(re.escape, parts.groups())
    return re.fullmatch(f"{scheme}{before}[A-Za-z0-9-]+{after}{rest}", url) is not None
