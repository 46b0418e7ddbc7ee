"""What the gateway says of a refused call to the process around it."""

import httpx
import pytest


@pytest.fixture
def refusal(world, monkeypatch):
    """Calls the gateway; answers the status and what it says of the refusal."""
    gateway, said = world.gateway, []

    async def listening(scope, receive, send):
        await gateway(scope, receive, send)
        said.append(scope["refusal"])

    monkeypatch.setattr(world, "gateway", listening)

    async def calling(path="/calc/add", **options):
        answer = await world.call(path, **options)
        return answer.status_code, said[-1]

    return calling


async def test_a_policy_that_refused_is_named_with_its_place_and_its_reason(guarded, refusal):
    place = "validate-jwt (api inbound validate-jwt[1])"
    assert await refusal() == (401, f"{place}: TokenNotPresent")
    secret = guarded.token(aud="another-api")
    status, said = await refusal(headers={"Authorization": f"Bearer {secret}"})
    assert (status, said) == (401, f"{place}: TokenAudienceNotAllowed")
    assert await refusal(headers={"Authorization": f"Bearer {guarded.token()}"}) == (200, None)


async def test_a_policy_that_answers_a_refusal_itself_is_named(world, refusal):
    world.policy("<return-response><set-status code='403' /></return-response>")
    assert await refusal() == (403, "return-response (api inbound return-response[1]): answers 403 itself")


async def test_a_step_before_the_policies_is_named(world, refusal):
    assert await refusal("/nowhere") == (404, "configuration: OperationNotFound")
    world.api(subscriptionRequired=True)
    assert await refusal() == (401, "authorization: SubscriptionKeyNotFound")


async def test_a_refusal_of_the_backend_is_not_the_gateways(world, refusal):
    world.backend = lambda request: httpx.Response(403)
    assert await refusal() == (403, None)
