import pytest

VERSION = {"api-version": "2023-03-01-preview"}


async def titles(arm, **query):
    answer = await arm.get("contentTypes/page/contentItems", params=VERSION | query)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["value"]]


@pytest.fixture
async def pages(arm):
    for name, title in (("one", "Home"), ("two", "APIs"), ("three", "Products")):
        content = {
            "en_us": {"title": title, "permalink": f"/{name}", "documentId": "contentTypes/document/contentItems/x"}
        }
        answer = await arm.put(f"contentTypes/page/contentItems/{name}", content, params=VERSION)
        assert answer.status_code == 201, answer.text
    return arm


async def test_content_is_kept_as_it_comes(pages):
    item = (await pages.get("contentTypes/page/contentItems/one", params=VERSION)).json()
    assert item["properties"]["en_us"]["permalink"] == "/one"
    assert item["id"].endswith("/contentTypes/page/contentItems/one")
    assert (await pages.call("HEAD", "contentTypes/page/contentItems/one", params=VERSION)).status_code == 200
    missing = await pages.call("GET", "contentTypes/page/contentItems/none", params=VERSION)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "ResourceNotFound")
    deleted = await pages.delete("contentTypes/page/contentItems/one", params=VERSION, headers={"If-Match": "*"})
    assert deleted.status_code == 200
    assert await titles(pages) == ["three", "two"]


async def test_content_is_found_and_ordered_as_the_portal_asks(pages):
    assert await titles(pages, **{"$filter": "en_us/permalink eq '/two'"}) == ["two"]
    assert await titles(pages, **{"$orderby": "en_us/title"}) == ["two", "one", "three"]
    assert await titles(pages, **{"$orderby": "en_us/title desc", "$top": "1", "$skip": "1"}) == ["one"]
    answer = await pages.get("contentTypes/page/contentItems", params=VERSION | {"$orderby": "a, b"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidOrderByInQueryString")


async def test_a_new_service_has_the_types_and_a_configuration(arm):
    types = (await arm.get("contentTypes", params=VERSION)).json()["value"]
    assert [each["name"] for each in types] == ["blob", "block", "document", "layout", "page", "popup", "url"]
    shown = (await arm.get("portalConfigs/default", params=VERSION)).json()["properties"]
    assert shown["signin"] == {"require": False}
    assert shown["delegation"]["delegateRegistration"] is False
    secrets = await arm.post("portalConfigs/default/listDelegationSecrets", params=VERSION)
    assert (secrets.status_code, secrets.json()) == (200, {"validationKey": None})
    assert (await arm.get("identityProviders", params=VERSION)).json()["value"] == []


async def test_a_configuration_is_written_and_what_needs_users_is_refused_by_name(arm):
    written = await arm.put("portalConfigs/default", {"enableBasicAuth": False}, params=VERSION)
    assert (written.status_code, written.json()["properties"]["enableBasicAuth"]) == (200, False)
    for properties, named in (
        ({"signin": {"require": True}}, "signin.require"),
        ({"delegation": {"delegateRegistration": True}}, "delegation.delegateRegistration"),
        ({"cors": {"allowedOrigins": ["https://a.test"]}}, "cors.allowedOrigins"),
    ):
        answer = await arm.put("portalConfigs/default", properties, params=VERSION)
        assert (answer.status_code, named in answer.text) == (501, True)
    answer = await arm.put("identityProviders/aad", {"clientId": "c"}, params=VERSION)
    assert (answer.status_code, "aad" in answer.text) == (501, True)
    answer = await arm.post("portalConfigs/default/listMediaContentSecrets", params=VERSION)
    assert (answer.status_code, "listMediaContentSecrets" in answer.text) == (501, True)
