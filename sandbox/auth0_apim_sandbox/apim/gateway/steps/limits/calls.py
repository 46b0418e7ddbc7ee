"""`rate-limit`, `rate-limit-by-key`, `quota` and `quota-by-key` at run time.

Rates count in a window that slides, quotas in one that starts with the first call and is renewed as a whole. A key of `…-by-key` has
one counter in all places where the policy stands, as the vendor documents it; `rate-limit` and `quota` count by subscription, each
place for itself, and let calls without a subscription key pass.
"""

import math
from collections.abc import Callable

from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure
from auth0_apim_sandbox.apim.gateway.state.counters import Counters, FixedWindow, SlidingWindow, Window
from auth0_apim_sandbox.apim.gateway.steps.values import flag_of, number_of, text_of
from auth0_apim_sandbox.apim.policies.markup import Node


class Limit:
    """One limiting policy, compiled.

    Args:
        node: the element.
        position: where it stands.
        counters: the gateway's counters.
    """

    def __init__(self, node: Node, position: str, counters: Counters) -> None:
        by_key = node.name.endswith("-by-key")
        self._identity = node.name if by_key else position
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
        calls, window, now = self._calls(context), self._window(context, key), self._counters.clock()
        if window.used(now) >= calls:
            raise self._refusal(context, whole_seconds(window.renews(now) - now))
        if self._condition is None:
            window.add(now, self._increment(context))
        else:
            context.before_answer.append(lambda done: self._count_if(done, window))
        self._tell(context, "remaining-calls", max(0, calls - window.used(now)))
        if name := self._attributes.get("total-calls-header-name"):
            context.final_headers.append((name, str(calls)))

    def _window(self, context: Context, key: str) -> Window:
        period = self._period(context)
        kind = FixedWindow if self._is_quota else SlidingWindow
        return self._counters.window(f"{self._identity} {period}", key, lambda: kind(period))

    def _count_if(self, context: Context, window: Window) -> None:
        if self._condition is not None and self._condition(context):
            window.add(self._counters.clock(), self._increment(context))

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


def whole_seconds(left: float) -> int:
    """Whole seconds to wait, at least 1."""
    return max(1, math.ceil(min(left, 2**31)))
