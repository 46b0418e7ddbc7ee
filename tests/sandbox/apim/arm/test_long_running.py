"""Operations that clients wait for: how they begin in each api-version, and how they end."""

import json
import re

import pytest

VALUE = {"displayName": "key", "value": "1"}


def place(answer, header):
    """The URL of a header without its host, and the operation in it."""
    url = answer.headers[header].removeprefix("https://localhost:14301")
    return url, re.search(r"[0-9a-f]{24}", url.rpartition("/")[2] + url.rpartition("asyncId=")[2])[0]


async def follow(arm, answer, header="location"):
    return await arm.client.get(answer.headers[header])


async def test_a_named_value_is_accepted_and_then_there(arm):
    begun = await arm.put("namedValues/key", VALUE)
    assert (begun.status_code, "etag" in begun.headers) == (201, False)
    assert begun.json() == {
        "id": f"{arm.service}/namedValues/key",
        "type": "Microsoft.ApiManagement/service/namedValues",
        "name": "key",
        "properties": {"ProvisioningState": "InProgress"},
    }
    url, operation = place(begun, "location")
    assert url == f"{arm.service}/namedValues/key?api-version=2024-05-01&asyncId={operation}&asyncCode=201"
    status_url = f"{arm.service}/tenant/operationResults/{operation}?api-version=2024-05-01"
    assert place(begun, "azure-asyncoperation")[0] == status_url
    assert begun.headers["retry-after"] == "1"
    status = await follow(arm, begun, "azure-asyncoperation")
    assert (status.status_code, status.json()) == (200, {"status": "Succeeded"})
    ended = await follow(arm, begun)
    shown = await arm.get("namedValues/key")
    assert (ended.status_code, ended.json()) == (201, shown.json())
    assert ended.headers["etag"] == shown.headers["etag"]
    assert shown.json()["properties"] == {
        "displayName": "key",
        "value": "1",
        "tags": None,
        "secret": False,
        "provisioningState": "Succeeded",
    }


async def test_a_changed_named_value_is_accepted_without_a_body(arm):
    await arm.put("namedValues/key", VALUE)
    begun = await arm.patch("namedValues/key", {"value": "2"})
    assert (begun.status_code, begun.content) == (202, b"")
    assert place(begun, "location")[0].endswith("&asyncCode=200")
    ended = await follow(arm, begun)
    assert (ended.status_code, ended.json()["properties"]["value"]) == (200, "2")


SCHEMA = {"contentType": "application/vnd.oai.openapi.components+json", "document": {"components": {"schemas": {}}}}


async def test_a_write_of_what_is_there_answers_200_with_the_resource_and_where_to_look(arm, openapi):
    await arm.calculator()
    imported = {"path": "calc", "format": "openapi+json", "value": json.dumps(openapi)}
    for path, properties in (("namedValues/key", VALUE), ("apis/calc/schemas/own", SCHEMA), ("apis/calc", imported)):
        await arm.put(path, properties)
        written = await arm.begun("PUT", path, properties)
        shown = await arm.get(path)
        assert (written.status_code, written.json()["id"]) == (200, f"{arm.service}/{path}"), path
        assert written.json()["properties"].keys() <= {*shown.json()["properties"], "provisioningState"}
        assert written.headers["etag"] == shown.headers["etag"]
        assert place(written, "location")[0].endswith("&asyncCode=200")
        assert (await follow(arm, written, "azure-asyncoperation")).json() == {"status": "Succeeded"}
        ended, expected = (await follow(arm, written)).json(), shown.json()
        expected["properties"]["provisioningState"] = "Succeeded"
        assert ended == expected


async def test_an_import_over_an_api_that_is_refused_changes_nothing_and_says_so_at_the_end(arm):
    await arm.calculator()
    before = await arm.get("apis/calc")
    begun = await arm.begun("PUT", "apis/calc", {"path": "calc", "format": "openapi+json", "value": "{}"})
    assert (begun.status_code, begun.json()["properties"]["displayName"]) == (200, "Basic Calculator")
    assert (await follow(arm, begun, "azure-asyncoperation")).json()["status"] == "Failed"
    assert (await follow(arm, begun)).status_code == 400
    assert (await arm.get("apis/calc")).json() == before.json()


@pytest.mark.parametrize("version", ["2021-08-01", "2022-08-01"])
async def test_a_write_of_what_is_there_is_accepted_in_older_versions(arm, version):
    await arm.put("namedValues/key", VALUE)
    begun = await arm.begun("PUT", "namedValues/key", VALUE, params={"api-version": version})
    assert (begun.status_code, begun.content) == (202, b"")
    assert place(begun, "location")[0].endswith("&asyncCode=200")


