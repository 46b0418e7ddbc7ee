from urllib.parse import urlsplit

import pytest

PASSWORD = "Correct-Horse-1"


@pytest.fixture
def third_party(world):
    world.client(
        is_first_party=False,
        grant_types=["authorization_code", "refresh_token"],
        redirection_policy="allow_always",
    )
    world.connection(domain=True)
    world.api(allow_offline_access=True)
    world.grant(scope="add", subject_type="user")
    return {"audience": world.audience, "code_challenge": world.challenge, "code_challenge_method": "S256"}


async def test_it_gets_what_its_grant_has_and_nothing_of_openid_connect(world, third_party):
    begun = await world.authorize(**third_party, scope="openid profile email add multiply offline_access")
    posted = await world.submit(begun, action="default", username="ada@example.com", password=PASSWORD)
    consent = await world.http.get(posted.headers["location"])
    assert urlsplit(consent.headers["location"]).path == "/u/consent"
    accepted = await world.submit(consent, action="accept")
    code = world.answer(await world.http.get(accepted.headers["location"]))["code"]
    body = (
        await world.token(
            grant_type="authorization_code", code=code, redirect_uri=world.callback, code_verifier=world.verifier
        )
    ).json()
    assert (set(body), body["scope"]) == (
        {"access_token", "refresh_token", "scope", "expires_in", "token_type"},
        "add offline_access",
    )
    assert world.claims(body["access_token"])["aud"] == world.audience
    refreshed = (await world.token(grant_type="refresh_token", refresh_token=body["refresh_token"])).json()
    assert ("id_token" in refreshed, refreshed["scope"]) == (False, "add offline_access")


@pytest.mark.parametrize(
    ("changed", "error", "description"),
    [
        (
            {"code_challenge": "", "code_challenge_method": ""},
            "invalid_request",
            "Missing required parameter: code_challenge",
        ),
        ({"response_type": "token"}, "unsupported_response_type", "Unsupported response type: token"),
        ({"response_type": "code id_token"}, "unsupported_response_type", "Unsupported response type: code id_token"),
        ({"theme": "dark"}, "invalid_request", "Unsupported parameter: theme"),
        *(
            ({name: "x"}, "invalid_request", f"Unsupported parameter: {name}")
            for name in (
                "claims",
                "id_token_hint",
                "invitation",
                "login_ticket",
                "request",
                "request_uri",
                "screen_hint",
            )
        ),
        ({"audience": ""}, "invalid_request", "Missing required parameter: audience"),
        (
            {"audience": "orders"},
            "unauthorized_client",
            'Client "machine" is not authorized to access resource server "orders".',
        ),
    ],
)
async def test_what_others_may_ask_for_is_refused(world, third_party, changed, error, description):
    world.api("orders")
    answer = world.answer(await world.authorize(**{**third_party, **changed}))
    assert (answer["error"], answer["error_description"]) == (error, description)


async def test_parameters_of_ones_own_pass(world, third_party):
    response = await world.authorize(**third_party, **{"ext-theme": "dark"}, ui_locales="de")
    assert urlsplit(response.headers["location"]).path == "/u/login"


@pytest.mark.parametrize("method", ["password", "http://auth0.com/oauth/grant-type/password-realm"])
async def test_it_takes_nobodys_password(world, third_party, method):
    world.client(is_first_party=False, grant_types=[method])
    answer = await world.token(
        grant_type=method,
        realm="Users",
        username="ada@example.com",
        password=PASSWORD,
        audience=third_party["audience"],
    )
    assert (answer.status_code, answer.json()["error"], answer.json()["error_description"]) == (
        403,
        "unauthorized_client",
        f"Grant type '{method}' not allowed for the client.",
    )


async def test_it_logs_in_through_a_domain_connection_alone(world, third_party):
    world.connection(domain=False)
    answer = world.answer(await world.authorize(**third_party))
    assert answer["error_description"] == "no connections enabled for the client"
    world.connection(clients=(), domain=True)
    response = await world.authorize(**third_party)
    assert urlsplit(response.headers["location"]).path == "/u/login"


async def test_an_error_stays_with_the_user_unless_the_client_is_trusted_with_redirects(world, third_party):
    world.client(is_first_party=False, grant_types=["authorization_code"])
    for changes in ({"scope": "add", "audience": ""}, {"prompt": "none"}, {"response_type": "token"}):
        response = await world.authorize(**{**third_party, **changes})
        assert (response.status_code, "location" in response.headers) == (400, False)


async def test_a_first_party_client_may_keep_its_errors_too(world):
    world.client(redirection_policy="open_redirect_protection")
    response = await world.authorize(prompt="none")
    assert (response.status_code, "Login required" in response.text) == (400, True)
