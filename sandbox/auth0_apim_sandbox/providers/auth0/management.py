"""A client of Auth0's Management API v2, with the official provider's habits.

https://auth0.com/docs/api/management/v2. Tokens come by client credentials and are kept until they expire; a 429 is waited
out until X-RateLimit-Reset; a gateway's 5xx is tried again three times.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from auth0_apim_sandbox.providers.plugin.errors import ProviderError

RETRIED = frozenset({500, 502, 503, 504, 524})
TRANSIENT_TRIES = 3
RATE_LIMIT_FALLBACK = 5.0
"""Seconds to wait when a 429 does not say until when."""
TOKEN_MARGIN = 60.0
"""Seconds before its expiry at which a token is no longer used."""
MAX_PAGE = 100


class ManagementError(ProviderError):
    """An error answer of the Management API."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Credentials:
    """How to get a Management API token: a client's id and secret, or a token that somebody else got."""

    def __init__(self, client_id: str, client_secret: str, api_token: str | None, audience: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._audience = audience
        self._token = api_token
        self._expires_at = float("inf") if api_token else 0.0
        self._is_given = api_token is not None
        self._lock = asyncio.Lock()

    def give_up(self, token: str) -> bool:
        """Use `token`, which the tenant refused, no more; False where no other can be had.

        The tenant's clock decides, and it may have been set meanwhile, or this machine have slept.
        """
        if self._token == token and not self._is_given:
            self._token = None
        return not self._is_given

    async def token(self, http: httpx.AsyncClient) -> str:
        """A token that is still good."""
        async with self._lock:
            if self._token is None or time.monotonic() >= self._expires_at - TOKEN_MARGIN:
                self._token, self._expires_at = await self._requested(http)
            return self._token

    async def _requested(self, http: httpx.AsyncClient) -> tuple[str, float]:
        request = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "audience": self._audience,
        }
        answer = await _sent(http, "POST", "/oauth/token", json=request)
        if answer.status_code != 200:
            raise ManagementError(
                answer.status_code, f"No Management API token from {http.base_url}: {_reason(answer)}."
            )
        body = answer.json()
        return body["access_token"], time.monotonic() + float(body.get("expires_in", 0))


class Management:
    """The Management API of one tenant."""

    def __init__(self, http: httpx.AsyncClient, credentials: Credentials) -> None:
        self._http = http
        self._credentials = credentials
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def tenant_url(self) -> httpx.URL:
        """The tenant's address."""
        return self._http.base_url

    def lock(self, *path: str) -> asyncio.Lock:
        """The lock of a document that is read and then written whole."""
        return self._locks.setdefault("/".join(path), asyncio.Lock())

    async def get(self, *path: str, **query: Any) -> Any:
        """The document at `path`. Raises ManagementError."""
        return await self.request("GET", *path, query=query)

    async def find(self, *path: str, **query: Any) -> Any:
        """The document at `path`, or None when there is none."""
        try:
            return await self.get(*path, **query)
        except ManagementError as error:
            if error.status == 404:
                return None
            raise

    async def listed(self, field: str, *path: str, **query: Any) -> list[Any]:
        """Every item of a list that is paged by numbers, where `field` is the list's name in a page."""
        items: list[Any] = []
        for page in range(1000):
            answer = await self.get(*path, **query, page=page, per_page=MAX_PAGE, include_totals="true")
            got = answer if isinstance(answer, list) else answer[field]
            items += got
            if isinstance(answer, list) or not got or len(items) >= answer["total"]:
                break
        return items

    async def checkpointed(self, field: str, *path: str, **query: Any) -> list[Any]:
        """Every item of a list that is paged by checkpoints (`from` and `take`)."""
        items: list[Any] = []
        following: str | None = None
        while True:
            cursor = {"from": following} if following else {}
            answer = await self.get(*path, **query, take=MAX_PAGE, **cursor)
            items += answer[field]
            following = answer.get("next")
            if not following:
                return items

    async def delete(self, *path: str, body: Any = None) -> None:
        """Deletes what is at `path`; nothing there is no error."""
        try:
            await self.request("DELETE", *path, body=body)
        except ManagementError as error:
            if error.status != 404:
                raise

    async def request(self, method: str, *path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Sends one request; segments of the path are percent-encoded. Raises ManagementError."""
        url = "/api/v2/" + "/".join(quote(segment, safe="") for segment in path)
        options = {"json": body, "params": dict(query or {})}
        token = await self._credentials.token(self._http)
        answer = await _sent(self._http, method, url, headers={"Authorization": f"Bearer {token}"}, **options)
        if answer.status_code == 401 and self._credentials.give_up(token):
            token = await self._credentials.token(self._http)
            answer = await _sent(self._http, method, url, headers={"Authorization": f"Bearer {token}"}, **options)
        if answer.status_code >= 400:
            raise ManagementError(answer.status_code, f"{method} {'/'.join(path)}: {_reason(answer)}")
        return answer.json() if answer.content else None


async def _sent(http: httpx.AsyncClient, method: str, url: str, **options: Any) -> httpx.Response:
    failures = 0
    while True:
        try:
            answer = await http.request(
                method, url, **{name: value for name, value in options.items() if value is not None}
            )
        except httpx.TransportError as error:
            raise ProviderError(
                f"The tenant at {http.base_url} does not answer ({type(error).__name__}); is the sandbox running?"
            ) from None
        if answer.status_code == 429:
            await asyncio.sleep(_seconds_until_reset(answer))
        elif answer.status_code in RETRIED and failures < TRANSIENT_TRIES:
            failures += 1
            await asyncio.sleep(0.1 * 2**failures)
        else:
            return answer


def _seconds_until_reset(answer: httpx.Response) -> float:
    reset = answer.headers.get("X-RateLimit-Reset", "")
    return max(0.0, float(reset) - time.time()) if reset.isdigit() else RATE_LIMIT_FALLBACK


def _reason(answer: httpx.Response) -> str:
    try:
        body = answer.json()
        reason = body.get("message") or body.get("error_description") or body["error"]
    except (ValueError, KeyError, AttributeError):
        reason = answer.reason_phrase
    return f"{answer.status_code} {reason}"
