"""How many requests the Management API takes in a second, and the headers that say so.

https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy. The default is
far above what one machine sends, so that it is out of the way unless a lower one is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimit:
    """At most `requests` in each window of `seconds`."""

    requests: int = 10_000
    seconds: int = 1


class RequestCounter:
    """Counts the requests of the current window."""

    def __init__(self, limit: RateLimit, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._window = -1
        self._count = 0

    def count(self) -> tuple[bool, dict[str, str]]:
        """Count one request: whether it is within the limit, and the X-RateLimit headers of its answer.

        X-RateLimit-Reset is the end of the window in whole seconds since the epoch, always in the future.
        """
        window = int(self._clock()) // self._limit.seconds
        if window != self._window:
            self._window, self._count = window, 0
        self._count += 1
        headers = {
            "x-ratelimit-limit": str(self._limit.requests),
            "x-ratelimit-remaining": str(max(0, self._limit.requests - self._count)),
            "x-ratelimit-reset": str((window + 1) * self._limit.seconds),
        }
        return self._count <= self._limit.requests, headers
