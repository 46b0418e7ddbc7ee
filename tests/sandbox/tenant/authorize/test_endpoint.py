import json
import re
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest


async def test_a_login_ends_at_the_callback_with_code_and_state(world):
    first = await world.authorize()
    assert first.status_code == 302
    location = urlsplit(first.headers["location"])
    assert (location.netloc, location.path) == ("", "/u/login")
    response = await world.log_in()
    assert set(world.answer(response)) == {"code", "state"}
    assert world.answer(response)["state"] == "xyz"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("parameters", "status", "text"),
    [
        ({"client_id": ""}, 400, "Missing required parameter: client_id"),
        ({"client_id": "nobody"}, 400, "Unknown client: nobody"),
        ({"client_id": "<script>"}, 400, "Unknown client: &lt;script&gt;"),
        ({"redirect_uri": "https://evil.example.com/"}, 403, "Callback URL mismatch."),
        ({"redirect_uri": "https://app.example.com/callback/"}, 403, "Callback URL mismatch."),
        ({"redirect_uri": "https://app.example.com/callback?x=1"}, 403, "Callback URL mismatch."),
        ({"redirect_uri": "https://APP.example.com/callback"}, 403, "Callback URL mismatch."),
    ],
)
async def test_a_request_without_a_good_callback_ends_on_an_error_page(world, parameters, status, text):
    response = await world.authorize(**parameters)
    assert response.status_code == status
    assert text in response.text
    assert "location" not in response.headers


async def test_a_repeated_parameter_ends_on_an_error_page(world):
    query = f"client_id=machine&client_id=machine&redirect_uri={world.callback}&response_type=code"
    response = await world.http.get(f"/authorize?{query}")
    assert response.status_code == 400
    assert "Parameter &#39;client_id&#39; was sent more than once" in response.text


async def test_two_callbacks_need_a_redirect_uri(world):
    world.client(callbacks=[world.callback, "https://app.example.com/two"])
    response = await world.authorize(redirect_uri="")
    assert (response.status_code, "Missing required parameter: redirect_uri" in response.text) == (400, True)


@pytest.mark.parametrize(
    ("parameters", "error", "description"),
    [
        ({"response_type": ""}, "invalid_request", "Missing required parameter: response_type"),
        ({"response_type": "magic"}, "unsupported_response_type", "Unsupported response type: magic"),
        ({"response_type": "token"}, "unauthorized_client", "Grant type 'implicit' not allowed for the client."),
        ({"response_type": "code token"}, "unauthorized_client", "Grant type 'implicit' not allowed for the client."),
        ({"audience": "nothing"}, "access_denied", "Service not found: nothing"),
        ({"connection": "Nowhere"}, "invalid_request", "the connection was not found"),
        ({"connection": "Others"}, "invalid_request", "the connection is not enabled"),
        ({"prompt": "none"}, "login_required", "Login required"),
        ({"prompt": "none login"}, "invalid_request", "prompt 'none' cannot be combined with another value"),
        ({"prompt": "dance"}, "invalid_request", "Unsupported prompt: dance"),
        ({"max_age": "soon"}, "invalid_request", "Parameter 'max_age' must be a number of seconds"),
        ({"request": "x.y.z"}, "request_not_supported", "The sandbox does not support the parameter 'request'"),
        ({"dpop_jkt": "a" * 43}, "not_supported", "The sandbox does not support the parameter 'dpop_jkt'"),
        (
            {"screen_hint": "signup"},
            "not_supported",
            "The sandbox does not support screen_hint=signup: the sign-up page; use /dbconnections/signup.",
        ),
        (
            {"screen_hint": "reset-password"},
            "not_supported",
            "The sandbox does not support screen_hint=reset-password: the page that asks for a new password.",
        ),
        ({"organization": "org_1"}, "invalid_request", "parameter organization is not allowed for this client"),
        (
            {"code_challenge": "short", "code_challenge_method": "S256"},
            "invalid_request",
            "Parameter 'code_challenge' must be 43 to 128 unreserved characters",
        ),
        (
            {"code_challenge": "a" * 43, "code_challenge_method": "S512"},
            "invalid_request",
            "Unsupported code_challenge_method: S512. Use one of S256, plain",
        ),
        ({"code_challenge_method": "S256"}, "invalid_request", "Missing required parameter: code_challenge"),
        (
            {"response_mode": "jwt"},
            "invalid_request",
            "response_mode 'jwt' is not supported for this response_type",
        ),
    ],
)
async def test_other_mistakes_are_told_to_the_client(world, parameters, error, description):
    world.connection("Others", clients=())
    answer = world.answer(await world.authorize(**parameters))
    assert (answer["error"], answer["error_description"], answer["state"]) == (error, description, "xyz")
    assert "code" not in answer


