import httpx
import pytest
from auth0_apim_sandbox.cloud.control import create_control
from auth0_apim_sandbox.cloud.faults import Faults
from auth0_apim_sandbox.cloud.overview import overview
from auth0_apim_sandbox.cloud.overview_page import Overview
from auth0_apim_sandbox.cloud.request_log import Entry, RequestLog
from auth0_apim_sandbox.store import Store
from starlette.applications import Starlette

OWNER = {"Authorization": "Bearer token"}
SERVICE = "/subscriptions/s/resourceGroups/local/providers/Microsoft.ApiManagement/service/apim"


def client_of(application):
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://localhost")


@pytest.fixture
async def browser():
    async with client_of(create_control(dict, Faults(), lambda: {"calls": ["secret-place"]}, "token")) as client:
        yield client


async def session(browser, code):
    return await browser.post("/overview/sessions", json={"code": code})


async def code_of(browser):
    answer = await browser.post("/overview/links", headers=OWNER)
    address, _, code = answer.json()["url"].partition("#")
    assert address == "http://localhost/overview"
    return code


async def test_the_page_itself_says_nothing_and_runs_its_own_script_alone(browser):
    answer = await browser.get("/overview")
    assert (answer.status_code, "secret-place" in answer.text) == (200, False)
    assert "default-src 'none'; script-src 'self'" in answer.headers["content-security-policy"]
    for name in ("overview.js", "overview.css"):
        assert (await browser.get(f"/overview/{name}")).status_code == 200


async def test_a_link_opens_the_data_once(browser):
    code = await code_of(browser)
    opened = await session(browser, code)
    shown = await browser.get("/overview/data", headers={"Authorization": f"Bearer {opened.json()['token']}"})
    assert (shown.status_code, shown.json()) == (200, {"calls": ["secret-place"]})
    assert (await session(browser, code)).status_code == 403


async def test_the_owner_of_the_token_reads_the_data_without_a_link(browser):
    assert (await browser.get("/overview/data", headers=OWNER)).status_code == 200


async def test_a_session_shows_the_overview_and_controls_nothing(browser):
    token = (await session(browser, await code_of(browser))).json()["token"]
    for method, path in (("POST", "/faults"), ("DELETE", "/faults"), ("POST", "/overview/links")):
        answer = await browser.request(method, path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer other"}])
async def test_other_users_of_the_machine_see_nothing(browser, headers):
    assert (await browser.get("/overview/data", headers=headers)).status_code == 401
    assert (await browser.post("/overview/links", headers=headers)).status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"code": "made up"}', b'{"code": []}', b'{"code": null}'])
async def test_no_code_opens_nothing(browser, body):
    assert (await browser.post("/overview/sessions", content=body)).status_code == 403


async def test_a_code_ends_after_a_minute():
    now = [0.0]
    page = Overview(dict, "token", lambda: now[0])
    async with client_of(Starlette(routes=page.routes())) as browser:
        code = await code_of(browser)
        now[0] = 60.0
        assert (await session(browser, code)).status_code == 403


async def test_what_is_deployed_is_shown_without_secrets():
    store = Store()
    resources = store.collection("arm.resources")

    def put(path, properties, kind):
        place = f"{SERVICE}{path}"
        document = {"id": place, "name": place.rpartition("/")[2], "type": f"Microsoft.ApiManagement/service{kind}"}
        resources.put(place.lower(), document | {"properties": properties, "secrets": {"value": "hidden"}})

    put("", {}, "")
    put("/apis/calc", {"displayName": "Calculator", "path": "calc"}, "/apis")
    put("/apis/calc/operations/add", {"method": "GET", "urlTemplate": "/add"}, "/apis/operations")
    put("/apis/calc/policies/policy", {"value": "<policies>{{key}}</policies>"}, "/apis/policies")
    put("/namedValues/key", {"displayName": "key"}, "/namedValues")
    client = {"client_id": "c-1", "name": "Calculator", "client_secret": "hidden", "grant_types": ["password"]}
    store.collection("auth0.clients").put("c-1", client)
    call = Entry("2026-01-01T00:00:00.000Z", "gateway", "GET", "/calc/add", 401, 1.0, "validate-jwt: TokenExpired")
    status = {
        "parts": {"tenant": "https://localhost:14300"},
        "gateways": {SERVICE.lower(): "https://localhost:14310"},
        "portals": {SERVICE.lower(): "https://apim.developer.localhost:14308"},
    }
    shown = overview(store, status, [call])
    assert shown["services"] == [
        {
            "name": "apim",
            "gateway": "https://localhost:14310",
            "portal": "https://apim.developer.localhost:14308",
            "apis": [{"name": "Calculator (calc)", "url": "https://localhost:14310/calc", "operations": ["GET /add"]}],
            "policies": [{"of": "/apis/calc", "text": "<policies>{{key}}</policies>"}],
        }
    ]
    assert shown["tables"][0]["rows"] == [["Calculator", "c-1", None, ["password"]]]
    assert shown["calls"][0]["refusal"] == "validate-jwt: TokenExpired"
    assert "hidden" not in str(shown)
    store.close()


async def test_the_log_says_who_refused_a_call_and_why_and_nothing_that_was_sent(capsys):
    async def refusing(scope, receive, send):
        scope["refusal"] = "validate-jwt (api inbound validate-jwt[1]): TokenExpired"
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    log = RequestLog()
    async with client_of(log.logged("gateway", refusing)) as caller:
        await caller.get("/calc/a%0Ab?key=hidden", headers={"Authorization": "Bearer hidden"})
    line = capsys.readouterr().out
    assert line.endswith(" refused by validate-jwt (api inbound validate-jwt[1]): TokenExpired\n")
    assert " gateway GET /calc/a\\nb 401 " in line
    assert "hidden" not in line
    assert [entry.status for entry in log.calls] == [401]
