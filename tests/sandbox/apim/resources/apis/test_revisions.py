"""Revisions of an API: how they are addressed, what they cannot have otherwise, releases, deletions."""

import json

import pytest

POLICY = {"value": "<policies><inbound><base /></inbound></policies>"}
BACKEND = "https://calculator.example.com/api"
TITLE = "Basic Calculator"
COPY = {"path": "calc", "sourceApiId": "/apis/calc"}
OWN = {
    "path": "calc",
    "displayName": TITLE,
    "description": "Arithmetic on two numbers.",
    "protocols": ["https"],
    "subscriptionRequired": True,
}
"""What a revision without a source has to have as the current one has it."""


def refusal(answer):
    assert answer.status_code == 400
    error = answer.json()["error"]
    details = error["details"] or [{"target": None, "message": error["message"]}]
    return error["code"], details[0]["target"], details[0]["message"]


async def names(arm, path):
    return [item["name"] for item in (await arm.get(path)).json()["value"]]


@pytest.fixture
async def calc(arm):
    await arm.calculator()
    return arm


@pytest.fixture
async def revised(calc):
    """The calculator, revision 1, with a copy that is not current."""
    assert (await calc.put("apis/calc;rev=2", COPY)).status_code == 201
    return calc


@pytest.mark.parametrize("suffix", [";rev=1", "%3Brev%3D1", ";REV=1"])
async def test_the_current_revision_answers_by_the_name_of_its_api(calc, suffix):
    plain = (await calc.get("apis/calc")).json()
    assert (await calc.get(f"apis/calc{suffix}")).json() == plain
    assert (plain["id"], plain["name"]) == (f"{calc.service}/apis/calc", "calc")
    assert plain["properties"]["isCurrent"] is True
    written = await calc.put(f"apis/calc{suffix}", {**OWN, "isCurrent": True})
    assert (written.status_code, written.json()["id"]) == (200, f"{calc.service}/apis/calc")


async def test_a_revision_that_is_not_current_answers_by_its_number(revised):
    shown = (await revised.get("apis/calc;rev=2")).json()
    assert (shown["id"], shown["name"]) == (f"{revised.service}/apis/calc;rev=2", "calc;rev=2")
    assert "isCurrent" not in shown["properties"]
    assert await names(revised, "apis") == ["calc"]


async def test_revisions_are_listed_newest_first(calc, clock):
    clock.now += 60
    await calc.put("apis/calc;rev=3", {**COPY, "apiRevisionDescription": "A trial"})
    listed = (await calc.get("apis/calc/revisions")).json()
    assert listed == {
        "value": [
            {
                "id": "/apis/calc;rev=3/revisions/calc;rev=3",
                "apiId": "/apis/calc;rev=3",
                "apiRevision": "3",
                "createdDateTime": "2027-01-15T08:01:00Z",
                "updatedDateTime": "2027-01-15T08:01:00Z",
                "description": "A trial",
                "privateUrl": "/calc;rev=3",
                "isOnline": True,
                "isCurrent": False,
            },
            {
                "id": "/apis/calc;rev=1/revisions/calc;rev=1",
                "apiId": "/apis/calc;rev=1",
                "apiRevision": "1",
                "createdDateTime": "2027-01-15T08:00:00Z",
                "updatedDateTime": "2027-01-15T08:00:00Z",
                "description": None,
                "privateUrl": "/calc",
                "isOnline": True,
                "isCurrent": True,
            },
        ],
        "count": 2,
        "nextLink": None,
    }


async def test_the_number_in_the_address_wins(calc):
    answer = await calc.put("apis/calc;rev=2", {**COPY, "apiRevision": "7"})
    assert (answer.status_code, answer.json()["properties"]["apiRevision"]) == (201, "2")
    answer = await calc.put("apis/calc", {**OWN, "apiRevision": "7"})
    assert (answer.status_code, answer.json()["properties"]["apiRevision"]) == (200, "1")


