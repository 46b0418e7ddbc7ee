"""Time: timestamps as the Management API writes and reads them, and values that are remembered for a while."""

from collections.abc import Callable, Hashable
from datetime import datetime, timezone
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def iso_timestamp(seconds: float) -> str:
    """`seconds` since the epoch as ISO 8601 in UTC with milliseconds and a `Z`, such as 2026-11-23T21:09:00.000Z."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_timestamp(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 time; one without an offset is in UTC.

    Raises:
        ValueError: the text is not such a time.
    """
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


class ExpiringMap(Generic[K, V]):
    """A bounded mapping whose entries vanish after `lifetime` seconds.

    When `limit` entries are in it, the oldest one gives way, so that strangers cannot fill the memory.
    """

    def __init__(self, clock: Callable[[], float], lifetime: float, limit: int = 10_000) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._limit = limit
        self._entries: dict[K, tuple[float, V]] = {}

    def put(self, key: K, value: V) -> None:
        """Remember `value` under `key`, from now on for the whole lifetime."""
        self._entries.pop(key, None)
        self._drop_old()
        self._entries[key] = (self._clock() + self._lifetime, value)

    def get(self, key: K) -> V | None:
        """What is remembered under `key`."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] > self._clock() else None

    def pop(self, key: K) -> V | None:
        """What was remembered under `key`, now forgotten."""
        value = self.get(key)
        self._entries.pop(key, None)
        return value

    def _drop_old(self) -> None:
        while self._entries:
            oldest = next(iter(self._entries))
            if len(self._entries) < self._limit and self._entries[oldest][0] > self._clock():
                return
            del self._entries[oldest]
