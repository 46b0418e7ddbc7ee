import pytest


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def problem(answer):
    assert code(answer) == (400, "ValidationError")
    detail = answer.json()["error"]["details"][0]
    return detail["target"], detail["message"]


async def names(arm, path):
    return [item["name"] for item in (await arm.get(path)).json()["value"]]


async def test_an_api_without_a_document_has_azures_defaults(arm):
    answer = await arm.put("apis/plain", {"path": "/shop/v1", "displayName": "Plain"})
    assert answer.status_code == 201
    assert answer.json() == {
        "id": f"{arm.service}/apis/plain",
        "type": "Microsoft.ApiManagement/service/apis",
        "name": "plain",
        "properties": {
            "path": "shop/v1",
            "displayName": "Plain",
            "description": None,
            "serviceUrl": None,
            "backendId": None,
            "protocols": ["https"],
            "subscriptionRequired": True,
            "authenticationSettings": {"oAuth2": None, "openid": None},
            "subscriptionKeyParameterNames": {"header": "Ocp-Apim-Subscription-Key", "query": "subscription-key"},
            "apiRevision": "1",
            "isCurrent": True,
            "provisioningState": "Succeeded",
        },
    }


async def test_patch_changes_only_what_it_names(arm):
    await arm.calculator()
    answer = await arm.patch("apis/calc", {"serviceUrl": "https://other.test", "subscriptionRequired": False})
    properties = answer.json()["properties"]
    assert (properties["serviceUrl"], properties["subscriptionRequired"]) == ("https://other.test", False)
    assert (properties["displayName"], properties["path"]) == ("Basic Calculator", "calc")
    assert await names(arm, "apis/calc/operations") == ["add", "divide", "multiply", "subtract"]


@pytest.mark.parametrize(
    ("properties", "target"),
    [
        ({"displayName": "X"}, "path"),
        ({"path": "x"}, "displayName"),
        ({"path": "x", "displayName": "X" * 301}, "displayName"),
        ({"path": "x?", "displayName": "X"}, "path"),
        ({"path": "x" * 401, "displayName": "X"}, "path"),
        ({"path": "x", "displayName": "X", "serviceUrl": "ftp://x"}, "serviceUrl"),
        ({"path": "x", "displayName": "X", "serviceUrl": "https://x/" + "x" * 2000}, "serviceUrl"),
        ({"path": "x", "displayName": "X", "protocols": ["gopher"]}, "protocols[0]"),
        ({"path": "x", "displayName": "X", "apiVersion": "v1"}, "ApiVersion"),
        ({"path": "x", "displayName": "X", "apiVersionSetId": "/apiVersionSets/none"}, "apiVersionSetId"),
        ({"path": "x", "displayName": "X", "sourceApiId": "/apis/none"}, "sourceApiId"),
        ({"path": "x", "format": "openapi"}, "format"),
    ],
)
async def test_a_wrong_api_is_refused_and_nothing_is_made(arm, properties, target):
    assert problem(await arm.put("apis/x", properties))[0] == target
    assert await names(arm, "apis") == []


async def test_a_missing_authorization_server_is_named_as_azure_does(arm):
    settings = {"oAuth2": {"authorizationServerId": "none"}}
    answer = await arm.put("apis/x", {"path": "x", "displayName": "X", "authenticationSettings": settings})
    assert problem(answer) == ("AuthenticationSettings", "Authorization server was not found.")


async def test_kinds_of_api_that_are_not_served_are_refused_by_name(arm):
    for properties in (
        {"type": "soap"},
        {"protocols": ["wss"]},
        {"format": "wsdl", "value": "x"},
        {"apiVersionSet": {}},
    ):
        answer = await arm.put("apis/x", {"path": "x", "displayName": "X", **properties})
        assert code(answer) == (501, "NotImplemented")


async def test_a_deleted_api_takes_its_children_links_and_subscriptions(arm):
    await arm.calculator()
    await arm.put("products/starter", {"displayName": "Starter"})
    await arm.put("products/starter/apis/calc")
    await arm.put("subscriptions/mine", {"displayName": "Mine", "scope": "/apis/calc"})
    assert (await arm.delete("apis/calc")).status_code == 202
    assert code(await arm.get("apis/calc/operations/add")) == (404, "ResourceNotFound")
    assert await names(arm, "products/starter/apis") == []
    assert (await arm.get("subscriptions/mine")).status_code == 404


