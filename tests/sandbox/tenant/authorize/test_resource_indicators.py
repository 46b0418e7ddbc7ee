"""RFC 8707 as Auth0 has it, and the issuer in answers (RFC 9207)."""

import pytest

SERVER = "https://contoso-apis-dev.example.com/calc-mcp/mcp"
UNKNOWN = "https://contoso-apis-dev.example.com/other/mcp"


@pytest.fixture
def server(world):
    world.api(SERVER, "calc:use", allow_offline_access=True)
    world.settings(resource_parameter_profile="compatibility", default_directory="Users")
    return {"audience": "", "resource": SERVER, "scope": "openid calc:use offline_access"}


async def exchange(world, code, **more):
    return await world.token(grant_type="authorization_code", code=code, redirect_uri=world.callback, **more)


async def test_a_resource_alone_is_the_audience(world, server):
    body = (await exchange(world, await world.code(**server), resource=SERVER)).json()
    assert SERVER in world.claims(body["access_token"], SERVER)["aud"]
    refreshed = await world.token(grant_type="refresh_token", refresh_token=body["refresh_token"], resource=SERVER)
    assert SERVER in world.claims(refreshed.json()["access_token"], SERVER)["aud"]


async def test_an_audience_comes_before_a_resource(world, server):
    code = await world.code(**{**server, "audience": world.audience, "scope": "add"})
    assert world.claims((await exchange(world, code)).json()["access_token"])["aud"] == world.audience


async def test_in_the_profile_audience_a_resource_names_no_api(world, server):
    world.settings(resource_parameter_profile="audience", default_directory="Users")
    body = (await exchange(world, await world.code(**server), resource=UNKNOWN)).json()
    assert body["scope"] == "openid offline_access"
    assert body["access_token"].count(".") != 2


async def test_without_a_profile_a_resource_is_refused(world, server):
    world.settings(default_directory="Users")
    answer = world.answer(await world.authorize(**server))
    assert (answer["error"], answer["error_description"]) == (
        "invalid_target",
        "Parameter 'resource' needs the tenant setting resource_parameter_profile, such as 'compatibility'",
    )


@pytest.mark.parametrize("resource", [f"{SERVER}#fragment", f"{SERVER}#", "calc-mcp", "/calc-mcp/mcp", "https:"])
async def test_a_resource_is_an_absolute_uri_without_a_fragment(world, server, resource):
    for audience in ("", world.audience):
        answer = world.answer(await world.authorize(**{**server, "audience": audience, "resource": resource}))
        assert answer["error_description"] == "Parameter 'resource' must be an absolute URI without a fragment"


@pytest.mark.parametrize(
    "resource", [UNKNOWN, f"{SERVER}/", SERVER.upper(), SERVER.replace("/calc-mcp", "/./calc-mcp")]
)
async def test_a_resource_that_is_no_api_is_refused(world, server, resource):
    answer = world.answer(await world.authorize(**{**server, "resource": resource}))
    assert (answer["error"], answer["error_description"]) == ("access_denied", f"Service not found: {resource}")


async def test_several_resources_are_refused(world, server):
    query = f"client_id=machine&redirect_uri={world.callback}&response_type=code&resource={SERVER}&resource={UNKNOWN}"
    assert (await world.http.get(f"/authorize?{query}")).status_code == 400


@pytest.mark.parametrize("forged", [UNKNOWN, f"{SERVER}#x", "basic-calculator"])
async def test_a_code_and_a_refresh_token_bring_no_token_for_another_resource(world, server, forged):
    code = await world.code(**server)
    refused = await exchange(world, code, resource=forged)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")
    body = (await exchange(world, code, resource=SERVER)).json()
    refused = await world.token(grant_type="refresh_token", refresh_token=body["refresh_token"], resource=forged)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")
    kept = await world.token(grant_type="refresh_token", refresh_token=body["refresh_token"])
    assert kept.status_code == 200


async def test_an_answer_says_who_it_is_from_where_the_tenant_says_so(world):
    assert "iss" not in world.answer(await world.log_in())
    world.settings(authorization_response_iss_parameter_supported=True)
    assert world.answer(await world.log_in())["iss"] == world.issuer
    error = world.answer(await world.authorize(prompt="nobody"))
    assert (error["error"], error["iss"]) == ("invalid_request", world.issuer)
    document = (await world.http.get("/.well-known/oauth-authorization-server")).json()
    assert document["authorization_response_iss_parameter_supported"] is True
