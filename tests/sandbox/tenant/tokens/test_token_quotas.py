import pytest

HOUR = 1_779_998_400
"""The hour that the tests' clock is in, in UTC; it is the seventeenth of its day."""


@pytest.fixture
def at(world):
    """Set the clock to so many seconds after the hour began."""

    def set_clock(seconds):
        world.clock.now = HOUR + seconds

    return set_clock


def quota(**limits):
    return {"token_quota": {"client_credentials": limits}}


async def test_a_client_without_a_quota_is_told_nothing(world):
    response = await world.machine_token()
    assert (response.status_code, "auth0-client-quota-limit" in response.headers) == (200, False)


async def test_an_answer_says_what_is_left_of_each_quota(world, at):
    world.client(**quota(per_hour=10, per_day=50))
    at(60)
    for left in (9, 8):
        response = await world.machine_token()
        day = 86400 - (HOUR + 60) % 86400
        assert response.headers["auth0-client-quota-limit"] == (
            f"b=per_hour;q=10;r={left};t=3540,b=per_day;q=50;r={left + 40};t={day}"
        )


async def test_an_enforced_quota_refuses_until_the_next_hour(world, at):
    world.client(**quota(per_hour=2))
    at(600)
    assert [(await world.machine_token()).status_code for _ in range(2)] == [200, 200]
    refused = await world.machine_token()
    assert (refused.status_code, refused.json()) == (
        429,
        {"error": "too_many_requests", "error_description": "Client quota exceeded"},
    )
    told = (
        "auth0-client-quota-limit",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "retry-after",
    )
    assert [refused.headers[name] for name in told] == [
        "b=per_hour;q=2;r=0;t=3000",
        "2",
        "0",
        str(HOUR + 3600),
        "3000",
    ]
    at(3600)
    assert (await world.machine_token()).headers["auth0-client-quota-limit"] == "b=per_hour;q=2;r=1;t=3600"


async def test_a_day_ends_at_midnight_and_not_with_the_hour(world, at):
    world.client(**quota(per_hour=9, per_day=1))
    at(0)
    await world.machine_token()
    at(3600)
    refused = await world.machine_token()
    until_midnight = 86400 - (HOUR + 3600) % 86400
    assert (refused.status_code, refused.headers["retry-after"]) == (429, str(until_midnight))
    at(3600 + until_midnight)
    assert (await world.machine_token()).status_code == 200


async def test_a_quota_that_is_not_enforced_stops_nobody(world, at):
    world.client(**quota(per_hour=1, enforce=False))
    at(0)
    answers = [await world.machine_token() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[2].headers["auth0-client-quota-limit"] == "b=per_hour;q=1;r=0;t=3600"


async def test_the_tenants_default_is_for_clients_without_a_quota_of_their_own(world, at):
    at(0)
    world.settings(default_token_quota={"clients": {"client_credentials": {"per_day": 1}}})
    assert [(await world.machine_token()).status_code for _ in range(2)] == [200, 429]
    world.client(**quota(per_hour=5))
    assert (await world.machine_token()).headers["auth0-client-quota-limit"] == "b=per_hour;q=5;r=4;t=3600"


async def test_a_request_that_is_refused_uses_nothing_up(world, at):
    world.client(**quota(per_hour=1))
    at(0)
    assert (await world.machine_token(scope="never")).status_code == 403
    assert (await world.machine_token()).status_code == 200


async def test_a_removed_client_leaves_no_count(world, at):
    world.client(**quota(per_hour=1))
    at(0)
    await world.machine_token()
    world.tenant.delete_client("machine")
    assert list(world.tenant.token_counts) == []
