"""Calls counted in time: in a window that slides, for rates, or in one that is renewed as a whole, for quotas."""

from collections import deque
from collections.abc import Callable

_MANY = 10_000


class SlidingWindow:
    """Counts the calls of the last `seconds`."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._calls: deque[tuple[float, int]] = deque()
        self._total = 0

    def used(self, now: float) -> int:
        """The calls that count now."""
        if self._calls and self._calls[-1][0] > now:  # the clock was set back: as if they had been made just now
            self._calls = deque((min(at, now), calls) for at, calls in self._calls)
        while self._calls and self._calls[0][0] + self._seconds <= now:
            self._total -= self._calls.popleft()[1]
        return self._total

    def add(self, now: float, calls: int) -> None:
        """Count `calls`."""
        self._calls.append((now, calls))
        self._total += calls

    def renews(self, now: float) -> float:
        """When fewer calls will count than do now."""
        return self._calls[0][0] + self._seconds if self.used(now) else now

    def ends(self) -> float:
        """When no call will count any more."""
        return self._calls[-1][0] + self._seconds if self._calls else 0.0


class FixedWindow:
    """Counts calls until `seconds` after the first one, then anew; 0 seconds: never anew."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds or float("inf")
        self._ends = float("-inf")
        self._calls = 0

    def used(self, now: float) -> int:
        """The calls that count now."""
        self._ends = min(self._ends, now + self._seconds)  # the clock may have been set back
        if now >= self._ends:
            self._calls = 0
        return self._calls

    def add(self, now: float, calls: int) -> None:
        """Count `calls`."""
        if now >= self._ends:
            self._ends, self._calls = now + self._seconds, 0
        self._calls += calls

    def renews(self, now: float) -> float:
        """When fewer calls will count than do now."""
        return max(now, self._ends)

    def ends(self) -> float:
        """When no call will count any more."""
        return self._ends


Window = SlidingWindow | FixedWindow


class Counters:
    """Windows under keys; kept while the gateway runs, across changes of policies."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._windows: dict[tuple[str, str], Window] = {}
        self._most = _MANY

    def window(self, policy: str, key: str, make: Callable[[], Window]) -> Window:
        """The window of `key` for `policy`, made by `make` when there is none."""
        window = self._windows.get((policy, key))
        if window is None:
            if len(self._windows) >= self._most:
                self._forget_ended()
            window = self._windows[(policy, key)] = make()
        return window

    def __len__(self) -> int:
        return len(self._windows)

    def _forget_ended(self) -> None:
        now = self.clock()
        self._windows = {name: kept for name, kept in self._windows.items() if kept.ends() > now}
        # as many again before the next look, so that callers with ever new keys do not buy one each
        self._most = max(_MANY, 2 * len(self._windows))
