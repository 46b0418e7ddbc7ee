from urllib.parse import urlsplit

import pytest

CALLBACK = "https://app.example.com/callback"
LOCAL = "http://localhost:3000/callback"


async def log_in(world, response, **fields):
    defaults = {"username": "ada@example.com", "password": world.password, "action": "default"}
    return await world.submit(response, **{**defaults, **fields})


async def test_the_login_page_is_a_form_that_nobody_can_frame_or_cache(world):
    begun = await world.authorize(login_hint='"><b>')
    page = await world.http.get(begun.headers["location"])
    assert page.status_code == 200
    assert 'value="&#34;&gt;&lt;b&gt;"' in page.text
    assert page.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"password": "wrong"}, "Wrong email or password."),
        ({"username": "nobody@example.com"}, "Wrong email or password."),
        ({"password": ""}, "Password is required"),
        ({"username": ""}, "Please enter an email address"),
    ],
)
async def test_a_failed_login_shows_the_page_again(world, fields, text):
    page = await log_in(world, await world.authorize(), **fields)
    assert page.status_code == 400
    assert text in page.text
    assert 'name="password"' in page.text
    assert "auth0" not in page.cookies


async def test_a_failed_login_can_be_tried_again(world):
    begun = await world.authorize()
    await log_in(world, begun, password="wrong")
    assert (await log_in(world, begun)).status_code == 302


async def test_the_lock_out_is_shown(world):
    begun = await world.authorize()
    for _ in range(10):
        await log_in(world, begun, password="wrong")
    page = await log_in(world, begun)
    assert page.status_code == 429
    assert "has been blocked after multiple consecutive login attempts" in page.text


async def test_a_blocked_user_is_told_to_the_client(world):
    world.user("eve@example.com", blocked=True)
    response = await log_in(world, await world.authorize(), username="eve@example.com")
    answer = world.answer(response)
    assert (answer["error"], answer["error_description"]) == ("unauthorized", "user is blocked")


async def test_the_session_cookie_is_out_of_reach_of_scripts(world):
    response = await log_in(world, await world.authorize())
    [cookie] = [value for value in response.headers.get_list("set-cookie") if value.startswith("auth0=")]
    attributes = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "secure", "samesite=none", "path=/"} <= attributes


async def test_every_login_makes_a_new_session(world):
    await world.log_in()
    first = world.http.cookies["auth0"]
    await world.log_in(prompt="login")
    assert world.http.cookies["auth0"] != first
    assert len(world.tenant.sessions) == 1
    assert first not in str(dict(world.tenant.sessions))


async def test_an_unknown_state_is_an_error_page(world):
    assert (await world.http.get("/u/login?state=made-up")).status_code == 400
    assert (await world.http.get("/u/login")).status_code == 400
    assert (await world.http.post("/u/login", data={"state": "made-up"})).status_code == 400


async def test_the_login_page_expires(world):
    begun = await world.authorize()
    world.clock.now += 3600
    assert (await world.http.get(begun.headers["location"])).status_code == 400


async def test_a_user_of_any_enabled_connection_can_log_in(world):
    world.connection("Others")
    world.user("bob@example.com", "Others")
    assert "code" in world.answer(await world.log_in(username="bob@example.com"))


async def test_a_local_callback_asks_for_consent_once(world):
    world.client(callbacks=[LOCAL])
    parameters = {"redirect_uri": LOCAL, "audience": world.audience, "scope": "openid add"}
    posted = await log_in(world, await world.authorize(**parameters))
    resumed = await world.http.get(posted.headers["location"])
    assert urlsplit(resumed.headers["location"]).path == "/u/consent"
    page = await world.http.get(resumed.headers["location"])
    assert "add: Call add" in page.text
    accepted = await world.submit(resumed, action="accept")
    done = await world.http.get(accepted.headers["location"])
    assert done.headers["location"].startswith(f"{LOCAL}?code=")
    assert (await world.authorize(**parameters)).headers["location"].startswith(f"{LOCAL}?code=")
    more = await world.authorize(**{**parameters, "scope": "openid add multiply"})
    assert urlsplit(more.headers["location"]).path == "/u/consent"