@pytest.mark.parametrize("number", ["2", "one-point-oh"])
async def test_a_revision_of_no_api_makes_the_api(arm, number):
    answer = await arm.put(f"apis/new;rev={number}", {"path": "new", "displayName": "New"})
    assert (answer.status_code, answer.json()["name"]) == (201, "new")
    properties = answer.json()["properties"]
    assert (properties["apiRevision"], properties["isCurrent"]) == (number, True)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_only_a_release_makes_a_revision_current(revised, method):
    message = ("ValidationError", "IsCurrent", "Can't set new revision as current.")
    body = {**COPY, "isCurrent": True}
    assert refusal(await revised.call(method, "apis/calc;rev=2", body)) == message
    assert refusal(await revised.put("apis/calc;rev=3", body)) == message
    assert refusal(await revised.put("apis/calc", {**OWN, "apiRevision": "2", "isCurrent": True})) == message
    assert (await revised.get("apis/calc;rev=3")).status_code == 404
    assert (await revised.get("apis/calc")).json()["properties"]["apiRevision"] == "1"


async def test_a_copy_has_what_its_source_has(calc):
    source = {
        "serviceUrl": "https://backend.test",
        "subscriptionRequired": False,
        "subscriptionKeyParameterNames": {"header": "X-Key", "query": "key"},
        "termsOfServiceUrl": "https://terms.test/",
        "contact": {"name": "C"},
        "license": {"name": "L"},
        "apiRevisionDescription": "The first",
    }
    await calc.patch("apis/calc", source)
    await calc.put("apis/calc/policies/policy", POLICY)
    await calc.put("apis/calc/operations/add/policies/policy", POLICY)
    before = (await calc.get("apis/calc")).json()["properties"]
    copied = (await calc.put("apis/calc;rev=2", COPY)).json()["properties"]
    for unlike in ("apiRevisionDescription", "isCurrent", "apiRevision"):
        del before[unlike]
    settings, _ = copied.pop("authenticationSettings"), copied.pop("provisioningState")
    assert before.pop("authenticationSettings").items() >= settings.items()
    assert (copied.pop("apiRevision"), copied) == ("2", before)
    for place in ("operations", "schemas"):
        assert await names(calc, f"apis/calc;rev=2/{place}") == await names(calc, f"apis/calc/{place}")
    for place in ("policies", "operations/add/policies"):
        assert await names(calc, f"apis/calc;rev=2/{place}") == ["policy"]


@pytest.mark.parametrize("source", ["/apis/calc;rev=1", "{service}/apis/calc", "{service}/apis/calc;rev=1"])
async def test_a_source_is_named_in_three_ways(calc, source):
    body = {**COPY, "sourceApiId": source.format(service=calc.service)}
    assert (await calc.put("apis/calc;rev=2", body)).status_code == 201


async def test_a_copy_says_its_path(calc):
    answer = await calc.put("apis/calc;rev=2", {"sourceApiId": "/apis/calc"})
    assert refusal(answer) == ("ValidationError", None, "Can't change property Path for non-current revision ")


async def test_a_revision_without_a_source_starts_without_any_policy(calc, openapi):
    await calc.put("apis/calc/policies/policy", POLICY)
    await calc.put("apis/calc/operations/add/policies/policy", POLICY)
    imported = {"format": "openapi+json", "value": json.dumps(openapi)}
    assert (await calc.put("apis/calc;rev=2", {**OWN, **imported})).status_code == 201
    assert await names(calc, "apis/calc;rev=2/operations") == ["add", "divide", "multiply", "subtract"]
    assert await names(calc, "apis/calc;rev=2/policies") == []
    assert await names(calc, "apis/calc;rev=2/operations/add/policies") == []


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"displayName": "Other"}, "Name"),
        ({"description": "Other"}, "Description"),
        ({"description": None}, "Description"),
        ({"subscriptionRequired": False}, "SubscriptionRequired"),
        ({"apiVersionDescription": "Other"}, "ApiVersionDescription"),
        ({"path": "other"}, "Path"),
        ({"protocols": ["http", "https"]}, "Protocols"),
    ],
)
async def test_some_properties_are_changed_in_the_current_revision_alone(revised, change, shown):
    expected = ("ValidationError", None, f"Can't change property {shown} for non-current revision ")
    answer = await revised.put("apis/calc;rev=2", {**OWN, **change})
    assert refusal(answer) == expected
    assert answer.json()["error"]["details"] is None
    assert refusal(await revised.put("apis/calc;rev=3", {**OWN, **change})) == expected
    assert refusal(await revised.patch("apis/calc;rev=2", change)) == expected
    assert (await revised.get("apis/calc;rev=3")).status_code == 404
    assert (await revised.patch("apis/calc", change)).status_code == 200
    assert (await revised.put("apis/calc;rev=2", {**OWN, **change})).status_code == 200


