import html
import json
import re

import httpx
import pytest

PORTAL = "https://apim.developer.localhost:14308"
TOKEN = {"accessToken": "a.good.token", "accessTokenType": "Bearer"}
CALLBACK = "/signin-oauth/code/callback/auth0"


def handed_over(answer):
    """What the page gives to the window that opened it."""
    return json.loads(html.unescape(re.search(r'data-message="([^"]*)"', answer.text)[1]))


async def test_a_code_is_exchanged_on_the_server_with_the_secret_and_the_body_parameters(calculator, visitor, tenant):
    answer = await visitor.get(CALLBACK, params={"code": "the-code", "state": "s-1"})
    assert (answer.status_code, handed_over(answer)) == (200, TOKEN | {"state": "s-1"})
    assert tenant.form == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": f"{PORTAL}{CALLBACK}",
        "audience": "calc",
        "client_id": "portal",
        "client_secret": "a-secret-that-stays",
    }
    assert "a-secret-that-stays" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_credentials_go_into_the_header_unless_the_body_is_asked_for(calculator, visitor, tenant):
    await calculator.patch("authorizationServers/Auth0", {"clientAuthenticationMethod": ["Basic"]})
    await visitor.get(CALLBACK, params={"code": "the-code"})
    assert "client_secret" not in tenant.form
    basic = httpx.BasicAuth("portal", "a-secret-that-stays")
    expected = next(basic.auth_flow(httpx.Request("GET", PORTAL))).headers["authorization"]
    assert tenant.requests[-1].headers["authorization"] == expected


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"error": "access_denied", "error_description": "<b>no</b>"}, "access_denied"),
        ({"state": "s-1"}, "invalid_request"),
    ],
)
async def test_a_refusal_is_handed_over_and_shown_as_text(calculator, visitor, tenant, query, error):
    answer = await visitor.get(CALLBACK, params=query)
    assert (answer.status_code, handed_over(answer)["error"], tenant.requests) == (400, error, [])
    assert "<b>" not in answer.text


async def test_a_refusal_of_the_token_endpoint_is_handed_over(calculator, visitor, tenant):
    tenant.answer = httpx.Response(403, json={"error": "invalid_grant", "error_description": "Invalid code"})
    answer = await visitor.get(CALLBACK, params={"code": "old", "state": "s-1"})
    message = {"error": "invalid_grant", "errorDescription": "Invalid code", "state": "s-1"}
    assert handed_over(answer) == message


@pytest.mark.parametrize(
    "trouble",
    [httpx.ConnectError("refused"), httpx.Response(200, text="not json"), httpx.Response(200, json=["a list"])],
)
async def test_a_token_endpoint_that_gives_no_answer_is_said_so(calculator, visitor, tenant, trouble):
    tenant.answer = trouble
    assert handed_over(await visitor.get(CALLBACK, params={"code": "c"}))["error"] == "server_error"


async def test_a_grant_that_the_server_does_not_have_is_not_made(calculator, visitor, tenant):
    await calculator.patch("authorizationServers/Auth0", {"grantTypes": ["implicit"]})
    answers = [
        await visitor.get(CALLBACK, params={"code": "c"}),
        await visitor.post("/signin-oauth/credentials/calc", headers={"Origin": PORTAL}),
        await visitor.post("/signin-oauth/password/auth0", headers={"Origin": PORTAL}),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert answers[1].json()["message"] == "Authorization server configuration not found."
    assert tenant.requests == []


async def test_a_code_with_pkce_is_handed_over_as_it_is(calculator, visitor, tenant):
    answer = await visitor.get("/signin-oauth/code-pkce/callback/auth0", params={"code": "the-code", "state": "s-1"})
    assert (handed_over(answer), tenant.requests) == ({"code": "the-code", "state": "s-1"}, [])


async def test_client_credentials_are_used_for_the_api_with_the_default_scope(calculator, visitor, tenant):
    answer = await visitor.post("/signin-oauth/credentials/calc", headers={"Origin": PORTAL})
    assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (200, TOKEN, "no-store")
    assert tenant.form["grant_type"] == "client_credentials"
    assert (tenant.form["scope"], tenant.form["audience"]) == ("calc:add", "calc")


async def test_a_users_password_is_sent_on_with_the_scopes_that_are_asked_for(calculator, visitor, tenant):
    user = {"username": "jane@example.com", "password": "p-1"}
    url = "/signin-oauth/password/auth0?scopes=calc:divide"
    answer = await visitor.post(url, content=json.dumps(user), headers={"Origin": PORTAL})
    assert (answer.status_code, answer.json()) == (200, TOKEN)
    assert user.items() <= tenant.form.items()
    assert (tenant.form["grant_type"], tenant.form["scope"]) == ("password", "calc:divide")
    tenant.answer = httpx.Response(
        403, json={"error": "invalid_grant", "error_description": "Wrong email or password."}
    )
    answer = await visitor.post(url, content=json.dumps(user), headers={"Origin": PORTAL})
    assert (answer.status_code, answer.json()["message"]) == (401, "Wrong email or password.")


@pytest.mark.parametrize("body", ["", "[]", '{"username": "jane"}', '{"username": 1, "password": "p"}', "x" * 20_000])
async def test_a_body_without_a_user_is_refused(calculator, visitor, tenant, body):
    answer = await visitor.post("/signin-oauth/password/auth0", content=body, headers={"Origin": PORTAL})
    assert (answer.status_code, tenant.requests) == (413 if len(body) > 16384 else 400, [])


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
async def test_a_page_of_another_site_gets_no_token(calculator, visitor, tenant, origin):
    user = json.dumps({"username": "jane", "password": "p"})
    answers = [
        await visitor.post("/signin-oauth/credentials/calc", headers=origin),
        await visitor.post("/signin-oauth/password/auth0", content=user, headers=origin),
    ]
    assert [(answer.status_code, "token" in answer.json()) for answer in answers] == [(403, False)] * 2
    assert tenant.requests == []
