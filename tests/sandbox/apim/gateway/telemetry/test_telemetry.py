"""What an Application Insights diagnostic writes down, and what it never does."""

import asyncio
import json
import re

import httpx
import pytest
from auth0_apim_sandbox.apim.gateway.telemetry.telemetry import MOST_WAITING

KEY = "00000000-0000-0000-0000-000000000001"
ENDPOINT = "https://localhost:14307"
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
ALL_SAID = {"headers": ["X-Said"], "body": {"bytes": 5}}


@pytest.fixture
def insights(world):
    """The ingestion endpoint behind the gateway's client: the items that came; `world.ingestion` answers instead when it is set."""
    items = []
    elsewhere = world._answer
    world.ingestion = None

    async def answer(request):
        if request.url.host != "localhost":
            return await elsewhere(request)
        assert str(request.url) == f"{ENDPOINT}/v2.1/track"
        if world.ingestion is not None:
            return await world.ingestion()
        items.extend(json.loads(line) for line in request.content.splitlines())
        return httpx.Response(200, json={"itemsReceived": 1, "itemsAccepted": 1, "errors": []})

    world.gateway._shared.fetch._transport = httpx.MockTransport(answer)
    service = {"id": world.service, "name": "calc-apim", "type": "", "location": "westeurope", "properties": {}}
    world.store.collection("arm.resources").put(world.service.lower(), service)
    world.put(
        "loggers/insights",
        {"credentials": {"connectionString": f"InstrumentationKey={KEY};IngestionEndpoint={ENDPOINT}/"}},
        loggerType="applicationInsights",
    )
    return items


def diagnose(world, place="apis/calc/", **settings):
    world.put(
        f"{place}diagnostics/applicationinsights", loggerId=f"{world.service}/loggers/insights".lower(), **settings
    )


async def delivered(world):
    delivery = world.gateway._telemetry._channel._delivery
    if delivery is not None:
        await delivery


@pytest.fixture
def call(world):
    async def calling(path="/calc/add", **options):
        answer = await world.call(path, **options)
        await delivered(world)
        return answer

    return calling


def kinds(items):
    return [item["data"]["baseType"] for item in items]


def of_kind(items, kind):
    (found,) = [item for item in items if item["data"]["baseType"] == f"{kind}Data"]
    return found


async def test_a_call_is_a_request_and_a_dependency(world, insights, call):
    diagnose(world)
    await call("/calc/add?a=20&b=22")
    assert kinds(insights) == ["RequestData", "RemoteDependencyData"]
    request = insights[0]
    data = request["data"]["baseData"]
    assert (request["name"], request["iKey"], request["sampleRate"]) == (
        "Microsoft.ApplicationInsights.Request",
        KEY,
        100,
    )
    assert (data["ver"], data["name"], data["responseCode"], data["success"]) == (2, "GET /calc/add", "200", True)
    assert data["url"] == "https://gateway.example/calc/add?a=20&b=22"
    assert re.fullmatch(r"00:00:0\d\.\d{6}", data["duration"])
    properties = data["properties"]
    assert re.fullmatch(r"[0-9a-f-]{36}", properties.pop("Request Id"))
    assert properties == {
        "Service Type": "API Management",
        "Service Name": "calc-apim",
        "Region": "westeurope",
        "API Name": "calc",
        "API Revision": "1",
        "API Type": "http",
        "Operation Name": "add",
        "HTTP Method": "GET",
    }
    assert request["tags"]["ai.operation.name"] == "calc;rev=1 - add"
    assert request["tags"]["ai.cloud.role"] == "calc-apim westeurope"
    dependency = insights[1]["data"]["baseData"]
    assert (dependency["name"], dependency["type"], dependency["target"]) == (
        "GET /base/add",
        "Backend",
        "backend.example",
    )
    assert (dependency["data"], dependency["resultCode"], dependency["success"]) == (
        "https://backend.example/base/add?a=20&b=22",
        "200",
        True,
    )
    assert insights[1]["tags"]["ai.operation.id"] == request["tags"]["ai.operation.id"]
    assert insights[1]["tags"]["ai.operation.parentId"] == data["id"]


async def test_without_a_diagnostic_nothing_is_recorded(world, insights, call):
    diagnose(world, "apis/other/")
    assert (await call()).status_code == 200
    assert insights == []


async def test_the_services_diagnostic_is_for_every_api_that_has_none_of_its_own(world, insights, call):
    diagnose(world, "", operationNameFormat="Url")
    await call()
    assert insights[0]["tags"]["ai.operation.name"] == "GET /calc/add"
    insights.clear()
    diagnose(world, sampling={"percentage": 0})
    await call()
    assert insights == []
    await call("/nowhere")
    assert of_kind(insights, "Request")["data"]["baseData"]["responseCode"] == "404"
    assert of_kind(insights, "Exception")["data"]["baseData"]["exceptions"] == [
        {
            "typeName": "OperationNotFound",
            "message": "Unable to match incoming request to an operation.",
            "hasFullStack": False,
        }
    ]