@pytest.mark.parametrize("version", ["2021-08-01", "2022-08-01"])
async def test_older_versions_say_only_where_to_look(arm, version):
    begun = await arm.put("namedValues/key", VALUE, params={"api-version": version})
    assert (begun.status_code, begun.content) == (202, b"")
    assert "azure-asyncoperation" not in begun.headers
    url, operation = place(begun, "location")
    assert url == f"{arm.service}/namedValues/key?api-version={version}&asyncId={operation}&asyncCode=201"
    ended = await follow(arm, begun)
    assert ended.status_code == 201
    assert ended.json()["properties"] == {"displayName": "key", "value": "1", "tags": None, "secret": False}


async def test_an_import_is_accepted_and_a_plain_api_is_created_at_once(arm, openapi):
    assert "location" not in (await arm.put("apis/plain", {"path": "p", "displayName": "P"})).headers
    begun = await arm.calculator()
    assert begun.json()["properties"] == {"ProvisioningState": "InProgress"}
    ended = await follow(arm, begun)
    assert (ended.status_code, ended.json()["properties"]["displayName"]) == (201, "Basic Calculator")
    older = {"path": "old", "format": "openapi+json", "value": json.dumps(openapi)}
    begun = await arm.put("apis/old", older, params={"api-version": "2021-08-01"})
    assert (begun.status_code, begun.content) == (202, b"")
    assert (await follow(arm, begun)).status_code == 201


async def test_the_end_of_a_deletion_is_an_answer_without_content(arm):
    await arm.calculator()
    begun = await arm.delete("apis/calc")
    assert (begun.status_code, begun.content) == (202, b"")
    assert place(begun, "location")[0].endswith("&asyncCode=204")
    assert (await follow(arm, begun, "azure-asyncoperation")).json() == {"status": "Succeeded"}
    ended = await follow(arm, begun)
    assert (ended.status_code, ended.content) == (204, b"")


@pytest.mark.parametrize("version", ["2021-08-01", "2022-08-01"])
async def test_older_versions_delete_an_api_at_once(arm, version):
    await arm.calculator()
    answer = await arm.delete("apis/calc", params={"api-version": version})
    assert (answer.status_code, "location" in answer.headers) == (200, False)
    assert (await arm.delete("apis/calc", params={"api-version": version})).status_code == 204


async def test_an_operation_that_nobody_began_is_not_found(arm):
    answer = await arm.get(f"tenant/operationResults/{'0' * 24}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "ResourceNotFound")
    forged = await arm.get("namedValues/none", params={"asyncId": "0" * 24, "asyncCode": "204"})
    assert (forged.status_code, forged.json()["error"]["message"]) == (404, "NamedValue not found.")


async def test_a_service_is_activating_until_its_operation_is_read(arm):
    body = {**SERVICE, "sku": {"name": "BasicV2", "capacity": 1}}
    other = f"{arm.group}/providers/Microsoft.ApiManagement/service/other"
    begun = await arm.put(other, body=body)
    assert (begun.status_code, begun.json()["properties"]["provisioningState"]) == (201, "Activating")
    assert begun.headers["azure-asyncoperation"] == begun.headers["location"]
    assert (await follow(arm, begun)).json() == {"status": "Succeeded"}
    assert (await arm.get(other)).json()["properties"]["provisioningState"] == "Succeeded"
    gone = await arm.delete(other)
    assert (gone.status_code, gone.json()["properties"]["targetProvisioningState"]) == (202, "Terminating")
    assert (await follow(arm, gone, "azure-asyncoperation")).json() == {"status": "Succeeded"}
    assert (await arm.get(other)).status_code == 404


async def test_the_oldest_version_finds_a_service_by_its_location(arm):
    version = {"api-version": "2021-08-01"}
    other = f"{arm.group}/providers/Microsoft.ApiManagement/service/other"
    begun = await arm.put(other, body=SERVICE, params=version)
    assert "azure-asyncoperation" not in begun.headers
    ended = await follow(arm, begun)
    assert (ended.status_code, ended.json()["name"]) == (200, "other")
    gone = await arm.delete(other, params=version)
    assert (await follow(arm, gone)).status_code == 204


SERVICE = {
    "location": "westeurope",
    "sku": {"name": "Developer", "capacity": 1},
    "properties": {"publisherEmail": "admin@example.com", "publisherName": "Example"},
}
