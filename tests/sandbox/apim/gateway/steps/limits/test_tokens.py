"""llm-token-limit and azure-openai-token-limit."""

import httpx
import pytest

KEY = "@(context.Request.Headers.GetValueOrDefault(&quot;Authorization&quot;,&quot;&quot;).AsJwt()?.Subject)"
LIMIT = "<{} counter-key='{}' estimate-prompt-tokens='{}' {} />"
NAMES = "remaining-tokens-header-name='X-Left' tokens-consumed-header-name='X-Used' remaining-quota-tokens-header-name='X-Quota'"


@pytest.fixture(params=["llm-token-limit", "azure-openai-token-limit"])
def model(request, world):
    world.operation(method="POST", name="post")
    usage = {"prompt_tokens": 30, "completion_tokens": 30, "total_tokens": 60}
    world.backend = lambda _: httpx.Response(200, json={"usage": usage})
    world.limit = lambda more, estimates="false": world.policy(
        "<base />" + LIMIT.format(request.param, KEY, estimates, f"{more} {NAMES}")
    )
    return world


async def ask(world, who="a", content=b"{}"):
    headers = {"Authorization": f"Bearer {world.token(sub=who)}"}
    return await world.call(method="POST", content=content, headers=headers)


async def test_tokens_are_counted_by_a_claim_from_the_answers_usage(model):
    model.limit("tokens-per-minute='100'")
    first, second, third = [await ask(model) for _ in range(3)]
    assert [answer.status_code for answer in (first, second, third)] == [200, 200, 429]
    assert [answer.headers["x-used"] for answer in (first, second)] == ["60", "60"]
    assert [answer.headers["x-left"] for answer in (first, second)] == ["40", "0"]
    assert third.headers["retry-after"] == "60"
    assert (await ask(model, "b")).status_code == 200
    model.now += 60
    assert (await ask(model)).status_code == 200


async def test_a_quota_is_renewed_after_its_period(model):
    model.limit("token-quota='60' token-quota-period='Hourly' retry-after-header-name='X-Wait'")
    assert (await ask(model)).headers["x-quota"] == "0"
    refused = await ask(model)
    assert (refused.status_code, refused.headers["x-wait"]) == (403, "3600")
    model.now += 3600
    assert (await ask(model)).status_code == 200


async def test_a_prompt_that_does_not_fit_is_refused_before_it_is_sent(model):
    model.limit("tokens-per-minute='10'", "true")
    assert (await ask(model, content=b"x" * 41)).status_code == 429
    assert model.received == []
    assert (await ask(model, content=b"x" * 40)).status_code == 200
    assert model.bodies == [b"x" * 40]


async def test_a_streamed_answer_counts_what_its_last_event_says(model):
    events = 'data: {"choices": []}\n\ndata: {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}\n\ndata: [DONE]\n\n'
    headers = {"Content-Type": "text/event-stream"}
    model.backend = lambda _: httpx.Response(200, text=events, headers=headers)
    model.limit("tokens-per-minute='100'")
    assert (await ask(model)).headers["x-used"] == "3"
    model.backend = lambda _: httpx.Response(200, text="data: {}\n\n", headers=headers)
    model.limit("tokens-per-minute='100'", "true")
    assert (await ask(model, "c", b"x" * 8)).headers["x-used"] == "5"


async def test_failed_calls_count_nothing(model):
    model.backend = lambda _: httpx.Response(500, json={"usage": {"total_tokens": 1000}})
    model.limit("tokens-per-minute='100'")
    assert [(await ask(model)).status_code for _ in range(3)] == [500] * 3


async def test_variables_tell_the_same(model):
    model.limit(
        "tokens-per-minute='100' remaining-tokens-variable-name='left' tokens-consumed-variable-name='used' "
        "retry-after-variable-name='wait'"
    )
    told = "<set-header name='X-Told'><value>@(context.Variables[&quot;{}&quot;].ToString())</value></set-header>"
    text = model.store.collection("arm.resources")
    key = f"{model.service}/apis/calc/policies/policy".lower()
    value = text[key]["properties"]["value"].replace(
        "</inbound>", told.format("left") + told.format("used").replace("X-Told", "X-Said") + "</inbound>"
    )
    model.put("apis/calc/policies/policy", value=value, format="xml")
    await ask(model)
    assert model.received[0].headers["x-told"] == "100"
    assert model.received[0].headers["x-said"] == "0"


async def test_a_caller_does_not_hide_the_usage_in_a_coding(model):
    model.limit("tokens-per-minute='100'")
    headers = {"Authorization": f"Bearer {model.token(sub='a')}", "Accept-Encoding": "br"}
    await model.call(method="POST", content=b"{}", headers=headers)
    assert model.received[0].headers["accept-encoding"] == "identity"
    model.backend = lambda _: httpx.Response(
        200, stream=httpx.ByteStream(b"x" * 38), headers={"Content-Encoding": "zz"}
    )
    assert (await ask(model, "d")).headers["x-used"] == "11"


async def test_the_prompt_of_a_streamed_answer_is_estimated_whatever_the_policy_says(model):
    model.backend = lambda _: httpx.Response(200, text="data: {}\n\n", headers={"Content-Type": "text/event-stream"})
    model.limit("tokens-per-minute='100'")
    assert (await ask(model, content=b"x" * 400)).headers["x-used"] == "103"
