import pytest

AFTER = "https://app.example.com/bye"


async def test_logging_out_ends_the_session(world):
    await world.log_in()
    response = await world.http.get("/v2/logout")
    assert (response.status_code, response.text) == (200, "OK")
    assert len(world.tenant.sessions) == 0
    assert world.answer(await world.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": "machine", "returnTo": AFTER},
        {"client_id": "machine"},
        {"returnTo": "https://tenant.example.com/bye"},
        {"client_id": "machine", "returnTo": AFTER + "?from=app"},
    ],
)
async def test_the_browser_goes_where_the_client_or_the_tenant_allows(world, parameters):
    world.client(allowed_logout_urls=[AFTER])
    world.settings(allowed_logout_urls=["https://tenant.example.com/bye"])
    response = await world.http.get("/v2/logout", params=parameters)
    assert response.status_code == 302
    assert response.headers["location"] == parameters.get("returnTo", AFTER)


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": "machine", "returnTo": "https://evil.example.com/"},
        {"client_id": "machine", "returnTo": AFTER + ".evil.example.com"},
        {"returnTo": AFTER},
        {"client_id": "machine", "returnTo": "https://[app.example.com/bye"},
    ],
)
async def test_and_nowhere_else(world, parameters):
    world.client(allowed_logout_urls=[AFTER])
    response = await world.http.get("/v2/logout", params=parameters)
    assert response.status_code == 400
    assert "is not defined as a valid URL in &#34;Allowed Logout URLs&#34;" in response.text


async def test_an_unknown_client_is_refused(world):
    assert (await world.http.get("/v2/logout", params={"client_id": "nobody"})).status_code == 400
