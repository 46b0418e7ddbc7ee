import re

import pytest

REDIRECT = "http://127.0.0.1:33418/"
BODY = {"client_name": "Editor", "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none"}


@pytest.fixture
def open_tenant(world):
    world.settings(flags={"enable_dynamic_client_registration": True}, resource_parameter_profile="compatibility")


async def register(world, **changes):
    return await world.http.post("/oidc/register", json={**BODY, **changes})


async def test_nobody_registers_where_the_tenant_does_not_say_so(world):
    response = await register(world)
    assert (response.status_code, response.json()["error"]) == (403, "access_denied")
    assert list(world.tenant.clients) == ["machine"]


async def test_a_registered_client_is_a_strict_third_party(world, open_tenant):
    response = await register(
        world, grant_types=["authorization_code", "refresh_token", "client_credentials"], application_type="native"
    )
    body = response.json()
    assert response.status_code == 201
    assert re.fullmatch(r"tpc_[A-Za-z0-9]{22}", body.pop("client_id"))
    assert body == {
        "client_name": "Editor",
        "redirect_uris": [REDIRECT],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "client_secret_expires_at": 0,
    }
    stored = world.tenant.clients[response.json()["client_id"]]
    assert (stored["is_first_party"], stored["third_party_security_mode"], stored["app_type"]) == (
        False,
        "strict",
        "native",
    )
    assert (stored["refresh_token"]["rotation_type"], stored["refresh_token"]["expiration_type"]) == (
        "rotating",
        "expiring",
    )


async def test_a_confidential_client_gets_a_secret(world, open_tenant):
    body = (await world.http.post("/oidc/register", json={"redirect_uris": ["https://app.example.com/cb"]})).json()
    assert (body["token_endpoint_auth_method"], len(body["client_secret"])) == ("client_secret_post", 64)


@pytest.mark.parametrize(
    "redirect",
    [
        "",
        "/callback",
        "http://example.com/callback",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "https://user@app.example.com/",
        "https://*.example.com/callback",
        "https://app.example.com/#x",
        "javascript:alert(1)",
        "data:text/html,x",
        "https:///callback",
        "https://app.example.com/ x",
    ],
)
async def test_a_redirect_that_could_be_anybodys_is_refused(world, open_tenant, redirect):
    response = await register(world, redirect_uris=[REDIRECT, redirect])
    assert (response.status_code, response.json()["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize(
    "changes",
    [
        {"jwks": {"keys": []}},
        {"jwks_uri": "https://app.example.com/jwks"},
        {"software_statement": "e30.e30."},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"response_types": ["token"]},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["implicit", "password"]},
        {"client_name": "<script>"},
        {"application_type": "service"},
    ],
)
async def test_metadata_that_changes_who_the_client_is_is_refused(world, open_tenant, changes):
    response = await register(world, **changes)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_client_metadata")


async def test_registrations_are_five_a_second(world, open_tenant):
    assert [(await register(world)).status_code for _ in range(6)] == [201] * 5 + [429]
    world.clock.now += 1
    assert (await register(world)).status_code == 201


async def test_it_uses_its_own_redirect_what_all_third_parties_may_and_domain_connections(world, open_tenant):
    world.connection(domain=True)
    mine = (await register(world, redirect_uris=[world.callback])).json()["client_id"]
    asked = {
        "client_id": mine,
        "scope": "add multiply",
        "audience": "",
        "code_challenge": world.challenge,
        "code_challenge_method": "S256",
    }
    world.api("https://apis.example.com/calc/mcp")
    asked["resource"] = "https://apis.example.com/calc/mcp"
    refused = await world.authorize(**asked)
    assert (refused.status_code, "location" in refused.headers) == (400, False)
    assert "is not authorized to access resource server" in refused.text
    key = {"id": "cgr_all", "audience": asked["resource"], "default_for": "third_party_clients"}
    world.tenant.client_grants.put("cgr_all", {**key, "scope": ["add"], "subject_type": "user"})
    foreign = await world.authorize(**asked, redirect_uri="https://app.example.com/callback2")
    assert foreign.status_code == 403
    code = await world.code(**asked)
    token = {"grant_type": "authorization_code", "client_id": mine, "code": code, "code_verifier": world.verifier}
    body = (await world.http.post("/oauth/token", data={**token, "redirect_uri": world.callback})).json()
    claims = world.claims(body["access_token"], asked["resource"])
    assert (claims["aud"], claims["azp"], body["scope"]) == (asked["resource"], mine, "add")
