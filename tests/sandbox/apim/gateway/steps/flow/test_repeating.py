"""retry, wait and limit-concurrency."""

import asyncio

import httpx
import pytest

RETRY = "<retry condition='@(context.Response.StatusCode == 500)' count='3' interval='{}' {}><forward-request buffer-request-body='true' /></retry>"


@pytest.fixture
def waits(monkeypatch):
    """The seconds that were waited."""
    waited = []
    sleep = asyncio.sleep

    async def record(seconds):
        waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr("auth0_apim_sandbox.apim.gateway.steps.flow.repeating.asyncio.sleep", record)
    return waited


def failing(world, times):
    world.backend = lambda _: httpx.Response(500 if len(world.received) <= times else 200, text="done")


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [("", [2, 2, 2]), ("first-fast-retry='true'", [2, 2]), ("delta='3'", [2, 5, 8])],
)
async def test_the_backend_is_asked_again_after_these_seconds(world, waits, attributes, expected):
    world.operation(method="POST", name="post")
    failing(world, 9)
    world.policy("<base />", backend=RETRY.format(2, attributes))
    assert (await world.call(method="POST", content=b"body")).status_code == 500
    assert world.bodies == [b"body"] * 4
    assert waits == expected


async def test_waits_grow_exponentially_up_to_the_longest(world, waits):
    failing(world, 9)
    world.policy("<base />", backend=RETRY.format(2, "delta='10' max-interval='20'"))
    await world.call()
    assert waits[0] == 2
    assert 10 <= waits[1] <= 14
    assert waits[2] == 20


async def test_retries_end_when_the_condition_is_false(world, waits):
    failing(world, 1)
    world.policy("<base />", backend=RETRY.format(1, ""))
    answer = await world.call()
    assert (answer.status_code, answer.text, len(world.received)) == (200, "done", 2)


async def test_a_body_that_was_sent_on_unbuffered_is_not_sent_again_empty(world, waits):
    world.operation(method="POST", name="post")
    failing(world, 9)
    world.policy("<base />", backend=RETRY.format(1, "").replace(" buffer-request-body='true'", ""))
    await world.call(method="POST", content=b"body")
    assert world.bodies == [b"body"]


SEND = "<send-request response-variable-name='{0}'><set-url>https://{0}.example/</set-url></send-request>"


async def test_wait_runs_its_policies_at_the_same_time(world):
    arrived = asyncio.Event()

    async def second_first(name):
        if name == "one":
            await arrived.wait()
        arrived.set()
        return httpx.Response(200, text=name)

    for name in ("one", "two"):
        world.documents[f"https://{name}.example/"] = lambda _, name=name: second_first(name)
    shown = "<return-response response-variable-name='one' />"
    world.policy(f"<wait for='all'>{SEND.format('one')}{SEND.format('two')}</wait>{shown}")
    assert (await asyncio.wait_for(world.call(), 5)).text == "one"


async def test_wait_for_any_ends_with_the_first(world):
    async def never(_):
        await asyncio.Event().wait()

    world.documents["https://one.example/"] = never
    world.documents["https://two.example/"] = lambda _: httpx.Response(200, text="two")
    shown = "<return-response response-variable-name='two' />"
    world.policy(f"<wait for='any'>{SEND.format('one')}{SEND.format('two')}</wait>{shown}")
    assert (await asyncio.wait_for(world.call(), 5)).text == "two"


async def test_calls_beyond_the_limit_fail_at_once(world):
    going, entered = asyncio.Event(), asyncio.Event()

    async def slow():
        entered.set()
        await going.wait()
        return httpx.Response(200)

    world.backend = lambda _: slow()
    world.policy("<base />", backend="<limit-concurrency key='k' max-count='1'><forward-request /></limit-concurrency>")
    first = asyncio.ensure_future(world.call())
    await entered.wait()
    assert (await world.call()).status_code == 429
    going.set()
    assert (await first).status_code == 200
    assert (await world.call()).status_code == 200
