"""Documents that are read in a process of their own, and written a few operations at a time."""

import asyncio
import json
import sys

import pytest
from auth0_apim_sandbox.apim.resources.apis import reading


def document(operations=120):
    described = {"description": "Reads one thing. " * 20, "responses": {"200": {"description": "It"}}}
    paths = {
        f"/things/{number}": {"get": {"operationId": f"thing{number}", **described}} for number in range(operations)
    }
    return {"openapi": "3.0.1", "info": {"title": "Large", "version": "1"}, "paths": paths}


def imported(arm, content, **properties):
    value = json.dumps(content)
    assert len(value) > reading.LARGEST_AT_ONCE
    return arm.put("apis/x", {"path": "x", "format": "openapi+json", "value": value, **properties})


async def names(arm):
    found = (await arm.get("apis/x/operations", params={"$top": "1000"})).json()["value"]
    return sorted(item["name"] for item in found)


@pytest.fixture
def elsewhere(monkeypatch):
    """This process does not read documents."""
    monkeypatch.setattr(reading, "read_at_once", None)


async def test_a_large_document_is_read_in_another_process(arm, elsewhere):
    assert (await imported(arm, document())).status_code == 201
    assert await names(arm) == sorted(f"thing{number}" for number in range(120))
    api = (await arm.get("apis/x")).json()["properties"]
    assert (api["displayName"], api["path"]) == ("Large", "x")


async def test_both_ways_to_read_a_document_say_the_same():
    schemas = {"A": {"type": "string", "description": "\u00e9"}}
    content = {**document(), "servers": [{"url": "https://a.test"}], "components": {"schemas": schemas}}
    task = reading.ImportTask("openapi+json", json.dumps(content), None, "schema", translate_query=True)
    assert await reading.read_document(task) == reading.read_at_once(task)


async def test_a_large_document_that_is_wrong_is_refused_by_what_is_wrong(arm, elsewhere):
    content = document()
    content["paths"]["/things/{a}"] = {"get": {"responses": {}}}
    answer = await imported(arm, content)
    assert answer.status_code == 400
    assert "the path parameters of GET /things/{a} and its template differ at ['a']" in answer.text
    assert (await arm.get("apis/x")).status_code == 404


async def test_a_process_that_ends_without_an_answer_is_an_error_and_nothing_is_made(arm, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/true")
    answer = await imported(arm, document())
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "InternalServerError")
    assert (await arm.get("apis/x")).status_code == 404


async def test_nobody_sees_a_new_api_before_it_is_whole(arm):
    importing = asyncio.create_task(imported(arm, document()))
    seen = set()
    while not importing.done():
        if (await arm.get("apis/x")).status_code == 200:
            seen.add(len(await names(arm)))
        await asyncio.sleep(0)
    assert seen <= {120}
    assert len(await names(arm)) == 120


async def test_others_are_answered_while_operations_are_written(arm, store):
    written, counts = [], set()
    store.collection("arm.resources").watch(
        lambda key, _old, _new: written.append(key) if "/operations/" in key else None
    )
    importing = asyncio.create_task(imported(arm, document()))
    while not importing.done():
        await arm.get("products")
        counts.add(len(written))
        await asyncio.sleep(0)
    assert {50, 100} <= counts


async def test_what_an_interrupted_import_has_left_is_no_part_of_a_new_api(arm, store):
    resources = store.collection("arm.resources")
    await imported(arm, document())
    left = resources.below(f"{arm.service}/apis/x/".lower())
    await arm.delete("apis/x")
    for key, operation in left[:3]:
        resources.put(key, operation)
    assert (await arm.put("apis/x", {"path": "x", "displayName": "X"})).status_code == 201
    assert await names(arm) == []


async def test_operations_of_an_earlier_document_go(arm):
    await imported(arm, document())
    smaller = document(70)
    await imported(arm, {**smaller, "info": {**smaller["info"], "description": "x" * reading.LARGEST_AT_ONCE}})
    assert len(await names(arm)) == 70