async def test_an_operation_declares_its_template_parameters(arm):
    await arm.calculator()
    operation = {"displayName": "Get", "method": "GET", "urlTemplate": "/items/{id}"}
    message = "All template parameters used in the UriTemplate must be defined in the Operation 'Get', and vice-versa."
    assert problem(await arm.put("apis/calc/operations/get", operation)) == ("templateParameters", message)
    parameters = [{"name": "id", "type": "string"}]
    created = await arm.put("apis/calc/operations/get", {**operation, "templateParameters": parameters})
    assert created.status_code == 201
    assert created.json()["properties"] == {
        **operation,
        "templateParameters": [{"name": "id", "type": "string", "values": []}],
        "description": None,
        "request": {"queryParameters": [], "headers": [], "representations": []},
        "responses": [],
        "policies": None,
    }
    extra = {**operation, "urlTemplate": "/items", "templateParameters": parameters}
    assert problem(await arm.put("apis/calc/operations/get", extra)) == ("templateParameters", message)
    same = {**operation, "urlTemplate": "/items/{key}", "templateParameters": [{"name": "key", "type": "string"}]}
    assert problem(await arm.put("apis/calc/operations/other", same))[0] == "urlTemplate"
    assert "request" not in (await arm.get("apis/calc/operations")).json()["value"][0]["properties"]


async def test_exporting_an_api_is_refused_by_name(arm):
    await arm.put("apis/plain", {"path": "plain", "displayName": "Plain"})
    answer = await arm.get("apis/plain", params={"format": "openapi+json-link", "export": "true"})
    assert code(answer) == (501, "NotImplemented")
    assert "Exporting an API (export=true)" in answer.json()["error"]["message"]


@pytest.mark.parametrize("template", ["/x/{id", "/x/id}", "/x/{{id}}", "/x/{}"])
async def test_a_template_whose_braces_do_not_match_is_refused(arm, template):
    await arm.calculator()
    answer = await arm.put("apis/calc/operations/x", {"displayName": "X", "method": "GET", "urlTemplate": template})
    assert (answer.status_code, answer.json()["error"]["details"][0]["target"]) == (400, "urlTemplate")


async def test_lists_follow_the_display_names(arm):
    for name, title in (("b", "zebra"), ("a", "Yak"), ("c", "ant")):
        await arm.put(f"apis/{name}", {"path": name, "displayName": title})
    assert await names(arm, "apis") == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("child", "properties"),
    [("releases/r", {"apiId": "/apis/{name}"}), ("diagnostics/applicationinsights", {"loggerId": "/loggers/monitor"})],
)
async def test_an_api_above_releases_and_diagnostics_has_a_name_of_at_most_80_characters(arm, child, properties):
    await arm.put("loggers/monitor", {"loggerType": "azureMonitor"})
    for length, status in ((80, 201), (81, 400)):
        name = "a" * length
        assert (await arm.put(f"apis/{name}", {"path": name, "displayName": "A"})).status_code == 201
        given = {key: value.format(name=name) for key, value in properties.items()}
        answer = await arm.put(f"apis/{name}/{child}", given)
        assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["code"], "at most 80 characters" in error["message"]) == ("ValidationError", True)
    assert (await arm.put(f"apis/{'a' * 80};rev=1/{child}", given)).status_code == 400


@pytest.mark.parametrize("template", ["/x/{id}/{ID}", "/x/{id}?ID={ID}"])
async def test_parameters_of_a_template_differ_by_more_than_case(arm, template):
    await arm.put("apis/plain", {"path": "plain", "displayName": "Plain"})
    parameters = [{"name": name, "type": "string"} for name in ("id", "ID")]
    operation = {"displayName": "O", "method": "GET", "urlTemplate": template, "templateParameters": parameters}
    answer = await arm.put("apis/plain/operations/o", operation)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["target"] == "templateParameters"


async def test_a_websocket_api_is_refused_by_name_whatever_its_address(arm):
    body = {"path": "ws", "displayName": "W", "type": "websocket", "serviceUrl": "wss://a.test", "protocols": ["wss"]}
    answer = await arm.put("apis/ws", body)
    assert (answer.status_code, "An API of type 'websocket'" in answer.text) == (501, True)


async def test_an_address_of_another_scheme_is_refused(arm):
    answer = await arm.put("apis/x", {"path": "x", "displayName": "X", "serviceUrl": "ftp://a.test"})
    assert (answer.status_code, answer.json()["error"]["details"][0]["target"]) == (400, "serviceUrl")


@pytest.mark.parametrize(("version", "state"), [("2024-05-01", "Succeeded"), ("2022-08-01", None)])
async def test_who_puts_an_api_is_told_its_state(arm, version, state):
    params = {"api-version": version}
    put = await arm.put("apis/x", {"path": "x", "displayName": "X"}, params=params)
    assert put.json()["properties"].get("provisioningState") == state
    assert "provisioningState" not in (await arm.get("apis/x", params=params)).json()["properties"]
