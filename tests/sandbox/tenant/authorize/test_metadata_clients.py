"""A client that was imported from its metadata document calls itself by the document's URL."""

import pytest

URL = "https://tool.example.com/client.json"
SERVER = "https://apis.example.com/calc/mcp"


@pytest.fixture
def tool(world):
    world.client(
        "tpc_tool",
        external_client_id=URL,
        is_first_party=False,
        grant_types=["authorization_code", "refresh_token"],
        token_endpoint_auth_method="none",
    )
    world.connection(domain=True)
    world.api(SERVER, "calc:use", token_dialect="rfc9068_profile")
    world.grant("tpc_tool", "calc:use", SERVER, subject_type="user")
    world.settings(resource_parameter_profile="compatibility", default_directory="Users")
    return {
        "client_id": URL,
        "audience": "",
        "resource": SERVER,
        "scope": "calc:use",
        "code_challenge": world.challenge,
        "code_challenge_method": "S256",
    }


async def test_its_url_is_the_client_id_of_requests_and_tokens(world, tool):
    code = await world.code(**tool)
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": world.verifier, "resource": SERVER}
    sent = {**form, "client_id": URL, "redirect_uri": world.callback}
    claims = world.claims((await world.http.post("/oauth/token", data=sent)).json()["access_token"], SERVER)
    assert (claims["client_id"], claims["scope"], claims["aud"]) == (URL, "calc:use", SERVER)


@pytest.mark.parametrize("client_id", ["tpc_tool", f"{URL}/", "https://other.example.com/client.json"])
async def test_no_other_name_is_taken(world, tool, client_id):
    response = await world.authorize(**{**tool, "client_id": client_id})
    assert response.status_code == 400
    assert "location" not in response.headers


async def test_an_answer_goes_to_no_other_redirect(world, tool):
    response = await world.authorize(**tool, redirect_uri="https://elsewhere.example.com/callback")
    assert (response.status_code, "location" in response.headers) == (403, False)
