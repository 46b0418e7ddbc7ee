"""Which web pages may read the answers of the token endpoint (the Fetch standard's CORS protocol).

A client names the origins of its pages in `web_origins` and `allowed_origins`; the origins of its callbacks count
too: https://auth0.com/docs/get-started/applications/set-up-cors
"""

from urllib.parse import urlsplit

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.allowed_urls import is_allowed


class Origins:
    """The origins of a tenant's clients."""

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