async def test_a_refused_call_is_an_exception_too_and_shows_no_token(world, insights, call):
    world.policy(f"<base />{world.validate_jwt()}{world.done}")
    diagnose(world, frontend={"request": {"headers": ["X-Other"]}})
    token = world.token(exp=1)
    assert (await call(headers={"Authorization": f"Bearer {token}"})).status_code == 401
    assert kinds(insights) == ["RequestData", "ExceptionData"]
    exception = insights[1]["data"]["baseData"]
    assert exception["exceptions"][0]["typeName"] == "TokenExpired"
    assert (exception["properties"]["Source"], exception["properties"]["Section"]) == ("validate-jwt", "inbound")
    assert token not in json.dumps(insights)
    assert token.split(".")[2] not in json.dumps(insights)


async def test_an_error_of_the_backend_is_an_exception_without_a_policy_to_blame(world, insights, call):
    diagnose(world)
    world.backend = lambda _: httpx.Response(503, text="busy")
    await call()
    assert kinds(insights) == ["RequestData", "RemoteDependencyData", "ExceptionData"]
    assert [item["data"]["baseData"].get("success") for item in insights] == [False, False, None]
    assert insights[2]["data"]["baseData"]["exceptions"][0]["typeName"] == "StatusCode503"


async def test_a_backend_that_is_not_there_is_a_dependency_without_a_status(world, insights, call):
    diagnose(world)

    def refuse(request):
        raise httpx.ConnectError("connection refused")

    world.backend = refuse
    assert (await call()).status_code == 500
    assert of_kind(insights, "RemoteDependency")["data"]["baseData"]["resultCode"] == "0"
    assert of_kind(insights, "Exception")["data"]["baseData"]["exceptions"][0]["typeName"] == "BackendConnectionFailure"


async def test_only_the_listed_headers_and_bytes_are_written_down(world, insights, call):
    world.operation(method="POST")
    sides = {"request": ALL_SAID, "response": ALL_SAID}
    diagnose(world, frontend=sides, backend=sides)
    world.backend = lambda _: httpx.Response(200, text="answered", headers={"X-Said": "back", "X-Not": "back"})
    answer = await call(method="POST", content=b"asked for", headers={"X-Said": "there", "X-Not": "there"})
    assert (answer.text, world.bodies) == ("answered", [b"asked for"])
    for kind in ("Request", "RemoteDependency"):
        properties = of_kind(insights, kind)["data"]["baseData"]["properties"]
        assert {name: value for name, value in properties.items() if name.startswith(("Request-", "Response-"))} == {
            "Request-X-Said": "there",
            "Request-Body": "asked",
            "Response-X-Said": "back",
            "Response-Body": "answe",
        }
    assert "X-Not" not in json.dumps(insights)


async def test_hidden_and_masked_headers_and_parameters(world, insights, call):
    masking = {
        "headers": [{"value": "authorization", "mode": "Hide"}, {"value": "X-Said", "mode": "Mask"}],
        "queryParams": [{"value": "access_token", "mode": "Hide"}, {"value": "code", "mode": "Mask"}],
    }
    message = {"request": {"headers": ["Authorization", "X-Said"], "dataMasking": masking}}
    diagnose(world, frontend=message, backend=message)
    headers = {"Authorization": "Bearer hush", "X-Said": "hush"}
    await call("/calc/add?a=1&access_token=hush&Code=hush&acce%73s_token=hush", headers=headers)
    for kind, member in (("Request", "url"), ("RemoteDependency", "data")):
        data = of_kind(insights, kind)["data"]["baseData"]
        assert data[member].endswith("/add?a=1&Code=***")
        assert data["properties"]["Request-X-Said"] == "***"
        assert "Request-Authorization" not in data["properties"]
    assert "hush" not in json.dumps(insights)


async def test_the_backends_own_credentials_are_never_written_down(world, insights, call):
    credentials = {"header": {"X-Said": ["hush"]}, "query": {"code": ["hush"]}}
    world.put("backends/own", url="https://backend.example/base", credentials=credentials)
    world.policy("<base /><set-backend-service backend-id='own' />")
    diagnose(world, backend={"request": {"headers": ["X-Said"]}})
    await call()
    assert world.received[0].headers["X-Said"] == "hush"
    assert world.received[0].url.params["code"] == "hush"
    assert "hush" not in json.dumps(insights)
    assert of_kind(insights, "RemoteDependency")["data"]["baseData"]["data"] == "https://backend.example/base/add"


