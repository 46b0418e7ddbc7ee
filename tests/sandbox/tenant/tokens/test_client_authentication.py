import base64

import pytest


async def post(world, headers=None, **data):
    return await world.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", "audience": world.audience, **data},
        headers=headers,
    )


def basic(user, password):
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def test_a_secret_in_header_and_body_is_refused(world):
    secret = world.tenant.clients["machine"]["client_secret"]
    response = await post(world, basic("machine", secret), client_secret=secret)
    assert (response.status_code, response.json()["error_description"]) == (
        400,
        "Use only one client authentication method per request",
    )


async def test_another_client_in_the_body_than_in_the_header_is_refused(world):
    secret = world.tenant.clients["machine"]["client_secret"]
    response = await post(world, basic("machine", secret), client_id="other")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_a_wrong_basic_secret_is_challenged(world):
    response = await post(world, basic("machine", "wrong"))
    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Basic realm="Users"')


@pytest.mark.parametrize("value", ["Basic !!!", "Basic " + base64.b64encode(b"nocolon").decode(), "Basic /w=="])
async def test_a_malformed_basic_header_is_refused(world, value):
    assert (await post(world, {"authorization": value})).status_code == 400


@pytest.mark.parametrize("sent", ["s%2Be+c%3Aret", "s+e c:ret"])
async def test_a_basic_secret_may_be_form_encoded_or_not(world, sent):
    world.client(client_secret="s+e c:ret")
    assert (await post(world, basic("machine", sent))).status_code == 200


async def test_a_client_without_a_stored_secret_never_matches(world):
    world.client(client_secret="")
    assert (await post(world, client_id="machine", client_secret="")).status_code == 401
    assert (await post(world, basic("machine", ""))).status_code == 401
