from datetime import timedelta

import pytest
from auth0_apim_sandbox.apim.tracing import Tracing

CREDENTIALS = "gateways/managed/listDebugCredentials"


def body(arm, **changes):
    return {"apiId": f"{arm.service}/apis/calc", "purposes": ["tracing"], **changes}


async def test_credentials_are_for_one_api_and_a_while(arm, store, clock):
    await arm.calculator()
    answer = await arm.post(CREDENTIALS, body=body(arm, credentialsExpireAfter="PT30M"))
    assert answer.status_code == 200, answer.text
    token, tracing = answer.json()["token"], Tracing(store, arm.service)
    assert token.startswith("aid=calc&p=tracing&ex=")
    lasts = timedelta(minutes=30).total_seconds()
    assert tracing.refusal(token, "calc", clock.now + lasts - 1) is None
    assert tracing.refusal(token, "calc", clock.now + lasts)[0].endswith("-Expired")
    assert tracing.refusal(token, "other", clock.now)[0].endswith("-WrongAPI")


@pytest.mark.parametrize(
    "changes",
    [
        {"apiId": "/apis/none"},
        {"credentialsExpireAfter": "PT2H"},
        {"credentialsExpireAfter": "PT"},
        {"credentialsExpireAfter": "PT0S"},
        {"purposes": []},
        {"purposes": ["other"]},
    ],
)
async def test_what_is_wrong_with_the_wish_is_said(arm, changes):
    await arm.calculator()
    answer = await arm.post(CREDENTIALS, body=body(arm, **changes))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ValidationError")


async def test_a_trace_is_read_by_its_id(arm, store):
    trace_id = Tracing(store, arm.service).keep({"serviceName": "apim", "traceEntries": {}})
    answer = await arm.post("gateways/managed/listTrace", body={"traceId": trace_id})
    assert (answer.status_code, answer.json()["serviceName"]) == (200, "apim")
    assert (await arm.post("gateways/managed/listTrace", body={"traceId": "none"})).status_code == 404


async def test_other_gateways_and_actions_are_refused_by_name(arm):
    for path in ("gateways/mine/listTrace", "gateways/managed/listKeys"):
        assert (await arm.post(path, body={})).status_code == 501
    assert (await arm.get("gateways/managed/listTrace")).status_code == 405
