"""cors before validate-jwt."""

import httpx
import pytest

ORIGIN = "https://app.example"
CORS = (
    "<cors {}><allowed-origins><origin>https://app.example/</origin></allowed-origins><allowed-methods preflight-result-max-age='300'>"
    "<method>GET</method></allowed-methods><allowed-headers><header>Authorization</header></allowed-headers><expose-headers><header>X-A</header></expose-headers></cors>"
)
WITH_CREDENTIALS = "allow-credentials='true'"
PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization",
}


@pytest.fixture
def shared(world):
    world.policy(f"<base />{CORS.format(WITH_CREDENTIALS)}{world.validate_jwt()}{world.done}")
    return world


def cors_headers(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control")}


async def test_a_preflight_is_answered_without_a_token(shared):
    answer = await shared.call(method="OPTIONS", headers=PREFLIGHT)
    assert (answer.status_code, answer.content) == (200, b"")
    assert cors_headers(answer) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET",
        "access-control-allow-headers": "authorization",
        "access-control-max-age": "300",
    }
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "change",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://app.example"},
        {"Origin": "https://app.example.evil"},
        {"Access-Control-Request-Headers": "authorization, x-other"},
    ],
)
async def test_a_preflight_that_is_not_allowed_gets_an_empty_200(shared, change):
    answer = await shared.call(method="OPTIONS", headers={**PREFLIGHT, **change})
    assert (answer.status_code, answer.content, cors_headers(answer)) == (200, b"", {})


async def test_a_preflight_for_no_operation_is_a_404(shared):
    assert (await shared.call("/calc/nope", "OPTIONS", headers=PREFLIGHT)).status_code == 404
    assert (
        await shared.call(method="OPTIONS", headers={**PREFLIGHT, "Access-Control-Request-Method": "PUT"})
    ).status_code == 404


async def test_without_cors_a_preflight_is_a_404(guarded):
    assert (await guarded.call(method="OPTIONS", headers=PREFLIGHT)).status_code == 404


async def test_answers_to_an_allowed_origin_say_so_refusals_too(shared):
    for headers, status in (({"Authorization": f"Bearer {shared.token()}"}, 200), ({}, 401)):
        answer = await shared.call(headers={"Origin": ORIGIN, **headers})
        assert answer.status_code == status
        assert cors_headers(answer) == {
            "access-control-allow-origin": ORIGIN,
            "access-control-allow-credentials": "true",
            "access-control-expose-headers": "X-A",
        }


async def test_another_origin_gets_an_empty_200_or_goes_on_without_headers(world):
    for terminate, text in (("true", ""), ("false", "passed")):
        world.policy(CORS.format(f"terminate-unmatched-request='{terminate}'") + world.done)
        answer = await world.call(headers={"Origin": "https://evil.example"})
        assert (answer.status_code, answer.text, cors_headers(answer)) == (200, text, {})


async def test_any_origin_is_never_combined_with_credentials(world):
    world.policy(CORS.format("allow-credentials='true'").replace("https://app.example/", "*") + world.done)
    answer = await world.call(headers={"Origin": ORIGIN})
    assert cors_headers(answer) == {"access-control-allow-origin": "*", "access-control-expose-headers": "X-A"}


async def test_a_preflight_is_in_the_context_of_an_open_product(world):
    world.put("products/starter", displayName="Starter", subscriptionRequired=False)
    world.put("products/starter/apis/calc")
    world.policy(CORS.format(""), "products/starter")
    assert cors_headers(await world.call(method="OPTIONS", headers=PREFLIGHT))["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize(
    ("backends", "expected"), [("Accept-Encoding", "Accept-Encoding, Origin"), ("Origin", "Origin")]
)
async def test_an_answer_goes_on_to_vary_by_what_the_backend_says(world, backends, expected):
    world.policy(CORS.format("") + "<base />")
    world.backend = lambda _: httpx.Response(200, headers={"Vary": backends})
    assert (await world.call(headers={"Origin": ORIGIN})).headers["vary"] == expected
