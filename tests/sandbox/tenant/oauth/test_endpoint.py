import pytest

GRANT = "grant_type=client_credentials"


async def test_only_post_is_allowed(world):
    response = await world.http.get("/oauth/token")
    assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize(
    ("content_type", "body", "description"),
    [
        ("application/x-www-form-urlencoded", f"{GRANT}&{GRANT}", "Parameter 'grant_type' was sent more than once"),
        ("application/json", '{"grant_type":"a","grant_type":"b"}', "Parameter 'grant_type' was sent more than once"),
        ("application/json", '{"grant_type":["a"]}', "Parameter 'grant_type' must be a string"),
        ("application/json", '{"grant_type":"\\ud800"}', "The body is not a JSON object"),
        ("application/json", '{"grant_type":"a","more":{"number":NaN}}', "The body is not a JSON object"),
        ("application/json", '["a"]', "The body is not a JSON object"),
        ("application/json", '{"a":', "The body is not a JSON object"),
        ("application/json", "[" * 50_000, "The body is not a JSON object"),
        ("application/x-www-form-urlencoded", "grant_type=%ff", "The parameters are not a URL-encoded form in UTF-8"),
        ("application/x-www-form-urlencoded", "a=1&" * 200, "The parameters are not a URL-encoded form in UTF-8"),
        (
            "text/plain",
            GRANT,
            "Content-Type must be application/x-www-form-urlencoded or application/json",
        ),
        ("application/x-www-form-urlencoded", "", "Missing required parameter: grant_type"),
    ],
)
async def test_a_malformed_body_is_refused(world, content_type, body, description):
    response = await world.http.post("/oauth/token", content=body, headers={"content-type": content_type})
    assert response.status_code == 400
    assert response.json() == {"error": "invalid_request", "error_description": description}


async def test_a_body_beyond_the_limit_is_refused(world):
    response = await world.http.post("/oauth/token", data={"a": "x" * 200_000})
    assert response.status_code == 413


async def test_a_page_of_an_allowed_origin_may_read_the_answer(world):
    world.client(web_origins=["https://spa.example.com"])
    headers = {"origin": "https://spa.example.com"}
    preflight = await world.http.options("/oauth/token", headers={**headers, "access-control-request-method": "POST"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://spa.example.com"
    response = await world.http.post("/oauth/token", data={"client_id": "machine"}, headers=headers)
    assert response.headers["access-control-allow-origin"] == "https://spa.example.com"


async def test_a_proof_for_a_token_bound_to_a_key_is_refused_by_name(world):
    world.client(web_origins=["https://spa.example.com"])
    origin = {"origin": "https://spa.example.com"}
    preflight = await world.http.options("/oauth/token", headers=origin)
    assert preflight.headers["access-control-allow-headers"] == "Authorization, Content-Type, Auth0-Client, DPoP"
    body = {"grant_type": "client_credentials", "client_id": "machine", "audience": world.audience}
    response = await world.http.post("/oauth/token", data=body, headers={**origin, "dpop": "e30.e30.AA"})
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (501, origin["origin"])
    assert response.json() == {
        "error": "not_supported",
        "error_description": "The sandbox does not support tokens bound to a key: the header DPoP.",
    }


async def test_origins_may_have_a_wildcard(world):
    world.client(web_origins=["https://*.spa.example.com"])
    for origin, answered in (("https://pr-1.spa.example.com", True), ("https://a.b.spa.example.com", False)):
        headers = {"origin": origin}
        preflight = await world.http.options("/oauth/token", headers=headers)
        response = await world.http.post("/oauth/token", data={"client_id": "machine"}, headers=headers)
        assert ("access-control-allow-origin" in preflight.headers) is answered
        assert ("access-control-allow-origin" in response.headers) is answered


async def test_a_page_of_another_origin_may_not(world):
    world.client("other", web_origins=["https://spa.example.com"])
    strange = {"origin": "https://evil.example.com"}
    assert "access-control-allow-origin" not in (await world.http.options("/oauth/token", headers=strange)).headers
    foreign = {"origin": "https://spa.example.com"}
    response = await world.http.post("/oauth/token", data={"client_id": "machine"}, headers=foreign)
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    ("path", "feature"),
    [
        ("/oauth/device/code", "the device authorization flow"),
        ("/mfa/challenge", "multi-factor authentication"),
        ("/passwordless/start", "passwordless login"),
        ("/oauth/par", "pushed authorization requests"),
        ("/oauth/ro", "the legacy resource owner endpoint; use /oauth/token"),
        ("/me/v1/factors", "the My Account API"),
        ("/passkey/register", "passkeys"),
        ("/oauth/global-token-revocation/connection/Users", "global token revocation"),
        ("/pem", "certificates as files; use /api/v2/keys/signing"),
    ],
)
async def test_what_is_not_supported_is_refused_by_name(world, path, feature):
    response = await world.http.post(path)
    assert response.status_code == 501
    assert response.json() == {
        "error": "not_supported",
        "error_description": f"The sandbox does not support {feature}.",
    }
