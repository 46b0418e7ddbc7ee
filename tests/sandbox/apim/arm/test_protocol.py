"""What is the same for every call: versions, methods, bodies, ETags, lists."""

import pytest


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


async def test_the_api_version_is_required_and_checked(arm):
    assert code(await arm.client.get(arm.service)) == (400, "MissingApiVersionParameter")
    assert code(await arm.get("", params={"api-version": "2015-01-01"})) == (400, "NoRegisteredProviderFound")
    assert code(await arm.get("/subscriptions", params={"api-version": "soon"})) == (400, "InvalidApiVersionParameter")


async def test_every_answer_carries_request_ids(arm):
    answer = await arm.get("apis/none", headers={"x-ms-correlation-request-id": "mine"})
    assert answer.headers["x-ms-correlation-request-id"] == "mine"
    assert len(answer.headers["x-ms-request-id"]) == 36
    assert answer.headers["x-ms-error-code"] == "ResourceNotFound"


async def test_what_does_not_exist_is_a_404_with_a_json_body(arm):
    answer = await arm.get("apis/none")
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": {"code": "ResourceNotFound", "message": "Api not found.", "details": None}},
    )
    assert code(await arm.get("apis/none/operations/add")) == (404, "ResourceNotFound")
    assert (await arm.call("HEAD", "apis/none")).status_code == 404
    assert (await arm.delete("apis/none")).status_code == 204
    assert code(await arm.patch("apis/none", {"displayName": "x"})) == (404, "ResourceNotFound")


async def test_a_missing_parent_is_named(empty):
    assert code(await empty.get("apis")) == (404, "ParentResourceNotFound")
    assert code(await empty.get("/subscriptions/00000000-0000-0000-0000-000000000000")) == (404, "SubscriptionNotFound")
    assert code(await empty.get(f"{empty.group}/providers/Microsoft.Web/sites/x")) == (404, "InvalidResourceNamespace")


@pytest.mark.parametrize("path", ["certificates", "users/1", "gateways", "apis/calc/wikis", "workspaces/a/apis"])
async def test_what_is_not_supported_is_refused_by_name(arm, path):
    await arm.calculator()
    answer = await arm.get(path)
    assert code(answer) == (501, "NotImplemented")
    assert path.split("/")[0] in answer.json()["error"]["message"]


async def test_methods_that_a_resource_has_not_are_405(arm):
    assert code(await arm.post("apis")) == (405, "MethodNotAllowed")
    answer = await arm.patch("policies/policy", {"value": ""})
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, PUT")
    assert code(await arm.call("PUT", "")) == (400, "InvalidRequestContent")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"a": NaN}', b'{"properties": []}', b"\xff", b'{"a":' * 200 + b"1" + b"}" * 200]
)
async def test_malformed_json_is_400(arm, content):
    answer = await arm.client.put(f"{arm.service}/tags/a", params={"api-version": "2024-05-01"}, content=content)
    assert code(answer) == (400, "InvalidRequestContent")


async def test_another_media_type_is_415(arm):
    answer = await arm.client.put(
        f"{arm.service}/tags/a",
        params={"api-version": "2024-05-01"},
        content=b"<a/>",
        headers={"Content-Type": "text/xml"},
    )
    assert code(answer) == (415, "UnsupportedMediaType")


async def test_unknown_properties_are_ignored_and_wrong_ones_named(arm):
    assert (await arm.put("tags/a", {"displayName": "A", "extra": 1})).json()["properties"] == {"displayName": "A"}
    answer = await arm.put("tags/a", {"displayName": ["A"]})
    assert answer.json()["error"]["message"] == "One or more fields contain incorrect values:"
    assert [detail["target"] for detail in answer.json()["error"]["details"]] == ["displayName"]


@pytest.mark.parametrize("name", ["a*b", "a&b", "a:b", "a" * 81])
async def test_names_follow_the_specification(arm, name):
    assert code(await arm.put(f"tags/{name}", {"displayName": "A"})) == (400, "ValidationError")


