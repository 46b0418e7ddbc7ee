"""Keys from an OpenID document, cached as the vendor documents it.

Document and keys are pulled every hour. A token whose `kid` is unknown, or a pull that failed, leads to another pull at most once in five
minutes, whoever asks. Requests that wait for a pull share it; a request whose key is known never waits.
"""

import asyncio
import logging
from collections.abc import Callable

import httpx

from auth0_apim_sandbox.apim.gateway.tokens.keys import Key, keys_of_set
from auth0_apim_sandbox.apim.policies.openid import fetch_openid

LIFETIME = 3600.0
"""Seconds after which document and keys are pulled again."""

RETRY_INTERVAL = 300.0
"""Seconds between pulls because of an unknown key or a failure."""

_log = logging.getLogger(__name__)


class KeySource:
    """The issuer and the keys behind one OpenID document's URL."""

    def __init__(self, url: str, fetch: httpx.AsyncClient, clock: Callable[[], float]) -> None:
        self.url = url
        self.issuer: str | None = None
        self.keys: list[Key] = []
        self.problem: str | None = None
        self._by_id: dict[str, list[Key]] = {}
        self._fetch = fetch
        self._clock = clock
        self._pulled_at = float("-inf")
        self._retried_at = float("-inf")
        self._pull: asyncio.Task[None] | None = None

    def knows(self, key_id: str | None) -> bool:
        """Whether a token with this `kid` can be checked with what is there; a pull that is due starts in the background."""
        if self.issuer is None:
            return False
        now = self._clock()
        if _is_over(self._pulled_at, LIFETIME, now) and _is_over(self._retried_at, RETRY_INTERVAL, now):
            self._start(now)
        return key_id is None or key_id in self._by_id

    def candidates(self, key_id: str | None) -> list[Key]:
        """The keys with this `kid`; none when no key has it."""
        return self._by_id.get(key_id, []) if key_id is not None else []

    async def refresh(self) -> None:
        """Pull once more if that is allowed now, or wait for the pull that is under way."""
        now = self._clock()
        if self._pull is None:
            if not _is_over(self._retried_at, RETRY_INTERVAL, now):
                return
            if self.issuer is not None:
                self._retried_at = now
            self._start(now)
        if self._pull is not None:
            # shielded: the pull is shared, one caller's hanging up must not end it
            await asyncio.shield(self._pull)

    def _start(self, now: float) -> None:
        if self._pull is None:
            self._pull = asyncio.ensure_future(self._pull_once(now))
            self._pull.add_done_callback(self._finished)

    def _finished(self, _: asyncio.Task[None]) -> None:
        self._pull = None

    async def _pull_once(self, now: float) -> None:
        try:
            document, key_set = await fetch_openid(self.url, self._fetch)
            keys = keys_of_set(key_set, document.issuer)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self.problem = str(error) or type(error).__name__
            self._retried_at = now
            _log.warning("no keys from %s: %s", self.url, self.problem)
            return
        self.issuer, self.keys, self.problem = document.issuer, keys, None
        self._by_id = {}
        for key in keys:
            if key.key_id is not None:
                self._by_id.setdefault(key.key_id, []).append(key)
        self._pulled_at = now


def _is_over(since: float, seconds: float, now: float) -> bool:
    """Whether `seconds` have passed; they have when the clock was set back, as nobody knows how many did."""
    return not since <= now < since + seconds


class KeySources:
    """One KeySource for each URL, shared by all policies of a gateway."""

    def __init__(self, fetch: httpx.AsyncClient, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._sources: dict[str, KeySource] = {}

    def source(self, url: str) -> KeySource:
        """The source behind `url`; the same one every time."""
        if url not in self._sources:
            self._sources[url] = KeySource(url, self._fetch, self._clock)
        return self._sources[url]
