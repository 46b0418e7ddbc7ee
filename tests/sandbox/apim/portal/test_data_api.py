import pytest

VERSION = "2022-04-01-preview"


async def hidden_api(arm, name):
    body = {"path": name, "displayName": name.title(), "serviceUrl": "https://backend.example/secret-place"}
    assert (await arm.put(f"apis/{name}", body)).status_code == 201


async def test_an_api_is_shown_flat_with_its_security_in_both_forms_and_without_its_backend(calculator, read):
    await calculator.patch("apis/calc", {"serviceUrl": "https://backend.example/secret-place"})
    shown = await read("apis/calc")
    assert (shown["id"], shown["name"]) == ("calc", "Basic Calculator")
    assert (shown["path"], shown["protocols"], shown["type"]) == ("calc", ["https"], "http")
    server = {"authorizationServerId": "Auth0", "scope": None}
    assert shown["authenticationSettings"]["oAuth2"] == server
    assert shown["authenticationSettings"]["oAuth2AuthenticationSettings"] == [server]
    assert "serviceUrl" not in shown
    assert "properties" not in shown
    assert "backend.example" not in str(shown)
    page = await read("apis", **{"$top": "10", "$skip": "0", "skipWorkspaces": "true"})
    assert page == {"value": [shown], "count": 1}


@pytest.mark.parametrize("product", [{"state": "notPublished"}, {"groups": ("developers",)}, {"groups": ()}, None])
async def test_an_api_that_no_product_shows_to_guests_is_not_there(calculator, read, publish, product):
    await hidden_api(calculator, "payroll")
    if product is not None:
        await publish(calculator, "internal", "payroll", **product)
    assert [api["id"] for api in (await read("apis"))["value"]] == ["calc"]
    assert [each["id"] for each in (await read("products"))["value"]] == ["starter"]
    for path in ("apis/payroll", "apis/payroll/operations", "apis/payroll/authServers/oauth2", "products/internal"):
        assert (await read(path, 404))["error"]["code"] == "ResourceNotFound"


async def test_the_console_reads_host_names_servers_operations_and_schemas(calculator, read):
    assert (await read("apis/calc/hostnames"))["value"] == [{"value": "localhost:14310"}]
    [server] = (await read("apis/calc/authServers/oauth2"))["value"]
    assert server == {
        "id": "Auth0",
        "name": "Auth0",
        "description": None,
        "clientId": "portal",
        "authorizationEndpoint": "https://tenant.test/authorize?audience=calc",
        "tokenEndpoint": "https://tenant.test/oauth/token",
        "grantTypes": ["authorizationCode", "clientCredentials", "resourceOwnerPassword"],
        "defaultScope": "calc:add",
        "useInTestConsole": True,
        "useInApiDocumentation": False,
    }
    operations = (await read("apis/calc/operations"))["value"]
    assert [each["id"] for each in operations] == ["add", "divide", "multiply", "subtract"]
    operation = await read("apis/calc/operations/add")
    assert (operation["method"], operation["urlTemplate"], operation["name"]) == (
        "GET",
        "/add?a={a}&b={b}",
        "Add two numbers",
    )
    assert [each["name"] for each in operation["templateParameters"]] == ["a", "b"]
    assert (await read("apis/calc/operations/add/tags"))["value"] == []
    assert (await read("tags", scope="apis"))["value"] == []
    [schema] = (await read("apis/calc/schemas"))["value"]
    assert set(schema) == {"id", "contentType"}
    document = (await read(f"apis/calc/schemas/{schema['id']}"))["document"]
    assert (await read("apis/calc/schemas", **{"$expand": "document"}))["value"][0]["document"] == document
    assert "Result" in str(document)


async def test_a_server_that_consoles_do_not_use_is_not_offered(calculator, read):
    await calculator.patch("authorizationServers/Auth0", {"useInTestConsole": False})
    assert (await read("apis/calc/authServers/oauth2"))["value"] == []


async def test_a_page_leads_to_the_next_one_at_the_portal(calculator, read, visitor):
    page = await read("apis/calc/operations", **{"$top": "3"})
    assert (len(page["value"]), page["count"]) == (3, 4)
    assert page["nextLink"].startswith(f"{visitor.base_url}/developer/apis/calc/operations?")
    assert [each["id"] for each in (await visitor.get(page["nextLink"])).json()["value"]] == ["subtract"]


async def test_another_version_a_user_and_what_is_not_there_are_refused_by_name(calculator, read, visitor):
    answer = await visitor.get("/developer/apis", params={"api-version": "2019-01-01"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "NoRegisteredProviderFound")
    signed_in = {"Authorization": 'SharedAccessSignature token="t",refresh="true"'}
    answer = await visitor.get("/developer/apis", params={"api-version": VERSION}, headers=signed_in)
    assert (answer.status_code, "user of the developer portal" in answer.text) == (501, True)
    assert "users/1/subscriptions" in (await read("users/1/subscriptions", 501))["error"]["message"]
    assert "Exporting" in (await read("apis/calc", 501, export="true"))["error"]["message"]


@pytest.mark.parametrize(
    "name", ["localhost:14308", "evil.example", "apim.developer.localhost", "other.developer.localhost:14308"]
)
async def test_another_host_name_is_told_nothing(calculator, visitor, name):
    answer = await visitor.get("/", headers={"Host": name})
    assert (answer.status_code, "calc" in answer.text.lower()) == (421, False)


async def test_a_service_without_a_portal_has_none(calculator, visitor):
    body = {"properties": {"developerPortalStatus": "Disabled"}}
    assert (await calculator.patch("", body=body)).status_code == 200
    assert (await visitor.get("/")).status_code == 421
