"""Taking telemetry in, as Azure's clients send it, and showing it."""

import gzip
import json

import httpx
import pytest
from auth0_apim_sandbox.insights import create_insights
from auth0_apim_sandbox.insights.application import LARGEST_BODY

GOOD = {
    "name": "Microsoft.ApplicationInsights.Request",
    "time": "2027-01-15T08:00:00.000000Z",
    "iKey": "00000000-0000-0000-0000-000000000001",
    "tags": {"ai.operation.id": "one"},
    "data": {"baseType": "RequestData", "baseData": {"ver": 2}},
}
OTHER = {**GOOD, "iKey": "00000000-0000-0000-0000-000000000002", "tags": {"ai.operation.id": "two"}}


@pytest.fixture
async def client():
    transport = httpx.ASGITransport(create_insights(lambda endpoint: endpoint))
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost:14307") as made:
        yield made


async def telemetry(client, **query):
    return (await client.get("/telemetry", params=query)).json()["value"]


@pytest.mark.parametrize("path", ["/v2.1/track", "/v2/track"])
@pytest.mark.parametrize(
    "body",
    [
        json.dumps([GOOD, OTHER]),
        f"{json.dumps(GOOD)}\n{json.dumps(OTHER)}\n",
        f"\r\n{json.dumps(GOOD)}\r\n{json.dumps(OTHER)}",
    ],
)
async def test_items_come_in_an_array_or_one_a_line_and_stay_as_they_are(client, path, body):
    answer = await client.post(path, content=body)
    assert (answer.status_code, answer.json()) == (200, {"itemsReceived": 2, "itemsAccepted": 2, "errors": []})
    assert await telemetry(client) == [GOOD, OTHER]


async def test_a_compressed_body_is_read(client):
    compressed = gzip.compress(json.dumps([GOOD]).encode())
    answer = await client.post("/v2.1/track", content=compressed, headers={"Content-Encoding": "gzip"})
    assert answer.json()["itemsAccepted"] == 1


async def test_of_good_and_bad_items_the_good_are_taken(client):
    bad = {name: value for name, value in GOOD.items() if name != "iKey"}
    answer = await client.post("/v2.1/track", json=[bad, GOOD])
    assert answer.status_code == 206
    assert answer.json() == {
        "itemsReceived": 2,
        "itemsAccepted": 1,
        "errors": [
            {
                "index": 0,
                "statusCode": 400,
                "message": "Field 'iKey' on type 'Envelope' is required but missing or empty.",
            }
        ],
    }
    assert await telemetry(client) == [GOOD]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "Field 'name' on type 'Envelope' is required but missing or empty."),
        ({"time": "yesterday"}, "Field 'time' on type 'Envelope' is not a point in time."),
        ({"tags": []}, "Field 'tags' on type 'Envelope' is not an object."),
        ({"data": {"baseType": "RequestData"}}, "Field 'data' on type 'Envelope' must have 'baseType' and 'baseData'."),
    ],
)
async def test_an_item_that_is_wrong_is_refused_with_the_reason(client, change, message):
    answer = await client.post("/v2.1/track", json=[{**GOOD, **change}])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == message
    assert (await client.post("/v2.1/track", json=[7])).json()["errors"][0]["message"] == "The item is not an object."


@pytest.mark.parametrize(
    ("body", "encoding", "status", "message"),
    [
        (b"", "", 400, "The payload has no items."),
        (b"{", "", 400, "The payload is not JSON: an array of items, or one item a line."),
        (b"\xff", "", 400, "The payload is not UTF-8, or not the gzip that Content-Encoding says."),
        (b"[]", "gzip", 400, "The payload is not UTF-8, or not the gzip that Content-Encoding says."),
        (b"[]", "br", 400, "Content-Encoding 'br' is not supported; use gzip."),
        (
            gzip.compress(b" " * (LARGEST_BODY + 1), mtime=0),
            "gzip",
            400,
            f"The payload is longer than {LARGEST_BODY} bytes, or is cut short.",
        ),
        (
            gzip.compress(b"[]", mtime=0)[:-4],
            "gzip",
            400,
            f"The payload is longer than {LARGEST_BODY} bytes, or is cut short.",
        ),
        (b" " * (LARGEST_BODY + 1), "", 413, "The payload is too large."),
    ],
)
async def test_a_body_without_readable_items_is_refused(client, body, encoding, status, message):
    answer = await client.post("/v2.1/track", content=body, headers={"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (status, message)
    assert answer.json()["itemsAccepted"] == 0


async def test_telemetry_is_shown_by_key_or_operation_and_forgotten(client):
    await client.post("/v2.1/track", json=[GOOD, OTHER])
    assert await telemetry(client, iKey=OTHER["iKey"]) == [OTHER]
    assert await telemetry(client, operation_Id="one") == [GOOD]
    assert (await client.delete("/telemetry")).status_code == 204
    assert await telemetry(client) == []


async def test_a_foreign_host_is_refused(client):
    assert (await client.get("/telemetry", headers={"Host": "rebound.example"})).status_code == 400