async def test_etags_change_with_the_content_and_are_compared_when_sent(arm):
    first = await arm.put("tags/a", {"displayName": "A"})
    assert (await arm.call("HEAD", "tags/a")).headers["etag"] == first.headers["etag"]
    assert (await arm.put("tags/a", {"displayName": "A"})).headers["etag"] == first.headers["etag"]
    second = await arm.put("tags/a", {"displayName": "B"})
    assert second.headers["etag"] != first.headers["etag"]
    stale = {"If-Match": first.headers["etag"]}
    assert code(await arm.patch("tags/a", {"displayName": "C"}, headers=stale)) == (412, "PreconditionFailed")
    assert code(await arm.delete("tags/a", headers=stale)) == (412, "PreconditionFailed")
    assert (await arm.patch("tags/a", {"displayName": "C"})).status_code == 200
    assert (await arm.delete("tags/a", headers={"If-Match": "*"})).status_code == 200


async def test_lists_are_paged_with_count_and_next_link(arm):
    for name in "abc":
        await arm.put(f"tags/{name}", {"displayName": name.upper()})
    page = (await arm.get("tags", params={"$top": "2"})).json()
    assert ([item["name"] for item in page["value"]], page["count"]) == (["a", "b"], 3)
    rest = (await arm.client.get(page["nextLink"])).json()
    assert [item["name"] for item in rest["value"]] == ["c"]
    assert "nextLink" not in rest
    for wrong in ({"$top": "0"}, {"$top": "x"}, {"$skip": "-1"}):
        assert (await arm.get("tags", params=wrong)).status_code == 400


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("displayName eq 'Beta'", ["b"]),
        ("displayName ne 'Beta'", ["a", "c"]),
        ("contains(displayName, 'et')", ["b"]),
        ("startswith(properties/displayName,'a') and name eq 'a'", ["a"]),
        ("substringof('amm', displayName)", ["c"]),
        ("endswith(name,'z')", []),
    ],
)
async def test_filters_select(arm, text, names):
    for name, title in (("a", "Alpha"), ("b", "Beta"), ("c", "Gamma's")):
        await arm.put(f"tags/{name}", {"displayName": title})
    answer = await arm.get("tags", params={"$filter": text})
    assert [item["name"] for item in answer.json()["value"]] == names


@pytest.mark.parametrize(
    "text", ["a", "name eq 'a' or name eq 'b'", "not name eq 'a'", "tolower(name) eq 'a'", "name eq 'a"]
)
async def test_other_filters_are_refused(arm, text):
    assert code(await arm.get("tags", params={"$filter": text})) == (400, "InvalidFilterInQueryString")


async def test_half_a_character_is_refused_before_it_is_stored(arm):
    content = b'{"properties": {"displayName": "\\ud800"}}'
    url = f"{arm.service}/products/broken"
    answer = await arm.client.put(url, params={"api-version": "2024-05-01"}, content=content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRequestContent")
    assert (await arm.get("products")).status_code == 200


async def test_a_number_no_list_can_have_is_refused(arm):
    answer = await arm.get("products", params={"$top": "9" * 5000})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidQueryParameterValue")


@pytest.mark.parametrize("name", ["a%00b", "a%0Ab", "%7F"])
async def test_control_characters_in_a_path_are_refused(arm, name):
    answer = await arm.put(f"products/{name}", {"displayName": "P"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


async def test_every_answer_says_its_encoding_and_one_id(arm):
    answer = await arm.get("apis")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["x-ms-request-id"] == answer.headers["x-ms-correlation-request-id"]


async def test_an_error_that_nobody_expects_is_an_arm_error_document_and_says_nothing_of_it(arm, host, caplog):
    secret = "hush"

    async def broken(service_id):
        raise RuntimeError(secret)

    host.open = broken
    answer = await arm.patch("", body={"tags": {"a": "b"}}, headers={"x-ms-client-request-id": "1"})
    assert answer.status_code == 500
    assert answer.headers["x-ms-error-code"] == "InternalServerError"
    assert answer.json() == {
        "error": {"code": "InternalServerError", "message": "The local resource manager met an unexpected error."}
    }
    assert "x-ms-request-id" in answer.headers
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text + answer.text
    assert (await arm.get("")).status_code == 200
