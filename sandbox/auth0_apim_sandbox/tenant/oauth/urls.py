"""URLs that a client or the tenant allows: callbacks, logout URLs, the origins of web pages.

They are compared character by character, except for one `*` in the first label of a host name, which stands for a part
of that label: https://auth0.com/docs/get-started/applications/wildcards-for-subdomains. A client names the origins of
its pages in `web_origins` and `allowed_origins`; the origins of its callbacks count too:
https://auth0.com/docs/get-started/applications/set-up-cors
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant

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


class Origins:
    """The origins of the web pages that may read a tenant's answers (the Fetch standard's CORS protocol)."""

    def __init__(self, tenant: Tenant) -> None:
        self._clients = tenant.clients
        self._revision = -1
        self._all: frozenset[str] = frozenset()

    def of_any_client(self, origin: str) -> bool:
        """Whether some client may call from `origin`: all a preflight request lets us know."""
        if self._revision != self._clients.revision:
            self._all = frozenset().union(*map(origins_of, self._clients.values()))
            self._revision = self._clients.revision
        return origin in self._all or is_allowed(origin, self._all)


def origins_of(client: Document) -> frozenset[str]:
    """The origins `client` may call from; for the wildcards among them see `is_allowed`."""
    named = [*(client.get("web_origins") or []), *(client.get("allowed_origins") or [])]
    origins = {url.rstrip("/") for url in named}
    for callback in client.get("callbacks") or []:
        if callback.startswith(("http://", "https://")):
            origins.add(origin_of(callback))
    return frozenset(origins)


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """`url` with `parameters` behind those that its query has already."""
    parts = urlsplit(url)
    encoded = urlencode(parameters)
    return urlunsplit(parts._replace(query=f"{parts.query}&{encoded}" if parts.query else encoded))
