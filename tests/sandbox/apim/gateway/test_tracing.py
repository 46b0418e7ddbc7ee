"""Debug credentials and traces, by the header that the vendor documents."""

import pytest
from auth0_apim_sandbox.apim.tracing import Tracing


@pytest.fixture
def traced(guarded):
    """Calls `GET /calc/add` with credentials; answers the answer and its trace."""
    tracing = Tracing(guarded.store, guarded.service)

    async def calling(token=None, api="calc", ends=60, credentials=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers["Apim-Debug-Authorization"] = credentials or tracing.issue(api, guarded.now + ends)
        answer = await guarded.call(headers=headers)
        return answer, tracing.find(answer.headers.get("apim-trace-id", ""))

    return calling


async def test_a_trace_says_which_policies_ran_and_where_they_stand(guarded, traced):
    answer, trace = await traced(guarded.token())
    assert (answer.status_code, answer.text) == (200, "passed")
    assert trace["serviceName"] == "calc-apim"
    ran = [(entry["source"], entry["data"].get("path")) for entry in trace["traceEntries"]["inbound"]]
    assert ran == [("validate-jwt", "validate-jwt[1]"), ("return-response", "return-response[1]")]
    assert trace["traceEntries"]["outbound"][-1]["data"] == {"status": 200}


async def test_a_trace_says_what_refused_and_why_and_holds_no_token(guarded, traced):
    token = guarded.token(aud="another-api")
    answer, trace = await traced(token)
    assert answer.status_code == 401
    [refusal] = trace["traceEntries"]["inbound"]
    assert refusal["source"] == "validate-jwt"
    assert refusal["data"]["reason"] == "TokenAudienceNotAllowed"
    assert (refusal["data"]["path"], refusal["data"]["status"]) == ("validate-jwt[1]", 401)
    assert token not in str(trace)


async def test_credentials_reach_neither_policies_nor_the_backend(world):
    world.policy(
        "<set-header name='X-Seen'><value>@(context.Request.Headers.ContainsKey(\"Apim-Debug-Authorization\").ToString())</value></set-header><base />"
    )
    await world.call(headers={"Apim-Debug-Authorization": "made up"})
    assert world.received[0].headers["x-seen"] == "False"
    assert "apim-debug-authorization" not in world.received[0].headers


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({"ends": 0}, "Apim-Debug-Authorization-Expired"),
        ({"api": "other"}, "Apim-Debug-Authorization-WrongAPI"),
        ({"credentials": "aid=calc&p=tracing&ex=2999-01-01T00:00:00Z&sn=made-up"}, "Apim-Debug-Authorization-Invalid"),
        ({"credentials": "nonsense"}, "Apim-Debug-Authorization-Invalid"),
    ],
)
async def test_a_call_with_other_credentials_is_answered_as_ever_and_not_traced(guarded, traced, options, header):
    answer, trace = await traced(guarded.token(), **options)
    assert (answer.status_code, trace) == (200, None)
    assert header in answer.headers
    assert "apim-trace-id" not in answer.headers


async def test_a_call_without_credentials_is_not_traced(guarded):
    answer = await guarded.call()
    assert "apim-trace-id" not in answer.headers


def test_the_oldest_traces_go(guarded):
    tracing = Tracing(guarded.store, guarded.service)
    ids = [tracing.keep({"traceEntries": {}}) for _ in range(101)]
    assert [tracing.find(each) is None for each in (ids[0], ids[1], ids[-1])] == [True, False, False]
