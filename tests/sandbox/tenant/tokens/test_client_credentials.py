import jwt
import pytest


async def test_a_granted_client_gets_a_token(world):
    response = await world.machine_token()
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    token = body.pop("access_token")
    assert body == {"scope": "add", "expires_in": 86400, "token_type": "Bearer"}
    now = int(world.clock.now)
    assert world.claims(token) == {
        "iss": world.issuer,
        "sub": "machine@clients",
        "aud": world.audience,
        "iat": now,
        "exp": now + 86400,
        "scope": "add",
        "gty": "client-credentials",
        "azp": "machine",
    }
    assert jwt.get_unverified_header(token) == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": world.tenant.signing_keys.current().kid,
    }


async def test_a_json_body_and_basic_authentication_do_as_well(world):
    secret = world.tenant.clients["machine"]["client_secret"]
    body = {"grant_type": "client_credentials", "audience": world.audience}
    by_json = await world.http.post("/oauth/token", json={**body, "client_id": "machine", "client_secret": secret})
    by_basic = await world.http.post("/oauth/token", data=body, auth=("machine", secret))
    assert (by_json.status_code, by_basic.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("parameters", "status", "error", "description"),
    [
        ({"client_secret": "wrong"}, 401, "access_denied", "Unauthorized"),
        ({"client_id": "nobody"}, 401, "access_denied", "Unauthorized"),
        ({"client_secret": ""}, 401, "access_denied", "Unauthorized"),
        ({"client_id": ""}, 400, "invalid_request", "Missing required parameter: client_id"),
        ({"grant_type": ""}, 400, "invalid_request", "Missing required parameter: grant_type"),
        ({"grant_type": "magic"}, 403, "unsupported_grant_type", "Unsupported grant type: magic"),
        ({"audience": "no-such-api"}, 403, "access_denied", "Service not found: no-such-api"),
        ({"audience": ""}, 403, "access_denied", "Non-global clients are not allowed access to APIv1"),
        ({"scope": "add multiply"}, 403, "access_denied", "Client has not been granted scopes: multiply"),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"},
            501,
            "not_supported",
            "The sandbox does not support the device authorization flow.",
        ),
    ],
)
async def test_a_wrong_request_gets_the_services_error(world, parameters, status, error, description):
    response = await world.machine_token(**parameters)
    assert response.status_code == status
    assert response.json() == {"error": error, "error_description": description}
    assert response.headers["cache-control"] == "no-store"


async def test_a_client_without_the_grant_type_is_refused(world):
    world.client(grant_types=["authorization_code"])
    response = await world.machine_token()
    assert response.status_code == 403
    assert response.json() == {
        "error": "unauthorized_client",
        "error_description": "Grant type 'client_credentials' not allowed for the client.",
        "error_uri": "https://auth0.com/docs/clients/client-grant-types",
    }


async def test_a_client_without_a_grant_for_the_api_is_refused(world):
    world.api("other")
    response = await world.machine_token(audience="other")
    assert response.status_code == 403
    assert response.json() == {
        "error": "access_denied",
        "error_description": 'Client is not authorized to access "other". You need to create a "client-grant" '
        "associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants",
    }


async def test_an_api_that_denies_all_clients_refuses_a_granted_one(world):
    world.api(subject_type_authorization={"client": {"policy": "deny_all"}})
    response = await world.machine_token()
    assert (response.status_code, response.json()["error_description"]) == (
        403,
        'Client "machine" is not authorized to access resource server "basic-calculator".',
    )


async def test_a_grant_for_users_is_no_grant_for_the_machine(world):
    world.api("other")
    world.grant(audience="other", subject_type="user")
    assert (await world.machine_token(audience="other")).status_code == 403


async def test_without_a_requested_scope_the_client_gets_all_of_its_grant(world):
    world.grant(scope="multiply add")
    assert (await world.machine_token()).json()["scope"] == "multiply add"
    assert (await world.machine_token(scope="add")).json()["scope"] == "add"


async def test_a_grant_of_all_scopes_follows_the_api(world):
    world.grant(scope="", allow_all_scopes=True)
    assert (await world.machine_token()).json()["scope"] == "add multiply"


async def test_a_scope_the_api_has_lost_is_not_granted(world):
    world.grant(scope="add gone")
    assert (await world.machine_token()).json()["scope"] == "add"


async def test_a_grant_without_scopes_gives_a_token_without_the_claim(world):
    world.grant(scope="")
    body = (await world.machine_token()).json()
    assert "scope" not in body
    assert "scope" not in world.claims(body["access_token"])


async def test_the_tenants_default_audience_stands_in(world):
    world.settings(default_audience=world.audience)
    assert (await world.machine_token(audience="")).status_code == 200


async def test_a_public_client_cannot_use_the_grant(world):
    world.client(token_endpoint_auth_method="none")
    assert (await world.machine_token()).status_code == 401


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256"])
async def test_the_api_chooses_the_algorithm_and_the_lifetime(world, algorithm):
    world.api(signing_alg=algorithm, token_lifetime=60)
    body = (await world.machine_token()).json()
    assert body["expires_in"] == 60
    assert jwt.get_unverified_header(body["access_token"])["alg"] == algorithm
    claims = world.claims(body["access_token"])
    assert claims["exp"] - claims["iat"] == 60


async def test_an_hs256_api_gets_tokens_signed_with_its_secret_and_no_key_id(world):
    world.api(signing_alg="HS256", signing_secret="sixteen-letters!")
    token = (await world.machine_token()).json()["access_token"]
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        claims = jwt.decode(
            token,
            "sixteen-letters!",
            ["HS256"],
            audience=world.audience,
            options={"verify_exp": False, "verify_iat": False},
        )
    assert claims["sub"] == "machine@clients"


async def test_the_rfc_9068_profile_has_its_own_type_and_claims(world):
    world.api(token_dialect="rfc9068_profile_authz", enforce_policies=True)
    token = (await world.machine_token()).json()["access_token"]
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    claims = world.claims(token)
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "scope", "jti", "client_id", "permissions"}
    assert (claims["client_id"], claims["permissions"]) == ("machine", ["add"])


@pytest.mark.parametrize(
    ("settings", "permissions"),
    [
        ({"enforce_policies": True, "token_dialect": "access_token_authz"}, ["add"]),
        ({"enforce_policies": False, "token_dialect": "access_token_authz"}, None),
        ({"enforce_policies": True, "token_dialect": "access_token"}, None),
        ({"enforce_policies": True}, None),
    ],
)
async def test_permissions_need_enforced_policies_and_an_authz_dialect(world, settings, permissions):
    world.api(**settings)
    assert world.claims((await world.machine_token()).json()["access_token"]).get("permissions") == permissions


async def test_every_rfc_9068_token_has_its_own_id(world):
    world.api(token_dialect="rfc9068_profile")
    tokens = [(await world.machine_token()).json()["access_token"] for _ in range(2)]
    assert len({world.claims(token)["jti"] for token in tokens}) == 2


async def test_tokens_are_signed_with_the_new_key_after_a_rotation(world):
    before = world.tenant.signing_keys.current().kid
    world.tenant.signing_keys.rotate()
    token = (await world.machine_token()).json()["access_token"]
    assert jwt.get_unverified_header(token)["kid"] == world.tenant.signing_keys.current().kid != before


async def test_an_organization_is_refused_by_name(world):
    response = await world.machine_token(organization="org_1")
    assert response.status_code == 501
    assert response.json()["error_description"] == (
        "The sandbox does not support organizations: parameter 'organization'."
    )