@pytest.mark.parametrize(
    ("parameter", "value", "error"),
    [
        (
            "acr_values",
            "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
            "unmet_authentication_requirements",
        ),
        ("id_token_hint", "e30.e30.AA", "not_supported"),
        ("invitation", "aB3dE5", "not_supported"),
        ("login_ticket", "lT-9", "not_supported"),
        ("session_transfer_token", "sTt-1", "not_supported"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_parameter_that_changes_security_is_refused_by_name(world, method, parameter, value, error):
    await world.log_in()
    data = {"client_id": "machine", "redirect_uri": world.callback, "response_type": "code", parameter: value}
    if method == "POST":
        answer = world.answer(await world.http.post("/authorize", data=data))
    else:
        answer = world.answer(await world.http.get("/authorize", params=data))
    assert answer == {"error": error, "error_description": f"The sandbox does not support the parameter '{parameter}'"}


async def test_an_organization_is_refused_by_name_where_the_client_allows_them(world):
    world.client(organization_usage="allow")
    answer = world.answer(await world.authorize(organization="org_1"))
    assert (answer["error"], answer["error_description"]) == (
        "invalid_request",
        "The sandbox does not support the parameter 'organization'",
    )


async def test_a_client_without_the_code_grant_is_refused(world):
    world.client(grant_types=["client_credentials"])
    answer = world.answer(await world.authorize())
    assert answer["error"] == "unauthorized_client"
    assert answer["error_uri"] == "https://auth0.com/docs/clients/client-grant-types"


async def test_a_public_client_needs_a_challenge(world):
    world.client(token_endpoint_auth_method="none")
    answer = world.answer(await world.authorize())
    assert answer["error_description"] == "Missing required parameter: code_challenge"


async def test_a_client_without_connections_is_refused(world):
    world.connection(clients=())
    assert world.answer(await world.authorize())["error_description"] == "no connections enabled for the client"


async def test_a_session_answers_without_a_login_page(world):
    await world.log_in()
    assert "code" in world.answer(await world.authorize())
    assert "code" in world.answer(await world.authorize(prompt="none"))


@pytest.mark.parametrize("parameters", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}])
async def test_a_session_is_not_enough_when_a_new_login_is_asked_for(world, parameters):
    await world.log_in()
    response = await world.authorize(**parameters)
    assert urlsplit(response.headers["location"]).path == "/u/login"


async def test_a_login_older_than_max_age_is_not_enough(world):
    await world.log_in()
    world.clock.now += 100
    assert "code" in world.answer(await world.authorize(max_age="101"))
    assert world.answer(await world.authorize(max_age="100", prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("seconds", [72 * 3600, 168 * 3600])
async def test_a_session_ends(world, seconds):
    await world.log_in()
    world.clock.now += seconds
    assert world.answer(await world.authorize(prompt="none"))["error"] == "login_required"


async def test_a_session_in_another_connection_is_not_enough(world):
    await world.log_in()
    world.connection("Others")
    assert "code" in world.answer(await world.authorize(connection="Users"))
    assert world.answer(await world.authorize(connection="Others", prompt="none"))["error"] == "login_required"


async def test_a_client_without_single_sign_on_always_asks(world):
    await world.log_in()
    world.client(sso_disabled=True)
    assert world.answer(await world.authorize(prompt="none"))["error"] == "login_required"


async def test_a_user_blocked_since_the_login_gets_no_code(world):
    await world.log_in()
    user = next(iter(world.tenant.users.values()))
    world.tenant.users.put(user["user_id"], {**user, "blocked": True})
    answer = world.answer(await world.authorize())
    assert (answer["error"], answer["error_description"]) == ("unauthorized", "user is blocked")


async def test_post_does_as_well_as_get(world):
    data = {"client_id": "machine", "redirect_uri": world.callback, "response_type": "code"}
    response = await world.http.post("/authorize", data=data)
    assert urlsplit(response.headers["location"]).path == "/u/login"


async def test_the_answer_keeps_the_callbacks_own_query(world):
    world.client(callbacks=["https://app.example.com/callback?tenant=1"])
    response = await world.log_in(redirect_uri="https://app.example.com/callback?tenant=1")
    assert set(world.answer(response)) == {"tenant", "code", "state"}


async def test_response_mode_fragment(world):
    response = await world.log_in(response_mode="fragment")
    parts = urlsplit(response.headers["location"])
    assert (parts.query, set(dict(parse_qsl(parts.fragment)))) == ("", {"code", "state"})


async def test_response_mode_form_post(world):
    response = await world.log_in(response_mode="form_post", state='"><script>')
    assert response.status_code == 200
    assert f'<form method="post" action="{world.callback}">' in response.text
    assert 'name="state" value="&#34;&gt;&lt;script&gt;"' in response.text
    assert 'name="code"' in response.text
    assert "form-action 'self' https://app.example.com;" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("response_type", "names"),
    [
        ("token", {"access_token", "expires_in", "token_type", "scope", "state"}),
        ("id_token", {"id_token", "state"}),
        ("token id_token", {"access_token", "expires_in", "token_type", "scope", "id_token", "state"}),
        ("code id_token", {"code", "id_token", "state"}),
    ],
)
async def test_implicit_and_hybrid_answers_come_in_the_fragment(world, response_type, names):
    world.client(grant_types=["authorization_code", "implicit"])
    response = await world.log_in(response_type=response_type, nonce="n-1", audience=world.audience)
    parts = urlsplit(response.headers["location"])
    answer = dict(parse_qsl(parts.fragment))
    assert (parts.query, set(answer)) == ("", names)
    if "access_token" in answer:
        assert answer["expires_in"] == "7200"
    if "id_token" in answer:
        claims = world.claims(answer["id_token"], "machine")
        assert claims["nonce"] == "n-1"
        assert ("c_hash" in claims, "at_hash" in claims) == ("code" in answer, "access_token" in answer)


async def test_an_id_token_in_the_browser_needs_a_nonce(world):
    world.client(grant_types=["implicit"])
    answer = world.answer(await world.authorize(response_type="id_token"))
    assert answer["error_description"] == "Missing required parameter: nonce"


async def test_tokens_never_travel_in_the_query(world):
    world.client(grant_types=["implicit"])
    response = await world.authorize(response_type="token", response_mode="query")
    assert urlsplit(response.headers["location"]).query == ""
    assert world.answer(response)["error"] == "invalid_request"


async def test_a_login_begun_in_one_browser_cannot_be_finished_in_another(world):
    begun = await world.authorize()
    transport = world.http._transport
    async with httpx.AsyncClient(transport=transport, base_url=world.http.base_url) as stranger:
        page = await stranger.get(begun.headers["location"])
        assert (page.status_code, "couldn&#39;t find your session" in page.text) == (400, True)
        state = dict(parse_qsl(urlsplit(begun.headers["location"]).query))["state"]
        assert (await stranger.get("/authorize/resume", params={"state": state})).status_code == 400


async def test_resuming_before_the_login_leads_back_to_it(world):
    begun = await world.authorize()
    resumed = await world.http.get(begun.headers["location"].replace("/u/login", "/authorize/resume"))
    assert resumed.headers["location"] == begun.headers["location"]


async def test_a_finished_login_cannot_be_resumed_again(world):
    begun = await world.authorize()
    posted = await world.submit(begun, username="ada@example.com", password=world.password, action="default")
    assert "code" in world.answer(await world.http.get(posted.headers["location"]))
    assert (await world.http.get(posted.headers["location"])).status_code == 400


async def test_a_callback_may_have_a_wildcard(world):
    world.client(callbacks=["https://*.example.com/callback"])
    assert "code" in world.answer(await world.log_in())
    refused = await world.authorize(redirect_uri="https://a.b.example.com/callback")
    assert (refused.status_code, "Callback URL mismatch" in refused.text) == (403, True)


async def test_rich_authorization_requests_are_refused_by_name(world):
    answer = world.answer(await world.authorize(authorization_details="[]"))
    assert answer["error"] == "invalid_authorization_details"


async def message(world, **parameters):
    """What the page that answers in response_mode=web_message posts, and to which origin."""
    page = await world.authorize(response_mode="web_message", prompt="none", **parameters)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    [(response, origin)] = re.findall(r'response: (\{.*\})\}, "([^"]+)"\);', page.text)
    return json.loads(response), origin, page.headers


async def test_a_single_page_application_asks_in_an_invisible_frame(world):
    world.client(web_origins=["https://app.example.com"])
    answer, origin, headers = await message(world, state="</script><script>alert(1)</script>")
    assert (answer["error"], answer["state"]) == ("login_required", "</script><script>alert(1)</script>")
    await world.log_in()
    answer, origin, headers = await message(world)
    assert (sorted(answer), answer["state"], origin) == (["code", "state"], "xyz", "https://app.example.com")
    assert "frame-ancestors https://app.example.com;" in headers["content-security-policy"]
    assert "x-frame-options" not in headers
    response = await world.token(grant_type="authorization_code", code=answer["code"], redirect_uri=world.callback)
    assert response.status_code == 200


@pytest.mark.parametrize("origins", [[], ["https://other.example.com"], ["https://app.example.com:8443"]])
async def test_only_a_web_origin_of_the_client_gets_the_message(world, origins):
    world.client(web_origins=origins)
    page = await world.authorize(response_mode="web_message", prompt="none")
    assert (page.status_code, "is not in the list of allowed web origins" in page.text) == (403, True)
