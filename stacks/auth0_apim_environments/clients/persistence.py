"""HTTP that does not give up at once: rate limits, conflicts with what is under way, and services that stumble."""

import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx

_STUMBLES = {409, 412, 423, 500, 502, 503, 504}
_TRIES = 6
_LONGEST_WAIT = 60.0


class PersistentTransport(httpx.BaseTransport):
    """Sends a request again after a refusal that passes by itself.

    429 waits as long as the service says (`Retry-After`, or Auth0's `X-RateLimit-Reset` in epoch seconds); 409, 412, 423
    and server errors wait twice as long each time. Meant for reads and deletes, which may be repeated.

    Args:
        transport: sends each request.
        sleep: waits for seconds, `time.sleep` when absent; another one in tests.
    """

    def __init__(self, transport: httpx.BaseTransport, sleep: Callable[[float], None] | None = None) -> None:
        self._transport = transport
        self._sleep = sleep or time.sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, or the last refusal."""
        for attempt in range(1, _TRIES):
            wait = self._wait_after(request, attempt)
            if isinstance(wait, httpx.Response):
                return wait
            self._sleep(wait)
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _wait_after(self, request: httpx.Request, attempt: int) -> httpx.Response | float:
        backoff: float = min(0.25 * 2**attempt, _LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        try:
            response: httpx.Response = self._transport.handle_request(request)
        except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError, httpx.TimeoutException):
            return backoff
        if response.status_code == 429:
            response.close()
            return min(_announced_wait(response.headers, backoff), _LONGEST_WAIT)
        if response.status_code in _STUMBLES:
            response.close()
            return backoff
        return response


def _announced_wait(headers: httpx.Headers, otherwise: float) -> float:
    retry_after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if retry_after.isdigit():
        return float(retry_after)
    if retry_after:
        try:
            return max(parsedate_to_datetime(retry_after).timestamp() - time.time(), 0)
        except ValueError:
            return otherwise
    return max(float(reset) - time.time(), 0.1) if reset.isdigit() else otherwise
