import asyncio

import jwt
import pytest

REALM = "http://auth0.com/oauth/grant-type/password-realm"


async def password(world, **parameters):
    defaults = {"grant_type": "password", "username": "ada@example.com", "password": world.password}
    return await world.token(**{**defaults, "audience": world.audience, **parameters})


async def test_a_user_logs_in_with_every_scope_of_the_api(world):
    user = next(iter(world.tenant.users.values()))
    body = (await password(world)).json()
    token = body.pop("access_token")
    assert body == {"scope": "add multiply", "expires_in": 86400, "token_type": "Bearer"}
    claims = world.claims(token)
    assert (claims["sub"], claims["gty"], claims["azp"]) == (user["user_id"], "password", "machine")
    assert claims["aud"] == world.audience


async def test_openid_alone_brings_every_openid_scope_and_an_id_token(world):
    body = (await password(world, scope="openid")).json()
    assert body["scope"] == "openid profile email address phone add multiply"
    assert world.claims(body["access_token"])["aud"] == [world.audience, world.issuer + "userinfo"]
    id_token = world.claims(body["id_token"], "machine")
    assert (id_token["email"], id_token["name"], id_token["nickname"]) == ("ada@example.com", "Ada", "ada")
    assert "sid" not in id_token


async def test_requested_scopes_are_kept_to_what_exists(world):
    assert (await password(world, scope="add subtract")).json()["scope"] == "add"


async def test_without_an_audience_the_token_is_opaque(world):
    token = (await password(world, audience="", scope="openid")).json()["access_token"]
    header, key, *rest = token.split(".")
    assert (key, len(rest)) == ("", 3)
    assert jwt.utils.base64url_decode(header) == b'{"alg":"dir","enc":"A256GCM","iss":"https://localhost:14300/"}'


@pytest.mark.parametrize(
    ("parameters", "status", "error", "description"),
    [
        ({"password": "wrong"}, 403, "invalid_grant", "Wrong email or password."),
        ({"username": "nobody@example.com"}, 403, "invalid_grant", "Wrong email or password."),
        ({"password": "nul\0"}, 403, "invalid_grant", "Wrong email or password."),
        ({"password": "x" * 100}, 403, "invalid_grant", "Wrong email or password."),
        ({"username": ""}, 400, "invalid_request", "Missing required parameter: username"),
        ({"password": ""}, 400, "invalid_request", "Missing required parameter: password"),
        ({"audience": "nothing"}, 403, "access_denied", "Service not found: nothing"),
        (
            {"grant_type": REALM, "realm": "Users"},
            403,
            "unauthorized_client",
            f"Grant type '{REALM}' not allowed for the client.",
        ),
    ],
)
async def test_a_wrong_request_gets_the_services_error(world, parameters, status, error, description):
    response = await password(world, **parameters)
    assert response.status_code == status
    body = response.json()
    assert (body["error"], body["error_description"]) == (error, description)


async def test_without_a_default_directory_nobody_can_log_in(world):
    world.settings(default_directory="")
    response = await password(world)
    assert response.status_code == 500
    assert response.json() == {
        "error": "server_error",
        "error_description": "Authorization server not configured with default connection.",
    }


async def test_a_realm_names_the_connection(world):
    world.client(grant_types=[REALM])
    world.connection("Others")
    world.user("bob@example.com", "Others")
    assert (await password(world, grant_type=REALM, realm="Others", username="bob@example.com")).status_code == 200
    assert (await password(world, grant_type=REALM, realm="Others")).status_code == 403
    missing = await password(world, grant_type=REALM)
    assert missing.json()["error_description"] == "Missing required parameter: realm"
    unknown = await password(world, grant_type=REALM, realm="Nowhere")
    assert (unknown.status_code, unknown.json()["error_description"]) == (400, "the connection was not found")


async def test_a_connection_answers_to_its_realms(world):
    world.client(grant_types=[REALM])
    connection = world.connection()
    world.tenant.connections.put(connection["id"], {**connection, "realms": ["staff", "partners"]})
    assert (await password(world, grant_type=REALM, realm="partners")).status_code == 200
    by_name = await password(world, grant_type=REALM, realm="Users")
    assert (by_name.status_code, by_name.json()["error_description"]) == (400, "the connection was not found")


async def test_a_connection_that_is_not_enabled_for_the_client_is_closed(world):
    world.connection(clients=())
    response = await password(world)
    assert (response.status_code, response.json()["error_description"]) == (400, "the connection is not enabled")


async def test_a_blocked_user_is_told_so_only_with_the_right_password(world):
    world.user("eve@example.com", blocked=True)
    right = await password(world, username="eve@example.com")
    assert (right.status_code, right.json()) == (403, {"error": "unauthorized", "error_description": "user is blocked"})
    wrong = await password(world, username="eve@example.com", password="wrong")
    assert wrong.json()["error"] == "invalid_grant"


