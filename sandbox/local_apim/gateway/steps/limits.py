"""`rate-limit`, `rate-limit-by-key`, `quota` and `quota-by-key` at run time.

Calls are counted in windows that start with the first call under a key. A key of `…-by-key` has one counter in all places where the
policy stands, as the vendor documents it; `rate-limit` and `quota` count by subscription, each place for itself, and let calls
without a subscription key pass.
"""

from collections.abc import Callable
from dataclasses import dataclass

from local_apim.gateway.context import Context, PolicyFailure
from local_apim.gateway.steps.values import flag_of, number_of, text_of
from local_apim.policies.markup import Node

_MANY = 10_000


@dataclass
class _Window:
    ends: float
    calls: int


class Counters:
    """Calls counted under keys, each in its own window; kept while the gateway runs, across changes of policies."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}
        self._most = _MANY

    def window(self, policy: str, key: str, seconds: int) -> "_Window":
        """The current window of `key` for `policy`; 0 seconds: one that never ends."""
        now = self._clock()
        window = self._windows.get((policy, key))
        if window is None or now >= window.ends:
            if len(self._windows) >= self._most:
                self._windows = {name: kept for name, kept in self._windows.items() if kept.ends > now}
                # as many again before the next look, so that callers with ever new keys do not buy one each
                self._most = max(_MANY, 2 * len(self._windows))
            window = _Window(now + seconds if seconds else float("inf"), 0)
            self._windows[(policy, key)] = window
        return window

    def seconds_left(self, window: "_Window") -> int:
        """Whole seconds until `window` ends, at least 1."""
        return max(1, int(min(window.ends - self._clock(), 2**31) + 0.999))


class Limit:
    """One limiting policy, compiled.

    Args:
        node: the element.
        place: where it stands.
        counters: the gateway's counters.
    """

    def __init__(self, node: Node, place: str, counters: Counters) -> None:
        by_key = node.name.endswith("-by-key")
        self._identity = node.name if by_key else place
        self._counters = counters
        self._attributes = node.attributes
        self._is_quota = node.name.startswith("quota")
        self._calls = number_of(node, "calls", 1)
        self._period = number_of(node, "renewal-period", 60)
        self._key: Callable[[Context], str | None] = (
            text_of(node.attributes["counter-key"]) if by_key else _subscription_id
        )
        self._increment = number_of(node, "increment-count", 1)
        self._condition = (
            flag_of(node, "increment-condition", default=True) if "increment-condition" in node.attributes else None
        )

    def __call__(self, context: Context) -> None:
        """Count the call, or refuse it."""
        key = self._key(context)
        if key is None:
            return
        calls, period = self._calls(context), self._period(context)
        window = self._counters.window(f"{self._identity} {period}", key, period)
        if window.calls >= calls:
            raise self._refusal(context, self._counters.seconds_left(window))
        if self._condition is None:
            window.calls += self._increment(context)
        else:
            context.before_answer.append(lambda done: self._count_if(done, window))
        self._tell(context, "remaining-calls", max(0, calls - window.calls))
        if name := self._attributes.get("total-calls-header-name"):
            context.final_headers.append((name, str(calls)))

    def _count_if(self, context: Context, window: _Window) -> None:
        if self._condition is not None and self._condition(context):
            window.calls += self._increment(context)

    def _tell(self, context: Context, what: str, number: int) -> None:
        if name := self._attributes.get(f"{what}-header-name"):
            context.final_headers.append((name, str(number)))
        if name := self._attributes.get(f"{what}-variable-name"):
            context.variables[name] = number

    def _refusal(self, context: Context, seconds: int) -> PolicyFailure:
        if name := self._attributes.get("retry-after-variable-name"):
            context.variables[name] = seconds
        headers = {self._attributes.get("retry-after-header-name", "Retry-After"): str(seconds)}
        if self._is_quota:
            clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            message = f"Out of call volume quota. Quota will be replenished in {clock}."
            return PolicyFailure(403, "QuotaExceeded", message, headers=headers)
        message = f"Rate limit is exceeded. Try again in {seconds} seconds."
        return PolicyFailure(429, "RateLimitExceeded", message, headers=headers)


def _subscription_id(context: Context) -> str | None:
    return context.subscription.id if context.subscription else None
