"""rate-limit-by-key, rate-limit and quotas."""

RATE = "<rate-limit-by-key calls='2' renewal-period='60' counter-key=\"@(context.Request.Headers.GetValueOrDefault(&quot;Authorization&quot;,&quot;&quot;).AsJwt()?.Subject)\" {} />"


async def test_calls_are_limited_by_the_tokens_subject(world):
    world.policy(RATE.format("remaining-calls-header-name='X-Left' total-calls-header-name='X-Total'") + world.done)
    first, second, third = [await world.call_with(world.token()) for _ in range(3)]
    assert [answer.status_code for answer in (first, second, third)] == [200, 200, 429]
    assert [answer.headers["x-left"] for answer in (first, second)] == ["1", "0"]
    assert first.headers["x-total"] == "2"
    assert third.text == '{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 60 seconds." }'
    assert third.headers["retry-after"] == "60"
    assert (await world.call_with(world.token(sub="somebody else"))).status_code == 200


async def test_the_limit_ends_with_its_period(world):
    world.policy(RATE.format("retry-after-header-name='X-Wait'") + world.done)
    for _ in range(2):
        await world.call()
    world.now += 3
    assert (await world.call()).headers["x-wait"] == "57"
    world.now += 57
    assert (await world.call()).status_code == 200


async def test_a_changed_store_does_not_reset_the_counters(world):
    world.policy(RATE.format("") + world.done)
    for _ in range(2):
        await world.call()
    world.put("products/new", displayName="New")
    assert (await world.call()).status_code == 429


async def test_only_calls_that_meet_the_condition_count(world):
    world.policy("<base />" + RATE.format("increment-condition='@(context.Response.StatusCode == 500)'"))
    assert [(await world.call()).status_code for _ in range(4)] == [200] * 4
    world.backend = lambda _: __import__("httpx").Response(500)
    assert [(await world.call()).status_code for _ in range(4)] == [500, 500, 429, 429]


async def test_a_quota_answers_403(world):
    world.policy("<quota-by-key calls='1' renewal-period='3700' counter-key='everybody' />" + world.done)
    await world.call()
    answer = await world.call()
    assert (
        answer.text
        == '{ "statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 01:01:40." }'
    )
    assert answer.headers["retry-after"] == "3700"


async def test_a_key_has_one_counter_wherever_the_policy_stands(world):
    limit = "<rate-limit-by-key calls='3' renewal-period='60' counter-key='everybody' />"
    world.policy(limit, "")
    world.policy(f"<base />{limit}{world.done}")
    assert [(await world.call()).status_code for _ in range(2)] == [200, 429]
    world.policy(f"<base />{limit.replace('60', '61').replace('3', '1')}{world.done}")
    world.now += 60
    assert [(await world.call()).status_code for _ in range(2)] == [200, 429]


async def test_limits_by_subscription_let_calls_without_a_key_pass(world):
    world.put("products/starter", displayName="Starter", subscriptionRequired=False)
    world.put("products/starter/apis/calc")
    world.policy("<quota calls='1' renewal-period='300' />", "products/starter")
    world.policy(f"<base /><rate-limit calls='1' renewal-period='10' />{world.done}")
    assert [(await world.call()).status_code for _ in range(3)] == [200] * 3


async def test_rate_limit_counts_by_subscription(world):
    world.policy("<rate-limit calls='1' renewal-period='10' />" + world.done)
    for name in ("a", "b"):
        world.put(
            f"subscriptions/{name}",
            {"primaryKey": name, "secondaryKey": f"{name}{name}"},
            scope=f"{world.service}/apis",
            state="active",
        )
    for keys, status in (("a", 200), ("aa", 429), ("b", 200)):
        assert (await world.call(headers={"Ocp-Apim-Subscription-Key": keys})).status_code == status


async def test_a_rates_window_slides_and_a_quotas_is_renewed_as_a_whole(world):
    for policy, expected in (("rate-limit-by-key", [200, 200, 200, 429]), ("quota-by-key", [200, 200, 200, 200])):
        world.policy(f"<{policy} calls='2' renewal-period='300' counter-key='everybody' />{world.done}")
        statuses = []
        for pause in (0, 299, 1, 0):
            world.now += pause
            statuses.append((await world.call()).status_code)
        assert statuses == expected


async def test_a_call_may_count_for_several(world):
    limit = "calls='5' renewal-period='60' counter-key='x' increment-count='3' remaining-calls-header-name='X-Left'"
    world.policy(f"<rate-limit-by-key {limit} />{world.done}")
    answers = [await world.call() for _ in range(3)]
    assert [(answer.status_code, answer.headers.get("x-left")) for answer in answers] == [
        (200, "2"),
        (200, "0"),
        (429, None),
    ]
