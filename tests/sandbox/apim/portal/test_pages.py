import pytest

XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


async def test_the_pages_lead_from_apis_to_an_operation(calculator, visitor):
    assert 'href="/apis/calc"' in (await visitor.get("/")).text
    api = (await visitor.get("/apis/calc")).text
    assert 'href="/apis/calc/operations/add"' in api
    assert "https://localhost:14310/calc" in api
    assert "Starter" in api
    operation = (await visitor.get("/apis/calc/operations/add")).text
    assert 'data-url="https://localhost:14310/calc"' in operation
    assert 'data-grant="authorizationCode"' in operation
    assert "a-secret-that-stays" not in operation


async def test_names_and_descriptions_of_other_people_are_text(calculator, visitor):
    await calculator.patch("apis/calc", {"displayName": XSS, "description": XSS})
    operation = {"displayName": XSS, "description": XSS, "method": "GET", "urlTemplate": "/x"}
    parameter = {"name": XSS, "type": "string", "description": XSS, "defaultValue": XSS}
    request = {"queryParameters": [parameter], "headers": [parameter]}
    responses = [{"statusCode": 200, "description": XSS, "representations": [{"contentType": XSS, "typeName": XSS}]}]
    assert (
        await calculator.put("apis/calc/operations/x", {**operation, "request": request, "responses": responses})
    ).status_code == 201
    schema = {"contentType": "application/vnd.oai.openapi.components+json"}
    document = {"components": {"schemas": {XSS: {"description": XSS}}}}
    assert (await calculator.put("apis/calc/schemas/x", {**schema, "document": document})).status_code in (200, 201)
    await calculator.patch("authorizationServers/Auth0", {"displayName": "<b>Auth0</b>", "defaultScope": XSS})
    await calculator.patch("products/starter", {"displayName": XSS})
    for path in ("/", "/apis/calc", "/apis/calc/operations/x"):
        text = (await visitor.get(path)).text
        assert "alert(1)" in text
        assert [mark for mark in ("<script>", "<img", "<b>", ">49<", "\"'>") if mark in text] == []


@pytest.mark.parametrize(
    "path", ["/", "/apis/calc", "/apis/calc/operations/add", "/apis/none", "/signin-oauth/implicit/callback"]
)
async def test_a_page_runs_the_portals_scripts_alone_and_is_never_framed(calculator, visitor, path):
    headers = (await visitor.get(path)).headers
    directives = dict(each.split(" ", 1) for each in headers["content-security-policy"].split("; "))
    assert (directives["default-src"], directives["script-src"]) == ("'none'", "'self'")
    assert (directives["frame-ancestors"], directives["base-uri"], directives["form-action"]) == ("'none'",) * 3
    assert directives["require-trusted-types-for"] == "'script'"
    assert headers["x-content-type-options"] == "nosniff"


async def test_a_console_talks_to_its_gateway_and_its_token_endpoint_alone(calculator, visitor):
    policy = (await visitor.get("/apis/calc/operations/add")).headers["content-security-policy"]
    assert "connect-src 'self' https://localhost:14310 https://tenant.test;" in policy
    assert "connect-src 'self';" in (await visitor.get("/apis/calc")).headers["content-security-policy"]


async def test_an_endpoint_cannot_change_the_policy(calculator, visitor):
    await calculator.patch("authorizationServers/Auth0", {"tokenEndpoint": "https://a;script-src *.b/token"})
    policy = (await visitor.get("/apis/calc/operations/add")).headers["content-security-policy"]
    assert policy.count("script-src") == 1


@pytest.mark.parametrize("path", ["/apis/none", "/apis/calc/operations/none", "/nowhere", "/static/none.js"])
async def test_what_is_not_there_is_a_page_that_says_so(calculator, visitor, path):
    answer = await visitor.get(path)
    assert (answer.status_code, "not found" in answer.text or "no such page" in answer.text) == (404, True)


async def test_a_service_with_nothing_to_show_says_why(arm, visitor):
    assert "guests" in (await visitor.get("/")).text


async def test_a_published_site_takes_the_place_of_the_pages_and_keeps_the_functions(calculator, visitor, sites, read):
    site = sites / "apim"
    (site / "apis").mkdir(parents=True)
    (site / "index.html").write_text("<p>the real one</p>")
    (site / "apis" / "index.html").write_text("<p>its APIs</p>")
    (site / "config.json").write_text("{}")
    (sites / "secret").write_text("secret")
    assert "the real one" in (await visitor.get("/")).text
    assert "its APIs" in (await visitor.get("/apis/")).text
    assert (await visitor.get("/config.json")).json() == {}
    assert (await read("apis"))["count"] == 1
    assert (await visitor.get("/signin-oauth/implicit/callback")).status_code == 200
    assert (await visitor.get("/static/callback.js")).status_code == 200
    assert (await visitor.get("/..%2Fsecret")).status_code == 404
