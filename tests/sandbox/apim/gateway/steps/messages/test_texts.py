"""set-method, set-query-parameter, find-and-replace, and bodies in general."""

import gzip

import httpx
import pytest


async def test_the_backend_gets_another_method(world):
    world.policy("<base /><set-method>PATCH</set-method>")
    await world.call()
    assert world.received[0].method == "PATCH"
    world.policy("<base /><set-method>@(&quot;A B&quot;)</set-method>")
    assert (await world.call()).status_code == 500


@pytest.mark.parametrize(
    ("action", "values", "query", "expected"),
    [
        ("override", ["1&2"], "a=0&b=3&a=9", b"b=3&a=1%262"),
        ("skip", ["1"], "a=0", b"a=0"),
        ("skip", ["1"], "b=0", b"b=0&a=1"),
        ("append", ["1", "2"], "a=0", b"a=0&a=1&a=2"),
        ("delete", [], "a=0&b=3", b"b=3"),
    ],
)
async def test_a_parameter_of_the_query_is_set(world, action, values, query, expected):
    items = "".join(f"<value>{value.replace('&', '&amp;')}</value>" for value in values)
    world.policy(f"<base /><set-query-parameter name='a' exists-action='{action}'>{items}</set-query-parameter>")
    await world.call(f"/calc/add?{query}")
    assert world.received[0].url.query == expected


async def test_texts_are_replaced_in_the_request_and_in_the_answer(world):
    world.operation(method="POST", name="post")
    replace = "<find-and-replace from='{}' to='{}' />"
    world.policy("<base />" + replace.format("cat", "dog"), outbound=replace.format("4", "four"))
    answer = await world.call(method="POST", content=b"a cat")
    assert (world.bodies, answer.text, answer.headers["content-length"]) == ([b"a dog"], "four", "4")
    assert world.received[0].headers["content-length"] == "5"


async def test_a_coded_answer_is_decoded_before_it_is_changed(world):
    headers = {"Content-Encoding": "gzip"}
    world.backend = lambda _: httpx.Response(200, content=gzip.compress(b"a cat"), headers=headers)
    world.policy("<base />", outbound="<find-and-replace from='cat' to='dog' />")
    answer = await world.call()
    assert answer.text == "a dog"
    assert "content-encoding" not in answer.headers


async def test_return_response_starts_from_a_response_in_a_variable(world):
    world.documents["https://s.example/"] = lambda _: httpx.Response(201, text="body", headers={"X-A": "1"})
    send = "<send-request response-variable-name='r'><set-url>https://s.example/</set-url></send-request>"
    world.policy(
        f"{send}<return-response response-variable-name='r'><set-status code='202' />"
        "<set-header name='X-B'><value>2</value></set-header></return-response>"
    )
    answer = await world.call()
    assert (answer.status_code, answer.text, answer.headers["x-a"], answer.headers["x-b"]) == (202, "body", "1", "2")