async def test_ten_wrong_passwords_lock_the_address_out(world):
    for _ in range(10):
        assert (await password(world, password="wrong")).status_code == 403
    response = await password(world)
    assert response.status_code == 429
    assert response.json()["error"] == "too_many_attempts"
    assert response.json()["error_description"].startswith(
        "Your account has been blocked after multiple consecutive login attempts"
    )


async def test_simultaneous_guesses_count_too(world):
    answers = await asyncio.gather(*(password(world, password="wrong") for _ in range(14)))
    assert sorted(answer.status_code for answer in answers) == [403] * 10 + [429] * 4


async def test_a_success_or_a_new_password_lifts_the_count(world):
    for _ in range(9):
        await password(world, password="wrong")
    assert (await password(world)).status_code == 200
    for _ in range(10):
        await password(world, password="wrong")
    user_id = next(iter(world.tenant.users))
    fresh = world.user("other@example.com")
    world.tenant.passwords.put(user_id, world.tenant.passwords[fresh["user_id"]])
    assert (await password(world)).status_code == 200


async def test_without_the_protection_guesses_are_not_counted(world):
    world.connection(brute_force_protection=False)
    for _ in range(11):
        await password(world, password="wrong")
    assert (await password(world)).status_code == 200


async def test_a_trusted_client_names_the_users_address(world):
    world.client(is_token_endpoint_ip_header_trusted=True)
    secret = world.tenant.clients["machine"]["client_secret"]

    async def attempt(address, given):
        data = {"grant_type": "password", "username": "ada@example.com", "password": given, "client_id": "machine"}
        return await world.http.post(
            "/oauth/token", data={**data, "client_secret": secret}, headers={"auth0-forwarded-for": address}
        )

    for _ in range(10):
        await attempt("203.0.113.1", "wrong")
    assert (await attempt("203.0.113.1", world.password)).status_code == 429
    assert (await attempt("203.0.113.2", world.password)).status_code == 200


async def test_roles_decide_where_the_api_enforces_them(world):
    world.api(enforce_policies=True, token_dialect="access_token_authz")
    permission = {"resource_server_identifier": world.audience, "permission_name": "multiply"}
    world.tenant.roles.put("rol_1", {"id": "rol_1", "permissions": [permission]})
    world.user("bob@example.com", roles=["rol_1"])
    nobody = world.claims((await password(world, scope="add multiply")).json()["access_token"])
    assert ("scope" in nobody, nobody["permissions"]) == (False, [])
    bob = world.claims((await password(world, username="bob@example.com", scope="add")).json()["access_token"])
    assert ("scope" in bob, bob["permissions"]) == (False, ["multiply"])
    all_of_it = await password(world, username="bob@example.com", scope="add multiply")
    assert all_of_it.json()["scope"] == "multiply"


async def test_an_api_may_ask_for_a_grant_on_behalf_of_users(world):
    world.api(subject_type_authorization={"user": {"policy": "require_client_grant"}})
    refused = await password(world)
    assert (refused.status_code, refused.json()) == (
        400,
        {
            "error": "invalid_request",
            "error_description": 'Client "machine" is not authorized to access resource server "basic-calculator".',
        },
    )
    world.grant(subject_type="user", scope="multiply")
    assert (await password(world, scope="add multiply")).json()["scope"] == "multiply"


async def test_where_a_grant_decides_scopes_have_to_be_asked_for(world):
    assert (await password(world)).json()["scope"] == "add multiply"
    world.api(subject_type_authorization={"user": {"policy": "require_client_grant"}})
    world.grant(subject_type="user", scope="multiply")
    assert "scope" not in (await password(world)).json()
    assert (await password(world, scope="openid")).json()["scope"] == "openid profile email address phone"


async def test_users_get_no_management_scopes(world):
    audience = world.issuer + "api/v2/"
    world.api(audience, scopes="update:clients read:current_user", is_system=True)
    body = (await password(world, audience=audience, scope="update:clients read:current_user")).json()
    assert body["scope"] == "read:current_user"


async def test_white_space_around_a_name_neither_matters_nor_counts_anew(world):
    assert (
        await world.token(grant_type="password", username=" Ada@example.com\t", password=world.password)
    ).status_code == 200
    names = ["ada@example.com", " ada@example.com", "ADA@example.com ", "ada@example.com\n", "\tada@example.com"] * 2
    statuses = [
        (await world.token(grant_type="password", username=name, password="Wrong-Password-1")).status_code
        for name in [*names, "  ada@example.com"]
    ]
    assert statuses == [403] * 10 + [429]
