"""The gateway's own cache: in memory, forgotten when the gateway stops."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

MOST_ENTRIES = 10_000
"""Entries that are kept; the least recently used goes first."""


class Cache:
    """Values under keys, each until its time is over."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, Any]] = OrderedDict()

    def get(self, key: str) -> Any:
        """The value under `key`, None when there is none any more."""
        until, value = self._entries.get(key, (0.0, None))
        if until <= self._clock():
            self._entries.pop(key, None)
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: str, value: Any, seconds: int) -> None:
        """Keep `value` for so long."""
        self._entries[key] = (self._clock() + seconds, value)
        self._entries.move_to_end(key)
        if len(self._entries) > MOST_ENTRIES:
            self._entries.popitem(last=False)

    def remove(self, key: str) -> None:
        """Forget what is under `key`."""
        self._entries.pop(key, None)
