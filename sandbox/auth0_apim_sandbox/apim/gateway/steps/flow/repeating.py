"""`retry`, `wait` and `limit-concurrency`."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure, Step
from auth0_apim_sandbox.apim.gateway.state.shared import Shared
from auth0_apim_sandbox.apim.gateway.steps.flow.control import run_steps
from auth0_apim_sandbox.apim.gateway.steps.values import flag_of, number_of, text_of
from auth0_apim_sandbox.apim.policies.markup import Node

_random = random.SystemRandom()


def compile_retry(node: Node, steps: Sequence[Step], prepare: Callable[[Context], Awaitable[None]]) -> Step:
    """`retry`; `prepare` reads what the condition looks into."""
    condition = flag_of(node, "condition", default=False)
    count, wait_of = number_of(node, "count", 1), _waiting_time(node)
    first_fast = flag_of(node, "first-fast-retry", default=False)

    async def retry(context: Context) -> None:
        await run_steps(steps, context)
        for number in range(1, count(context) + 1):
            await prepare(context)
            if not condition(context):
                return
            if number > 1 or not first_fast(context):
                await asyncio.sleep(wait_of(context, number))
            await run_steps(steps, context)

    return retry


def _waiting_time(node: Node) -> Callable[[Context, int], float]:
    """Seconds before a retry: the same every time, growing by `delta`, or growing exponentially up to `max-interval`."""
    interval, delta, longest = (number_of(node, name, 0) for name in ("interval", "delta", "max-interval"))
    grows, is_bounded = "delta" in node.attributes, "max-interval" in node.attributes

    def seconds(context: Context, number: int) -> float:
        if not grows:
            return interval(context)
        if not is_bounded:
            return interval(context) + (number - 1) * delta(context)
        spread: float = _random.uniform(0.8, 1.2) * delta(context)
        return min(float(longest(context)), interval(context) + (2.0 ** (number - 1) - 1) * spread)

    return seconds


def compile_wait(node: Node, steps: Sequence[Step]) -> Step:
    """`wait`: its policies run at the same time; until all of them are done, or the first."""
    wanted = text_of(node.attributes.get("for", "all"))

    async def wait(context: Context) -> None:
        tasks = [asyncio.ensure_future(run_steps([step], context)) for step in steps]
        when = asyncio.FIRST_COMPLETED if wanted(context) == "any" else asyncio.FIRST_EXCEPTION
        try:
            done, _ = await asyncio.wait(tasks, return_when=when) if tasks else (set(), set())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    return wait


def compile_limit_concurrency(node: Node, steps: Sequence[Step], shared: Shared) -> Step:
    """`limit-concurrency`: calls beyond `max-count` with the same key fail at once."""
    key, most = text_of(node.attributes["key"]), int(node.attributes["max-count"])

    async def limited(context: Context) -> None:
        name = key(context)
        if shared.running.get(name, 0) >= most:
            raise PolicyFailure(429, "ConcurrencyLimitExceeded", "Rate limit is exceeded. Try again later.")
        shared.running[name] = shared.running.get(name, 0) + 1
        try:
            await run_steps(steps, context)
        finally:
            shared.running[name] -= 1
            if not shared.running[name]:
                del shared.running[name]

    return limited
