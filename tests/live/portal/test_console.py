"""The tutorial's last step, in a browser: log in as the user, call the operation, get the sum."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.live
PLACE = ("local", "basic-calculator-local")


@pytest.fixture
def console(page: Page, deployed, manager) -> Page:
    """The console of the operation `add`, reached from the portal's first page."""
    page.goto(manager.api_management_service.get(*PLACE).developer_portal_url)
    page.get_by_role("main").get_by_role("link", name="Basic Calculator").click()
    page.get_by_role("link", name="Add two numbers").click()
    return page


def sign_in(console: Page, outputs) -> None:
    with console.expect_popup() as opened:
        console.get_by_role("button", name="Sign in", exact=True).click()
    login = opened.value
    login.get_by_label("Email").fill(outputs["userEmail"])
    login.get_by_label("Password").fill(outputs["userPassword"])
    login.get_by_role("button", name="Continue").click()


def test_the_user_signs_in_and_gets_the_right_sum(console, deployed):
    sign_in(console, deployed.outputs())
    expect(console.locator("#sign-in-status")).to_have_text("Signed in.")
    claims = console.locator("#token")
    expect(claims).to_contain_text("audience: the API that it is for")
    expect(claims).to_contain_text("basic-calculator")
    expect(console.locator("#token-time")).to_contain_text("Good for")
    expect(console.locator("#authorization")).to_contain_text("redirect_uri")
    console.get_by_label("a (required)").fill("20")
    console.get_by_label("b (required)").fill("22")
    console.get_by_role("button", name="Call").click()
    expect(console.locator("#call-status")).to_contain_text("200")
    expect(console.locator("#answer-body")).to_contain_text('"result": 42')


def test_a_call_without_a_token_is_refused_and_the_refusal_readable(console):
    console.get_by_label("a (required)").fill("20")
    console.get_by_label("b (required)").fill("22")
    console.get_by_role("button", name="Call").click()
    expect(console.locator("#call-status")).to_contain_text("401")
    expect(console.locator("#answer-body")).to_contain_text('"statusCode": 401')
    expect(console.locator("#answer-head")).to_contain_text("www-authenticate")


def test_an_answer_of_another_sign_in_is_not_taken(console, deployed):
    with console.expect_popup() as opened:
        console.get_by_role("button", name="Sign in", exact=True).click()
    portal = console.url.partition("/apis/")[0]
    forged = f"{portal}/signin-oauth/code/callback/auth0?error=made_up&state=another"
    opened.value.get_by_label("Email").wait_for()
    opened.value.evaluate("address => { location.href = address }", forged)
    expect(console.locator("#sign-in-status")).to_contain_text("belongs to another sign-in")
    expect(console.locator("#token")).to_be_hidden()


def test_the_overview_shows_what_is_deployed_and_why_a_call_was_refused(page, deployed, http, sandbox):
    http.get(f"{deployed.outputs()['apiUrl']}/add?a=20&b=22")
    link = http.post(f"{sandbox.control_url}/overview/links", headers=sandbox.control_headers).json()["url"]
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text("Service basic-calculator-local")
    expect(page.get_by_role("main")).to_contain_text("Basic Calculator (calc)")
    expect(page.get_by_role("main")).to_contain_text("validate-jwt (api inbound validate-jwt[1]): TokenNotPresent")
    expect(page.get_by_role("main")).to_contain_text("jane@example.com")
    assert page.url == f"{sandbox.control_url}/overview"
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Basic Calculator (calc)")
    another = page.context.browser.new_context().new_page()
    another.goto(link)
    expect(another.get_by_role("status")).to_contain_text("auth0-apim sandbox open")
    another.context.close()


def test_azures_client_traces_a_call_that_is_refused(deployed, manager, http):
    api = manager.api.get(*PLACE, "calc").id
    credentials = manager.gateway.list_debug_credentials(*PLACE, "managed", {"apiId": api, "purposes": ["tracing"]})
    headers = {"Apim-Debug-Authorization": credentials.token}
    answer = http.get(f"{deployed.outputs()['apiUrl']}/add?a=20&b=22", headers=headers)
    trace = manager.gateway.list_trace(*PLACE, "managed", {"traceId": answer.headers["apim-trace-id"]})
    sources = [(entry["source"], entry["data"].get("reason")) for entry in trace["traceEntries"]["inbound"]]
    assert sources[-1] == ("validate-jwt", "TokenNotPresent")
