"""cache-…-value, cache-lookup and cache-store."""

import httpx
import pytest
from auth0_apim_sandbox.apim.gateway.state.cache import MOST_ENTRIES, Cache

SHOW = "<return-response><set-body>@((string)context.Variables.GetValueOrDefault(&quot;v&quot;, &quot;none&quot;))</set-body></return-response>"
LOOKUP = "<cache-lookup-value key='k' variable-name='v' {} />"
STORE = "<cache-store-value key='k' value='kept' duration='60' />"


async def test_a_value_is_kept_for_its_duration(world):
    world.policy(LOOKUP.format("") + STORE + SHOW)
    assert (await world.call()).text == "none"
    world.now += 59
    assert (await world.call()).text == "kept"
    world.policy(LOOKUP.format("") + SHOW)
    world.now += 59
    assert (await world.call()).text == "kept"
    world.now += 1
    assert (await world.call()).text == "none"


async def test_a_value_can_be_removed_and_has_a_default(world):
    world.policy(STORE + LOOKUP.format("") + SHOW)
    assert (await world.call()).text == "kept"
    world.policy(STORE + "<cache-remove-value key='k' />" + LOOKUP.format("default-value='other'") + SHOW)
    assert (await world.call()).text == "other"


def test_the_least_recently_used_entry_goes_first():
    cache = Cache(lambda: 0.0)
    for number in range(MOST_ENTRIES):
        cache.put(str(number), number, 10)
    assert cache.get("0") == 0
    cache.put("new", 1, 10)
    assert (cache.get("0"), cache.get("1"), cache.get("new")) == (0, None, 1)


ATTRIBUTES = "vary-by-developer='false' vary-by-developer-groups='false' {}"


@pytest.fixture
def counting(world):
    world.backend = lambda _: httpx.Response(
        200, text=str(len(world.received)), headers={"X-A": "1", "Set-Cookie": "a=b"}
    )
    return world


def cached(world, attributes="", children="", store="<cache-store duration='60' />"):
    world.policy(
        f"<base /><cache-lookup {ATTRIBUTES.format(attributes)}>{children}</cache-lookup>", outbound=f"<base />{store}"
    )


async def texts(world, *calls):
    return [(await world.call(path, headers=headers)).text for path, headers in calls]


async def test_an_answer_is_kept_by_path_and_query(counting):
    cached(counting)
    calls = [("/calc/add", {}), ("/calc/add", {}), ("/calc/add?a=1", {}), ("/calc/add?a=1", {})]
    assert await texts(counting, *calls) == ["1", "1", "2", "2"]
    again = await counting.call()
    assert (again.headers["x-a"], again.headers["cache-control"]) == ("1", "no-store")
    assert "set-cookie" not in again.headers
    counting.now += 60
    assert (await counting.call()).text == "3"


async def test_an_answer_is_kept_by_named_headers_and_parameters(counting):
    names = "<vary-by-header>Accept</vary-by-header><vary-by-query-parameter>a;b</vary-by-query-parameter>"
    cached(counting, children=names)
    calls = [
        ("/calc/add?c=1", {"Accept": "x"}),
        ("/calc/add?c=2", {"Accept": "x"}),
        ("/calc/add", {"Accept": "y"}),
        ("/calc/add?b=2", {"Accept": "x"}),
    ]
    assert await texts(counting, *calls) == ["1", "1", "2", "3"]


async def test_answers_to_callers_with_a_token_are_kept_only_where_that_is_asked_for(counting):
    token = {"Authorization": "Bearer a"}
    cached(counting)
    assert await texts(counting, ("/calc/add", token), ("/calc/add", token)) == ["1", "2"]
    assert (await counting.call()).text == "3"
    cached(counting, "allow-private-response-caching='true'", "<vary-by-header>Authorization</vary-by-header>")
    other = {"Authorization": "Bearer b"}
    calls = [("/calc/add", token), ("/calc/add", token), ("/calc/add", other)]
    assert await texts(counting, *calls) == ["4", "4", "5"]


async def test_answers_are_kept_for_each_subscription(counting):
    for name in ("a", "b"):
        secrets = {"primaryKey": name, "secondaryKey": name * 2}
        counting.put(f"subscriptions/{name}", secrets, scope=f"{counting.service}/apis", state="active")
    cached(counting, "", "", "<cache-store duration='60' />")
    counting.policy(
        "<base /><cache-lookup vary-by-developer='true' vary-by-developer-groups='false' />",
        outbound="<cache-store duration='60' />",
    )
    calls = [("/calc/add", {"Ocp-Apim-Subscription-Key": key}) for key in ("a", "aa", "b")]
    assert await texts(counting, *calls) == ["1", "1", "2"]


async def test_only_good_answers_are_kept_and_downstream_caches_are_told(counting):
    counting.backend = lambda _: httpx.Response(500 if len(counting.received) == 1 else 200)
    cached(counting, "downstream-caching-type='public'")
    assert [(await counting.call()).status_code for _ in range(2)] == [500, 200]
    assert (await counting.call()).headers["cache-control"] == "public, max-age=60, must-revalidate"
    cached(
        counting,
        "downstream-caching-type='private' must-revalidate='false'",
        store="<cache-store duration='9' cache-response='true' />",
    )
    counting.now += 60
    assert (await counting.call()).headers["cache-control"] == "private, max-age=9"


async def test_other_methods_than_get_are_not_kept(counting):
    counting.operation(method="POST", name="post")
    cached(counting)
    assert [(await counting.call(method="POST")).text for _ in range(2)] == ["1", "2"]


async def test_a_kept_answer_goes_through_outbound(counting):
    counting.policy(
        f"<base /><cache-lookup {ATTRIBUTES.format('')} /><set-header name='X-Inbound'><value>1</value></set-header>",
        outbound="<cache-store duration='60' /><set-header name='X-Out'><value>1</value></set-header>",
    )
    await counting.call()
    assert (await counting.call()).headers["x-out"] == "1"
    assert len(counting.received) == 1
