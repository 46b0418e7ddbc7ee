"""`azure-openai-token-limit` and `llm-token-limit`: tokens of language models, counted by key.

What is counted is what the answers say that was used. A prompt whose estimate does not fit any more is refused before it is sent, where
prompts are estimated; otherwise the call that goes beyond the limit is answered, and the next one refused.
"""

from auth0_apim_sandbox.apim.gateway.calls.bodies import read_request_body
from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure
from auth0_apim_sandbox.apim.gateway.calls.language_models import ask_for_plain_answer, estimated, usage_of
from auth0_apim_sandbox.apim.gateway.state.counters import Counters, FixedWindow, SlidingWindow, Window
from auth0_apim_sandbox.apim.gateway.steps.limits.calls import whole_seconds
from auth0_apim_sandbox.apim.gateway.steps.values import flag_of, number_of, text_of
from auth0_apim_sandbox.apim.policies.markup import Node

_MINUTE = 60
_PERIODS = {"Hourly": 3600, "Daily": 86400, "Weekly": 604800, "Monthly": 2592000, "Yearly": 31536000}
"""Seconds of a quota's period, which begins with its first call; months have 30 days."""


class TokenLimit:
    """One limiting policy, compiled."""

    def __init__(self, node: Node, counters: Counters) -> None:
        self._attributes, self._counters = node.attributes, counters
        self._key, self._name = text_of(node.attributes["counter-key"]), node.name
        self._estimates = flag_of(node, "estimate-prompt-tokens", default=False)
        self._rate = number_of(node, "tokens-per-minute", 0) if "tokens-per-minute" in node.attributes else None
        self._quota = number_of(node, "token-quota", 0) if "token-quota" in node.attributes else None
        self._period = _PERIODS.get(node.attributes.get("token-quota-period", ""), 0)

    async def __call__(self, context: Context) -> None:
        """Refuse the call, or have its tokens counted when it is answered."""
        key, now = self._key(context), self._counters.clock()
        body = await read_request_body(context)
        prompt = estimated(body) if self._estimates(context) else 0
        limits: list[tuple[Window, int, bool]] = []
        if self._rate is not None:
            window = self._counters.window(f"{self._name} rate", key, lambda: SlidingWindow(_MINUTE))
            limits.append((window, self._rate(context), False))
        if self._quota is not None:
            policy = f"{self._name} quota {self._period}"
            window = self._counters.window(policy, key, lambda: FixedWindow(self._period))
            limits.append((window, self._quota(context), True))
        for window, most, is_quota in limits:
            if window.used(now) >= most or window.used(now) + prompt > most:
                raise self._refusal(context, whole_seconds(window.renews(now) - now), is_quota=is_quota)
            self._tell_remaining(context, most - window.used(now), is_quota=is_quota)
        if name := self._attributes.get("tokens-consumed-variable-name"):
            context.variables[name] = prompt
        ask_for_plain_answer(context)
        context.before_answer.append(lambda done: self._count(done, limits))

    def _count(self, context: Context, limits: list[tuple[Window, int, bool]]) -> None:
        usage = usage_of(context)
        if usage is None:
            return
        now = self._counters.clock()
        for window, most, is_quota in limits:
            window.add(now, usage.total)
            self._tell_remaining(context, max(0, most - window.used(now)), is_quota=is_quota)
        self._tell(context, "tokens-consumed", usage.total)

    def _tell_remaining(self, context: Context, number: int, *, is_quota: bool) -> None:
        self._tell(context, "remaining-quota-tokens" if is_quota else "remaining-tokens", number)

    def _tell(self, context: Context, what: str, number: int) -> None:
        if name := self._attributes.get(f"{what}-header-name"):
            context.final_headers.append((name, str(number)))
        if name := self._attributes.get(f"{what}-variable-name"):
            context.variables[name] = number

    def _refusal(self, context: Context, seconds: int, *, is_quota: bool) -> PolicyFailure:
        if name := self._attributes.get("retry-after-variable-name"):
            context.variables[name] = seconds
        headers = {self._attributes.get("retry-after-header-name", "Retry-After"): str(seconds)}
        if is_quota:
            return PolicyFailure(403, "TokenQuotaExceeded", "Token quota is exceeded.", headers=headers)
        message = f"Token limit is exceeded. Try again in {seconds} seconds."
        return PolicyFailure(429, "TokenLimitExceeded", message, headers=headers)