async def test_the_w3c_protocol_hands_the_callers_operation_on_to_the_backend(world, insights, call):
    diagnose(world, httpCorrelationProtocol="W3C")
    await call(headers={"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "vendor=1"})
    request, dependency = insights
    assert (request["tags"]["ai.operation.id"], request["tags"]["ai.operation.parentId"]) == (TRACE, PARENT)
    sent = world.received[0].headers
    assert sent["traceparent"] == f"00-{TRACE}-{dependency['data']['baseData']['id']}-01"
    assert sent["tracestate"] == "vendor=1"


@pytest.mark.parametrize(
    "given",
    [
        None,
        "nonsense",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01-x",
    ],
)
async def test_a_traceparent_that_is_none_begins_a_new_operation(world, insights, call, given):
    diagnose(world, httpCorrelationProtocol="W3C")
    await call(headers={} if given is None else {"traceparent": given})
    operation = insights[0]["tags"]["ai.operation.id"]
    assert re.fullmatch(r"[0-9a-f]{32}", operation)
    assert (operation == TRACE) == (given == f"00-{TRACE}-{PARENT}-01-x")
    assert world.received[0].headers["traceparent"].startswith(f"00-{operation}-")


async def test_the_legacy_protocol_hands_on_a_request_id_and_none_hands_on_nothing(world, insights, call):
    diagnose(world)
    await call(headers={"Request-Id": "|root.1."})
    assert insights[0]["tags"]["ai.operation.id"] == "root"
    assert insights[0]["tags"]["ai.operation.parentId"] == "|root.1."
    assert re.fullmatch(r"\|root\.[0-9a-f]{16}\.[0-9a-f]{16}\.", world.received[0].headers["Request-Id"])
    diagnose(world, httpCorrelationProtocol="None")
    await call(headers={"Request-Id": "mine"})
    assert world.received[1].headers["Request-Id"] == "mine"
    assert "traceparent" not in world.received[1].headers


async def test_sampling_takes_a_share_and_errors_always_when_asked_for(world, insights, call):
    diagnose(world, sampling={"samplingType": "fixed", "percentage": 0}, alwaysLog="allErrors")
    await call()
    assert insights == []
    await call("/calc/missing")
    assert insights == []  # no operation, so no API's diagnostic
    world.backend = lambda _: httpx.Response(500)
    await call()
    assert [item["sampleRate"] for item in insights] == [100, 100, 100]


async def test_half_of_the_operations_are_written_down_whole(world, insights, call):
    diagnose(world, sampling={"samplingType": "fixed", "percentage": 50}, httpCorrelationProtocol="W3C")
    for number in range(200):
        await call(headers={"traceparent": f"00-{number + 1:032x}-{PARENT}-01"})
    written = [item["tags"]["ai.operation.id"] for item in insights]
    assert 60 < len(set(written)) < 140
    assert all(written.count(operation) == 2 for operation in set(written))
    assert {item["sampleRate"] for item in insights} == {50}
    flags = {request.headers["traceparent"][3:35]: request.headers["traceparent"][-2:] for request in world.received}
    assert {operation for operation, flag in flags.items() if flag == "01"} == set(written)


async def test_verbosity_error_writes_down_failed_calls_only(world, insights, call):
    diagnose(world, verbosity="error")
    await call()
    assert insights == []
    world.backend = lambda _: httpx.Response(400)
    await call()
    assert kinds(insights) == ["RequestData", "RemoteDependencyData", "ExceptionData"]


@pytest.mark.parametrize(("asked", "address"), [(True, "203.0.113.9"), (False, "0.0.0.0")])  # noqa: S104 - nobody\'s address
async def test_the_callers_address_is_written_down_when_asked_for(world, insights, call, asked, address):
    diagnose(world, logClientIp=asked)
    await call()
    assert insights[0]["tags"]["ai.location.ip"] == address


async def test_the_product_and_the_subscription_are_named_and_the_key_is_not(world, insights, call):
    world.api(subscriptionRequired=True)
    world.put("products/starter", displayName="Starter")
    world.put("products/starter/apis/calc")
    world.put("subscriptions/ada", {"primaryKey": "hush"}, scope="/products/starter", state="active", displayName="Ada")
    masking = {"queryParams": [{"value": "subscription-key", "mode": "Hide"}]}
    diagnose(world, frontend={"request": {"dataMasking": masking}})
    assert (await call("/calc/add?subscription-key=hush")).status_code == 200
    properties = insights[0]["data"]["baseData"]["properties"]
    assert (properties["Product Name"], properties["Subscription Name"]) == ("starter", "ada")
    assert "hush" not in json.dumps(insights)


async def test_a_slow_or_broken_endpoint_neither_delays_nor_fails_a_call(world, insights, caplog):
    diagnose(world)
    released = asyncio.Event()

    async def hold():
        await released.wait()
        raise httpx.ReadTimeout("too slow")

    world.ingestion = hold
    assert [(await asyncio.wait_for(world.call(), 5)).status_code for _ in range(3)] == [200, 200, 200]
    released.set()
    await delivered(world)
    assert "telemetry are lost: ReadTimeout" in caplog.text

    async def refuse():
        return httpx.Response(500)

    world.ingestion = refuse
    assert (await world.call()).status_code == 200
    await delivered(world)
    assert "2 items of telemetry were not all taken: status 500" in caplog.text


async def test_of_what_waits_the_newest_is_kept(world, insights):
    channel = world.gateway._telemetry._channel
    channel.put(ENDPOINT, ({"number": number} for number in range(MOST_WAITING + 2)))
    await delivered(world)
    assert [item["number"] for item in insights] == list(range(2, MOST_WAITING + 2))


async def test_a_logger_without_an_endpoint_uses_the_clouds_own(world, insights, call):
    world.put("loggers/insights", {"credentials": {"instrumentationKey": KEY}}, loggerType="applicationInsights")
    diagnose(world)
    await call()
    assert insights == []
    world.gateway._telemetry._ingestion_endpoint = ENDPOINT
    await call()
    assert kinds(insights) == ["RequestData", "RemoteDependencyData"]


async def test_a_named_value_that_comes_to_point_elsewhere_is_not_followed(world, insights, call, caplog):
    world.put("loggers/insights", {"credentials": {"connectionString": "{{where}}"}}, loggerType="applicationInsights")
    world.put(
        "namedValues/where",
        {"value": f"InstrumentationKey={KEY};IngestionEndpoint=https://in.example"},
        displayName="where",
    )
    diagnose(world)
    assert (await call()).status_code == 200
    assert "its ingestion endpoint is not on this machine" in caplog.text
    assert KEY not in caplog.text


TRACED = "<trace source='here' severity='{}'><message>@(context.Request.Method)</message><metadata name='who' value='me' /></trace>"


@pytest.mark.parametrize(
    ("verbosity", "severity", "told"),
    [
        ("verbose", "verbose", True),
        ("information", "verbose", False),
        ("information", "information", True),
        ("verbose", "error", True),
        (None, "verbose", False),
        (None, "information", True),
    ],
)
async def test_a_trace_is_a_message_where_the_verbosity_asks_for_it(world, insights, call, verbosity, severity, told):
    diagnose(world, **({"verbosity": verbosity} if verbosity else {}))
    world.policy("<base />" + TRACED.format(severity))
    await call()
    assert kinds(insights).count("MessageData") == told
    if told:
        data = of_kind(insights, "Message")["data"]["baseData"]
        assert (data["message"], data["severityLevel"]) == ("GET", severity.capitalize())
        assert (data["properties"]["who"], data["properties"]["Source"]) == ("me", "here")


async def test_a_metric_has_its_value_namespace_and_dimensions(world, insights, call):
    diagnose(world)
    dimensions = "<dimension name='Method' value='@(context.Request.Method)' /><dimension name='API ID' />"
    world.policy(f"<base /><emit-metric name='calls' namespace='mine' value='2.5'>{dimensions}</emit-metric>")
    await call()
    data = of_kind(insights, "Metric")["data"]["baseData"]
    point = {"name": "calls", "kind": "Measurement", "value": 2.5, "count": 1, "ns": "mine"}
    assert (data["metrics"], data["properties"]) == ([point], {"Method": "GET", "API ID": "calc"})
    world.policy("<base /><emit-metric name='calls'><dimension name='Operation ID' /></emit-metric>")
    insights.clear()
    await call()
    data = of_kind(insights, "Metric")["data"]["baseData"]
    assert (data["metrics"][0]["value"], data["properties"]) == (1.0, {"Operation ID": "add"})


@pytest.mark.parametrize("policy", ["llm-emit-token-metric", "azure-openai-emit-token-metric"])
async def test_tokens_of_a_language_model_are_metrics(world, insights, call, policy):
    diagnose(world)
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    world.backend = lambda _: httpx.Response(200, json={"usage": usage})
    world.policy(f"<base /><{policy} namespace='ai'><dimension name='Who' value='me' /></{policy}>")
    assert (await call()).json() == {"usage": usage}
    metrics = [item["data"]["baseData"] for item in insights if item["data"]["baseType"] == "MetricData"]
    assert {data["metrics"][0]["name"]: data["metrics"][0]["value"] for data in metrics} == {
        "Total Tokens": 7,
        "Prompt Tokens": 3,
        "Completion Tokens": 4,
    }
    assert all(data["properties"] == {"Who": "me"} and data["metrics"][0]["ns"] == "ai" for data in metrics)
