"""redirect-content-urls and jsonp."""

import httpx
import pytest


async def test_links_to_the_backend_lead_to_the_gateway(world):
    link = "https://backend.example/base/items/1"
    world.backend = lambda _: httpx.Response(201, json={"next": link}, headers={"Location": link})
    world.policy("<base />", outbound="<redirect-content-urls />")
    answer = await world.call()
    expected = "https://gateway.example/calc/items/1"
    assert (answer.json(), answer.headers["location"]) == ({"next": expected}, expected)


async def test_links_to_the_gateway_in_a_request_lead_to_the_backend(world):
    world.operation(method="POST", name="post")
    world.policy("<base /><redirect-content-urls />")
    await world.call(method="POST", content=b"https://gateway.example/calc/items/1")
    assert world.bodies == [b"https://backend.example/base/items/1"]


@pytest.mark.parametrize(
    ("query", "text", "kind"),
    [
        ("?cb=app.take", 'app.take({"a":1});', "application/javascript"),
        ("", '{"a":1}', "application/json"),
        ("?cb=", '{"a":1}', "application/json"),
    ],
)
async def test_an_answer_calls_the_function_that_the_caller_names(world, query, text, kind):
    headers = {"Content-Type": "application/json"}
    world.backend = lambda _: httpx.Response(200, text='{"a":1}', headers=headers)
    world.policy("<base />", outbound="<jsonp callback-parameter-name='cb' />")
    answer = await world.call(f"/calc/add{query}")
    assert (answer.text, answer.headers["content-type"]) == (text, kind)


@pytest.mark.parametrize("callback", ["alert(1)//", "a%3Cb", "1a", "a&cb=b"])
async def test_a_callback_that_is_no_name_is_refused(world, callback):
    world.backend = lambda _: httpx.Response(200, json={})
    world.policy("<base />", outbound="<jsonp callback-parameter-name='cb' />")
    assert (await world.call(f"/calc/add?cb={callback}")).status_code == 400
