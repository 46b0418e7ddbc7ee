"""Expressions in the gateway: what a caller gets of them."""

from html import escape

import pytest


def answer(expression):
    return f"<return-response><set-body>{escape(expression)}</set-body></return-response>"


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 500), ({"X-Partner": "banned"}, 403), ({"X-Partner": "other"}, 200)]
)
async def test_a_deny_list_stays_closed_where_the_header_is_missing(world, headers, status):
    deny = escape('@("blocked,banned".Contains(context.Request.Headers.GetValueOrDefault("X-Partner")))')
    world.policy(
        f"<choose><when condition='{deny}'><return-response><set-status code='403' /></return-response></when>"
        "</choose>" + answer('@("passed")')
    )
    answered = await world.call(headers=headers)
    assert answered.status_code == status
    assert "passed" not in answered.text or status == 200


async def test_an_exception_tells_the_caller_nothing(world):
    cast = answer('@((int)context.Variables["secret"])')
    world.policy(f"<set-variable name='secret' value='s3cret' />{cast}")
    answered = await world.call()
    assert answered.status_code == 500
    assert "s3cret" not in answered.text
    assert answered.json()["message"] == "Internal server error"


async def test_a_string_in_an_interpolated_string(world):
    expression = '@($"Bearer {(string)context.Variables["token"]}")'
    world.policy(f"<set-variable name='token' value='abc' />{answer(expression)}")
    assert (await world.call()).text == "Bearer abc"


async def test_a_body_is_read_and_forwarded_where_it_is_preserved(world):
    world.operation(method="POST", name="post")
    name = escape('@(context.Request.Body.As<JObject>(preserveContent: true)["name"].ToString())')
    world.policy(f"<set-header name='X-Name'><value>{name}</value></set-header><base />")
    await world.call(method="POST", json={"name": "n"})
    assert world.received[0].headers["x-name"] == "n"
    assert world.received[0].content == b'{"name":"n"}'


async def test_the_context_names_the_deployment_and_the_url(world):
    world.policy(
        answer("@(context.Deployment.GatewayId + context.Request.Url.Path + context.Request.OriginalUrl.Scheme)")
    )
    assert (await world.call()).text.startswith("managed/")


async def test_an_endless_loop_ends_in_an_error(world):
    world.policy(answer("@{ while (true) { } return 1; }"))
    assert (await world.call()).status_code == 500