async def test_a_changed_api_changes_what_its_revisions_share_with_it(revised):
    await revised.patch("apis/calc", {"path": "sums", "serviceUrl": "https://other.test"})
    properties = (await revised.get("apis/calc;rev=2")).json()["properties"]
    assert (properties["path"], properties["serviceUrl"]) == ("sums", BACKEND)


async def test_a_revision_has_a_backend_and_a_description_of_its_own(revised):
    own = {"serviceUrl": "https://trial.test", "apiRevisionDescription": "A trial"}
    answer = await revised.put("apis/calc;rev=2", {**OWN, **own})
    assert answer.status_code == 200
    assert own.items() <= answer.json()["properties"].items()
    assert (await revised.get("apis/calc")).json()["properties"]["serviceUrl"] == BACKEND


@pytest.mark.parametrize(
    ("info", "shown"), [({"title": "Other"}, "Name"), ({"title": TITLE, "description": "Other"}, "Description")]
)
@pytest.mark.parametrize("version", ["2021-08-01", "2024-05-01"])
async def test_a_document_that_names_the_api_otherwise_is_refused_at_the_end(revised, openapi, version, info, shown):
    document = {**openapi, "info": {**openapi["info"], **info}}
    imported = {**OWN, "format": "openapi+json", "value": json.dumps(document)}
    for number, status in (("2", 200), ("3", 201)) if version == "2024-05-01" else (("2", 202), ("3", 202)):
        begun = await revised.begun("PUT", f"apis/calc;rev={number}", imported, params={"api-version": version})
        assert begun.status_code == status
        ended = await revised.client.get(begun.headers["location"])
        message = f"Can't change property {shown} for non-current revision "
        assert refusal(ended) == ("ValidationError", None, message)
        if version == "2024-05-01":
            operation = await revised.client.get(begun.headers["azure-asyncoperation"])
            error = {"code": "ValidationError", "message": message, "details": None}
            assert (operation.status_code, operation.json()) == (200, {"status": "Failed", "error": error})
    assert (await revised.get("apis/calc;rev=3")).status_code == 404


async def test_an_import_that_cannot_be_read_is_refused_at_the_end(arm):
    begun = await arm.begun("PUT", "apis/calc", {"path": "calc", "format": "openapi", "value": "{"})
    assert (begun.status_code, begun.json()["name"]) == (201, "calc")
    assert refusal(await arm.client.get(begun.headers["location"]))[1] == "representation"
    assert (await arm.get("apis/calc")).status_code == 404


