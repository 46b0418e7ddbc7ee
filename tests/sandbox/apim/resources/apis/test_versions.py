"""Versions of an API, and the sets that they are in."""

import pytest

SET = "/apiVersionSets/set"
FIRST = {"path": "calc", "displayName": "1", "apiVersionSetId": SET, "apiVersion": "v1"}


def problem(answer):
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ValidationError")
    detail = answer.json()["error"]["details"][0]
    return detail["target"], detail["message"]


def message(answer):
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"], error["details"]


@pytest.fixture
async def versioned(arm):
    scheme = {"displayName": "Set", "description": "All", "versioningScheme": "Segment"}
    assert (await arm.put("apiVersionSets/set", scheme)).status_code == 201
    assert (await arm.put("apis/one", FIRST)).status_code == 201
    return arm


async def test_a_version_is_answered_with_its_set(versioned):
    for answer in (await versioned.get("apis/one"), await versioned.put("apis/one", FIRST)):
        properties = answer.json()["properties"]
        assert (properties["apiVersion"], properties["apiVersionSetId"]) == ("v1", f"{versioned.service}{SET}")
        assert properties["apiVersionSet"] == {
            "id": f"{versioned.service}{SET}",
            "name": "Set",
            "description": "All",
            "versioningScheme": "Segment",
            "versionQueryName": None,
            "versionHeaderName": None,
        }
    assert (await versioned.put("apis/one", answer.json()["properties"])).status_code == 200


async def test_two_apis_share_a_path_only_in_a_version_set(versioned):
    shared = "Cannot create API '{}' with the same Path '{}' as API 'one'  unless it's a part of the same version set"
    answer = await versioned.put("apis/two", {"path": "CALC", "displayName": "2"})
    assert problem(answer) == ("path", shared.format("two", "CALC"))
    await versioned.put("apiVersionSets/other", {"displayName": "Other", "versioningScheme": "Segment"})
    answer = await versioned.put("apis/two", {**FIRST, "apiVersionSetId": "/apiVersionSets/other"})
    assert problem(answer) == ("path", shared.format("two", "calc"))
    for taken in ("v1", "V1"):
        answer = await versioned.put("apis/two", {**FIRST, "apiVersion": taken})
        assert message(answer) == (
            400,
            "ValidationError",
            f"API with specified version '{taken}' already exists",
            None,
        )
    assert (await versioned.put("apis/two", {**FIRST, "apiVersion": "v2"})).status_code == 201
    refused = await versioned.delete("apiVersionSets/set")
    assert refused.status_code == 400


async def test_a_version_needs_a_set(arm):
    answer = await arm.put("apis/one", {"path": "calc", "displayName": "1", "apiVersion": "v1"})
    assert problem(answer) == ("ApiVersion", "Can't set VersionName when ApiVersionSetId is not set.")


async def test_a_set_goes_with_its_last_version(versioned):
    await versioned.put("apis/two", {**FIRST, "apiVersion": "v2"})
    await versioned.put("apis/two;rev=2", {**FIRST, "apiVersion": "v2"})
    await versioned.delete("apis/two;rev=2")
    await versioned.delete("apis/two")
    assert (await versioned.get("apiVersionSets/set")).status_code == 200
    await versioned.delete("apis/one")
    assert (await versioned.get("apiVersionSets/set")).status_code == 404
    assert (await versioned.delete("apiVersionSets/set")).status_code == 204


async def test_an_api_without_versions_becomes_the_original(arm):
    plain = {"path": "calc", "displayName": "Calculator"}
    await arm.put("apis/calc", plain)
    await arm.put("apiVersionSets/set", {"displayName": "Set", "versioningScheme": "Segment"})
    answer = await arm.put("apis/calc", {**plain, "apiVersionSetId": SET})
    assert (answer.status_code, answer.json()["properties"]["apiVersionSetId"]) == (200, f"{arm.service}{SET}")
    assert "apiVersion" not in answer.json()["properties"]
    assert (await arm.put("apis/two", {**plain, "apiVersionSetId": SET, "apiVersion": "v2"})).status_code == 201


async def test_a_revision_of_a_version_names_version_and_set(versioned):
    await versioned.put("apis/two", {**FIRST, "displayName": "2", "apiVersion": "v2"})
    revision = {**FIRST, "displayName": "2", "apiVersion": "v2"}
    unversioned = {name: value for name, value in revision.items() if name != "apiVersion"}
    assert message(await versioned.put("apis/two;rev=2", unversioned)) == (
        400,
        "ValidationError",
        "Can't change property ApiVersion for non-current revision ",
        None,
    )
    apart = {name: value for name, value in unversioned.items() if name != "apiVersionSetId"}
    assert problem(await versioned.put("apis/two;rev=2", apart)) == (
        "path",
        "Cannot create API 'two;rev=2' with the same Path 'calc' as API 'one'  unless it's a part of the same version set",
    )
    assert (await versioned.put("apis/two;rev=2", revision)).status_code == 201


async def test_a_set_is_named_in_any_case(versioned):
    answer = await versioned.put("apis/two", {**FIRST, "apiVersion": "v2", "apiVersionSetId": "/APIVERSIONSETS/SET"})
    assert (answer.status_code, answer.json()["properties"]["apiVersionSetId"]) == (201, f"{versioned.service}{SET}")
