import pytest

SIGNUP = {"client_id": "machine", "connection": "Users", "email": "Bob@Example.com", "password": "Correct-Horse-2"}


async def signup(world, **parameters):
    return await world.http.post("/dbconnections/signup", json={**SIGNUP, **parameters})


async def test_a_new_user_signs_up_and_logs_in(world):
    response = await signup(world, user_metadata={"colour": "red"})
    assert response.status_code == 200
    body = response.json()
    assert (body["email"], body["email_verified"], body["user_metadata"]) == (
        "bob@example.com",
        False,
        {"colour": "red"},
    )
    assert f"auth0|{body['_id']}" in world.tenant.users
    login = await world.token(grant_type="password", username="bob@example.com", password=SIGNUP["password"])
    assert login.status_code == 200


@pytest.mark.parametrize(
    ("parameters", "status", "part"),
    [
        ({"email": "ada@example.com"}, 400, {"code": "invalid_signup", "description": "Invalid sign up"}),
        ({"password": "weak"}, 400, {"name": "PasswordStrengthError", "code": "invalid_password"}),
        ({"password": ""}, 400, {"error_description": "Missing required parameter: password"}),
        ({"email": "nonsense"}, 400, {"code": "invalid_signup"}),
        ({"email": "bob smith@example.com"}, 400, {"code": "invalid_signup"}),
        ({"email": "bob\0@example.com"}, 400, {"code": "invalid_signup"}),
        ({"username": "bob"}, 400, {"code": "invalid_signup"}),
        ({"connection": "Nowhere"}, 404, {"error_description": "the connection was not found"}),
        ({"client_id": "nobody"}, 400, {"error_description": "Unknown client: nobody"}),
        ({"user_metadata": {"a": 1}}, 400, {"error": "invalid_request"}),
    ],
)
async def test_a_wrong_sign_up_is_refused(world, parameters, status, part):
    response = await signup(world, **parameters)
    assert response.status_code == status
    assert part.items() <= response.json().items()
    assert len(world.tenant.users) == 1


@pytest.mark.parametrize("username", ["b" * 16, "bob smith", "bob\0"])
async def test_a_wrong_username_is_refused(world, username):
    world.connection(requires_username=True)
    assert (await signup(world, username="bob")).status_code == 200
    refused = await signup(world, email="carol@example.com", username=username)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_signup")
    assert len(world.tenant.users) == 2


async def test_metadata_that_could_never_be_sent_again_is_refused(world):
    body = '{"user_metadata": {"a": "\\ud800"}}'
    response = await world.http.post(
        "/dbconnections/signup", content=body, headers={"content-type": "application/json"}
    )
    assert (response.status_code, response.json()["error_description"]) == (400, "The body is not a JSON object")


async def test_a_tenant_may_tell_that_the_user_exists(world):
    world.settings(flags={"enable_public_signup_user_exists_error": True})
    assert (await signup(world, email="ada@example.com")).json() == {
        "name": "BadRequestError",
        "code": "user_exists",
        "description": "The user already exists.",
        "statusCode": 400,
    }


@pytest.mark.parametrize(
    "options", [{"disable_signup": True}, {"authentication_methods": {"password": {"signup_behavior": "block"}}}]
)
async def test_a_database_may_be_closed_to_sign_ups(world, options):
    world.connection(**options)
    response = await signup(world)
    assert (response.status_code, response.json()["description"]) == (400, "Public signup is disabled")


async def test_a_connection_of_other_clients_is_closed(world):
    world.connection(clients=())
    assert (await signup(world)).json()["error_description"] == "the connection is not enabled"


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
async def test_a_new_password_is_promised_to_everybody(world, email):
    body = {"client_id": "machine", "connection": "Users", "email": email}
    response = await world.http.post("/dbconnections/change_password", json=body)
    assert (response.status_code, response.text) == (200, "We've just sent you an email to reset your password.")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