async def test_a_release_turns_everything_around(revised):
    await revised.patch(
        "apis/calc;rev=2", {"serviceUrl": "https://second.test", "apiRevisionDescription": "The second"}
    )
    await revised.put("apis/calc;rev=2/policies/policy", POLICY)
    await revised.delete("apis/calc;rev=2/operations/divide")
    released = await revised.put("apis/calc/releases/now", {"apiId": "/apis/calc;rev=2"})
    assert (released.status_code, bool(released.headers["etag"])) == (201, True)
    current = (await revised.get("apis/calc")).json()
    assert (current["name"], current["properties"]["isCurrent"]) == ("calc", True)
    assert (current["properties"]["apiRevision"], current["properties"]["serviceUrl"]) == ("2", "https://second.test")
    assert current["properties"]["apiRevisionDescription"] == "The second"
    assert (await revised.get("apis/calc;rev=2")).json() == current
    first = (await revised.get("apis/calc;rev=1")).json()
    assert (first["name"], "isCurrent" in first["properties"]) == ("calc;rev=1", False)
    assert await names(revised, "apis/calc/operations") == ["add", "multiply", "subtract"]
    assert await names(revised, "apis/calc/policies") == ["policy"]
    assert await names(revised, "apis/calc;rev=1/operations") == ["add", "divide", "multiply", "subtract"]
    assert await names(revised, "apis/calc;rev=1/policies") == []
    written = await revised.put("apis/calc", {**OWN, "displayName": "Second"})
    assert (written.status_code, written.json()["properties"]["apiRevision"]) == (200, "2")
    revisions = (await revised.get("apis/calc/revisions")).json()["value"]
    assert [(item["apiRevision"], item["isCurrent"]) for item in revisions] == [("2", True), ("1", False)]
    await revised.put("apis/calc/releases/back", {"apiId": "/apis/calc;rev=1"})
    revisions = (await revised.get("apis/calc/revisions")).json()["value"]
    assert [(item["apiRevision"], item["isCurrent"]) for item in revisions] == [("2", False), ("1", True)]


@pytest.mark.parametrize("named", ["/apis/calc;rev=2", "{service}/apis/calc;rev=2", "calc;rev=2", "/APIS/Calc;rev=2"])
@pytest.mark.parametrize("parent", ["calc", "calc;rev=1", "calc;rev=2"])
async def test_a_release_names_its_revision_in_several_ways(revised, named, parent):
    body = {"apiId": named.format(service=revised.service), "notes": "n"}
    answer = await revised.put(f"apis/{parent}/releases/now", body)
    assert (answer.status_code, answer.json()["properties"]) == (
        201,
        {
            "apiId": f"{revised.service}/apis/calc",
            "createdDateTime": "2027-01-15T08:00:00Z",
            "updatedDateTime": "2027-01-15T08:00:00Z",
            "notes": "n",
        },
    )
    assert (await revised.get("apis/calc/releases/now")).json() == answer.json()
    assert (await revised.get("apis/calc")).json()["properties"]["apiRevision"] == "2"
    [listed] = (await revised.get("apis/calc/releases")).json()["value"]
    assert (listed["name"], "apiId" in listed["properties"]) == ("now", False)


async def test_a_release_is_noted_anew_and_deleted_without_a_change_of_revision(revised, clock):
    await revised.put("apis/calc/releases/now", {"apiId": "/apis/calc;rev=2"})
    await revised.put("apis/calc/releases/back", {"apiId": "/apis/calc;rev=1"})
    older = (await revised.get("apis/calc/releases/now")).json()["properties"]["apiId"]
    assert older == f"{revised.service}/apis/calc;rev=2"
    clock.now += 60
    noted = await revised.put("apis/calc/releases/now", {"notes": "n"})
    assert (noted.status_code, noted.json()["properties"]["updatedDateTime"]) == (200, "2027-01-15T08:00:00Z")
    patched = await revised.patch("apis/calc/releases/now", {"notes": "m"}, headers={"If-Match": "*"})
    assert (patched.status_code, patched.json()["properties"]["notes"]) == (200, "m")
    assert (await revised.delete("apis/calc/releases/back", headers={"If-Match": "*"})).status_code == 200
    assert (await revised.get("apis/calc")).json()["properties"]["apiRevision"] == "1"


async def test_a_release_of_another_api_or_of_no_revision_is_refused(revised):
    for named in ("/apis/other;rev=1", "/apis/calc;rev=9", "/products/calc"):
        assert refusal(await revised.put("apis/calc/releases/now", {"apiId": named}))[1] == "apiId"
    assert refusal(await revised.put("apis/calc/releases/now", {"notes": "n"}))[1] == "apiId"