async def test_a_user_may_decline(world):
    world.client(is_first_party=False)
    world.connection(domain=True)
    world.grant(subject_type="user")
    challenge = {"code_challenge": world.challenge, "code_challenge_method": "S256"}
    posted = await log_in(world, await world.authorize(audience=world.audience, **challenge))
    resumed = await world.http.get(posted.headers["location"])
    answer = world.answer(await world.submit(resumed, action="deny"))
    assert (answer["error"], answer["error_description"]) == ("access_denied", "User did not authorize the request")


async def test_silent_authentication_cannot_ask_for_consent(world):
    await world.log_in()
    world.api(skip_consent_for_verifiable_first_party_clients=False)
    answer = world.answer(await world.authorize(prompt="none", audience=world.audience))
    assert (answer["error"], answer["error_description"]) == ("consent_required", "Consent required")


async def test_prompt_consent_asks_again(world):
    await world.log_in()
    response = await world.authorize(prompt="consent")
    assert urlsplit(response.headers["location"]).path == "/u/consent"
    accepted = await world.submit(response, action="accept")
    assert "code" in world.answer(await world.http.get(accepted.headers["location"]))


async def test_a_third_party_client_needs_a_grant_for_users(world):
    world.client(is_first_party=False, redirection_policy="allow_always")
    world.connection(domain=True)
    challenge = {"code_challenge": world.challenge, "code_challenge_method": "S256"}
    answer = world.answer(await world.authorize(audience=world.audience, **challenge))
    assert (answer["error"], answer["error_description"]) == (
        "unauthorized_client",
        'Client "machine" is not authorized to access resource server "basic-calculator".',
    )


@pytest.mark.parametrize("policy", ["require_client_grant", "deny_all"])
async def test_an_application_without_a_grant_is_refused_at_its_callback_before_any_login(world, policy):
    world.api(subject_type_authorization={"user": {"policy": policy}})
    world.grant(scope="add")
    response = await world.authorize(audience=world.audience, scope="openid add", state="s")
    assert response.headers["location"].startswith(f"{CALLBACK}?")
    assert world.answer(response) == {
        "error": "invalid_request",
        "error_description": 'Client "machine" is not authorized to access resource server "basic-calculator".',
        "state": "s",
    }


async def test_a_grant_is_the_most_that_an_application_gets_of_its_users(world):
    world.api(subject_type_authorization={"user": {"policy": "require_client_grant"}})
    world.grant(subject_type="user", scope="add")
    code = world.answer(await world.log_in(audience=world.audience, scope="openid add multiply"))["code"]
    body = (await world.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK)).json()
    assert (body["scope"], world.claims(body["access_token"])["scope"]) == ("openid add", "openid add")


async def test_a_tenant_names_the_lifetimes_of_sessions_in_minutes_too(world):
    world.settings(session_lifetime_in_minutes=10, idle_session_lifetime_in_minutes=2)
    await world.log_in()
    for _ in range(4):
        world.clock.now += 119
        assert "code" in world.answer(await world.authorize(prompt="none"))
    world.clock.now += 120
    assert world.answer(await world.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize(("mode", "kept"), [("persistent", True), ("non-persistent", False)])
async def test_a_session_may_end_with_the_browser(world, mode, kept):
    world.settings(session_cookie={"mode": mode})
    response = await log_in(world, await world.authorize())
    [cookie] = [value for value in response.headers.get_list("set-cookie") if value.startswith("auth0=")]
    assert ("Max-Age" in cookie) is kept


async def test_a_database_without_passwords_lets_nobody_in(world):
    world.connection(authentication_methods={"password": {"enabled": False}})
    page = await log_in(world, await world.authorize())
    assert (page.status_code, "the connection is not enabled" in page.text) == (400, True)
