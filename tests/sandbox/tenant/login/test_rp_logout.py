"""RP-initiated logout."""

import re

import jwt
import pytest

AFTER = "https://app.example.com/bye"


@pytest.fixture
async def id_token(world):
    """The ID token of the browser's session."""
    world.client(allowed_logout_urls=[AFTER])
    response = await world.token(grant_type="authorization_code", code=await world.code(), redirect_uri=world.callback)
    return response.json()["id_token"]


def sid_of(token):
    return jwt.decode(token, options={"verify_signature": False})["sid"]


async def log_out(world, **parameters):
    return await world.http.get("/oidc/logout", params=parameters)


async def test_an_id_token_of_the_session_ends_it(world, id_token):
    world.clock.now += 48 * 3600  # expired by now, which does not matter
    response = await log_out(world, id_token_hint=id_token, post_logout_redirect_uri=AFTER, state="a b")
    assert (response.status_code, response.headers["location"]) == (302, f"{AFTER}?state=a+b")
    assert len(world.tenant.sessions) == 0


async def test_an_id_token_signed_with_the_clients_secret_does_too(world):
    world.client(allowed_logout_urls=[AFTER], jwt_configuration={"alg": "HS256"})
    code = await world.code()
    token = (await world.token(grant_type="authorization_code", code=code, redirect_uri=world.callback)).json()[
        "id_token"
    ]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert (await log_out(world, id_token_hint=token)).status_code == 200
    assert len(world.tenant.sessions) == 0


async def test_the_sessions_id_does_too(world, id_token):
    world.settings(allowed_logout_urls=["https://tenant.example.com/"])
    sid = sid_of(id_token)
    assert (await log_out(world, logout_hint=sid, post_logout_redirect_uri=AFTER)).status_code == 400
    response = await log_out(world, logout_hint=sid, post_logout_redirect_uri="https://tenant.example.com/")
    assert response.headers["location"] == "https://tenant.example.com/"
    assert len(world.tenant.sessions) == 0


@pytest.mark.parametrize("known", [{}, {"logout_hint": "another"}, {"client_id": "machine"}])
async def test_a_request_that_does_not_know_the_session_asks_the_user(world, id_token, known):
    parameters = {"client_id": "machine", "post_logout_redirect_uri": AFTER, "state": "<s>", **known}
    page = await log_out(world, **parameters)
    assert (page.status_code, page.headers["x-frame-options"], len(world.tenant.sessions)) == (200, "DENY", 1)
    form = dict(re.findall(r'name="([^"]+)" value="([^"]+)"', page.text))
    assert form.pop("action") == "accept"
    assert form["logout_hint"] == sid_of(id_token)
    done = await world.http.post("/oidc/logout", data={**form, "state": "<s>"})
    assert done.headers["location"] == f"{AFTER}?state=%3Cs%3E"
    assert len(world.tenant.sessions) == 0


@pytest.mark.usefixtures("id_token")
async def test_the_question_can_be_switched_off(world):
    world.settings(sessions={"oidc_logout_prompt_enabled": False})
    assert "You have been logged out." in (await log_out(world)).text
    assert len(world.tenant.sessions) == 0


async def test_without_a_session_there_is_nothing_to_ask(world):
    world.client(allowed_logout_urls=[AFTER])
    response = await log_out(world, client_id="machine", post_logout_redirect_uri=AFTER)
    assert response.headers["location"] == AFTER


async def test_a_client_that_names_no_url_gets_its_first_one(world, id_token):
    world.client(allowed_logout_urls=[AFTER, "https://app.example.com/other"])
    sid = sid_of(id_token)
    response = await log_out(world, client_id="machine", logout_hint=sid)
    assert (response.status_code, response.headers["location"]) == (302, AFTER)
    world.client(allowed_logout_urls=[])
    assert "You have been logged out." in (await log_out(world, client_id="machine")).text


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"post_logout_redirect_uri": "https://evil.example.com/"}, "is not defined as a valid URL"),
        ({"post_logout_redirect_uri": AFTER + "?a=1"}, "is not defined as a valid URL"),
        ({"client_id": "nobody"}, "Unknown client: nobody"),
        ({"client_id": "other"}, "id_token_hint differs from client_id or logout_hint"),
        ({"logout_hint": "other"}, "id_token_hint differs from client_id or logout_hint"),
        ({"id_token_hint": "e30.e30.AA"}, "Invalid id_token_hint"),
    ],
)
async def test_a_wrong_request_is_an_error_page_and_no_logout(world, id_token, parameters, text):
    hint = {} if parameters == {"client_id": "nobody"} else {"id_token_hint": id_token}
    response = await log_out(world, **{**hint, **parameters})
    assert (response.status_code, text in response.text) == (400, True)
    assert len(world.tenant.sessions) == 1


async def test_an_access_token_or_a_forged_token_is_no_hint(world, id_token):
    access = (await world.machine_token()).json()["access_token"]
    claims = jwt.decode(id_token, options={"verify_signature": False})
    forged = jwt.encode(claims, "x" * 32, "HS256")
    unsigned = jwt.encode(claims, None, "none")
    for hint in (access, forged, unsigned):
        assert "Invalid id_token_hint" in (await log_out(world, id_token_hint=hint)).text


async def test_discovery_names_the_endpoint_where_the_tenant_says_so(world):
    url = "/.well-known/openid-configuration"
    assert "end_session_endpoint" not in (await world.http.get(url)).json()
    world.settings(oidc_logout={"rp_logout_end_session_endpoint_discovery": True})
    assert (await world.http.get(url)).json()["end_session_endpoint"] == f"{world.issuer}oidc/logout"