async def test_a_revision_that_is_not_current_is_deleted_alone(revised):
    await revised.put("apis/calc/releases/now", {"apiId": "/apis/calc;rev=2"})
    gone = await revised.delete("apis/calc;rev=1", params={"api-version": "2021-08-01", "deleteRevisions": "false"})
    assert gone.status_code == 200
    assert (await revised.get("apis/calc")).json()["properties"]["apiRevision"] == "2"
    assert (await revised.get("apis/calc;rev=1")).status_code == 404
    assert (await revised.delete("apis/calc;rev=2")).status_code == 202
    assert await names(revised, "apis") == []


@pytest.mark.parametrize("name", ["calc", "calc;rev=1"])
async def test_the_current_revision_goes_only_with_all_of_them(revised, name):
    message = ("ValidationError", None, "Cannot delete the current revision of an API.")
    refused = await revised.begun("DELETE", f"apis/{name}", params={"api-version": "2021-08-01"})
    assert refusal(refused) == message
    begun = await revised.begun("DELETE", f"apis/{name}")
    assert begun.status_code == 202
    assert refusal(await revised.client.get(begun.headers["location"])) == message
    status = (await revised.client.get(begun.headers["azure-asyncoperation"])).json()
    assert (status["status"], status["error"]["message"]) == ("Failed", message[2])
    assert (await revised.get("apis/calc")).status_code == 200
    assert (await revised.delete(f"apis/{name}", params={"deleteRevisions": "true"})).status_code == 202
    assert await names(revised, "apis") == []
    assert (await revised.get("apis/calc;rev=2")).status_code == 404


@pytest.mark.parametrize("name", ["calc", "calc;rev=1", "calc;rev=2"])
async def test_a_product_and_an_api_are_linked_whichever_revision_is_named(revised, name):
    await revised.put("products/starter", {"displayName": "Starter"})
    linked = await revised.put(f"products/starter/apis/{name}")
    assert (linked.status_code, linked.json()["name"]) == (201, "calc")
    assert await names(revised, "products/starter/apis") == ["calc"]
    assert await names(revised, "apis/calc;rev=2/products") == ["starter"]
    await revised.put("apis/calc/releases/now", {"apiId": "/apis/calc;rev=2"})
    assert await names(revised, "products/starter/apis") == ["calc"]
    assert (await revised.delete(f"products/starter/apis/{name}")).status_code == 200
    assert await names(revised, "products/starter/apis") == []


async def test_a_subscription_to_a_revision_is_taken_as_it_is_named(revised):
    for number in ("1", "2"):
        body = {"displayName": number, "scope": f"/apis/calc;rev={number}"}
        answer = await revised.put(f"subscriptions/s{number}", body)
        assert (answer.status_code, answer.json()["properties"]["scope"]) == (
            201,
            f"{revised.service}/apis/calc;rev={number}",
        )
    refused = await revised.put("subscriptions/none", {"displayName": "N", "scope": "/apis/calc;rev=9"})
    assert refusal(refused)[1] == "scope"


async def test_the_number_of_a_revision_is_compared_without_case(arm):
    body = {"path": "new", "displayName": "New"}
    assert (await arm.put("apis/new;rev=Trial", body)).status_code == 201
    assert (await arm.put("apis/NEW;rev=trial", body)).status_code == 200
    assert [item["apiRevision"] for item in (await arm.get("apis/new/revisions")).json()["value"]] == ["Trial"]


@pytest.mark.parametrize(("length", "status"), [(256, 201), (257, 400)])
async def test_the_number_counts_in_the_length_of_a_name(arm, length, status):
    name = "x" * (length - len(";rev=2")) + ";rev=2"
    assert (await arm.put(f"apis/{name}", {"path": "new", "displayName": "New"})).status_code == status
