import base64
import hashlib

import jwt
import pytest

CODE_ERROR = {"error": "invalid_grant", "error_description": "Invalid authorization code"}


async def exchange(world, code, client_id="machine", **parameters):
    defaults = {"grant_type": "authorization_code", "code": code, "redirect_uri": world.callback}
    return await world.token(client_id, **{**defaults, **parameters})


async def test_a_code_becomes_tokens(world):
    user = next(iter(world.tenant.users.values()))
    code = await world.code(scope="openid profile email add nothing", audience=world.audience, nonce="n-1")
    response = await exchange(world, code)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    body = response.json()
    access_token, id_token = body.pop("access_token"), body.pop("id_token")
    assert body == {"scope": "openid profile email add", "expires_in": 86400, "token_type": "Bearer"}
    access = world.claims(access_token)
    assert access["aud"] == [world.audience, world.issuer + "userinfo"]
    assert (access["sub"], access["azp"], "gty" in access) == (user["user_id"], "machine", False)
    claims = world.claims(id_token, "machine")
    now = int(world.clock.now)
    assert (claims["iss"], claims["aud"], claims["sub"]) == (world.issuer, "machine", user["user_id"])
    assert (claims["nonce"], claims["iat"], claims["exp"], claims["auth_time"]) == ("n-1", now, now + 36000, now)
    assert claims["email"] == "ada@example.com"
    assert len(claims["sid"]) == 32
    assert len(claims["at_hash"]) == 22


async def test_a_used_code_is_refused_and_ends_what_it_brought(world):
    world.api(allow_offline_access=True)
    code = await world.code(scope="openid offline_access", audience=world.audience)
    refresh_token = (await exchange(world, code)).json()["refresh_token"]
    again = await exchange(world, code)
    assert (again.status_code, again.json()) == (403, CODE_ERROR)
    refreshed = await world.token(grant_type="refresh_token", refresh_token=refresh_token)
    assert (refreshed.status_code, refreshed.json()["error"]) == (403, "invalid_grant")


async def test_a_code_expires(world):
    code = await world.code()
    world.clock.now += 600
    assert (await exchange(world, code)).json() == CODE_ERROR


async def test_a_code_belongs_to_its_client(world):
    world.client("other")
    code = await world.code()
    assert (await exchange(world, code, "other")).json() == CODE_ERROR
    assert (await exchange(world, code)).status_code == 200


async def test_an_unknown_code_is_refused(world):
    response = await exchange(world, "made-up")
    assert (response.status_code, response.json()) == (403, CODE_ERROR)


async def test_a_missing_code_is_refused(world):
    response = await exchange(world, "")
    assert (response.status_code, response.json()["error_description"]) == (400, "Missing required parameter: code")


@pytest.mark.parametrize(
    ("sent", "shown"), [("https://app.example.com/other", "https://app.example.com/other"), ("", "null")]
)
async def test_another_redirect_uri_is_refused(world, sent, shown):
    response = await exchange(world, await world.code(), redirect_uri=sent)
    assert response.status_code == 403
    assert response.json() == {
        "error": "unauthorized_client",
        "error_description": f"The redirect URI is wrong. You sent {shown}, and we expected {world.callback}",
    }


async def test_a_redirect_uri_left_out_at_authorize_may_be_left_out_again(world):
    code = await world.code(redirect_uri="")
    assert (await exchange(world, code, redirect_uri="")).status_code == 200


@pytest.mark.parametrize(("method", "challenge"), [("S256", "challenge"), ("plain", "verifier"), ("", "verifier")])
async def test_the_verifier_of_the_challenge_is_accepted(world, method, challenge):
    code = await world.code(code_challenge=getattr(world, challenge), code_challenge_method=method)
    assert (await exchange(world, code, code_verifier=world.verifier)).status_code == 200


@pytest.mark.parametrize("verifier", ["a" * 43, "short", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"])
async def test_another_verifier_is_refused_and_the_code_stays_good(world, verifier):
    code = await world.code(code_challenge=world.challenge, code_challenge_method="S256")
    response = await exchange(world, code, code_verifier=verifier)
    assert response.status_code == 403
    assert response.json() == {"error": "invalid_grant", "error_description": "Failed to verify code verifier"}
    assert (await exchange(world, code, code_verifier=world.verifier)).status_code == 200


async def test_a_missing_verifier_is_refused(world):
    code = await world.code(code_challenge=world.challenge, code_challenge_method="S256")
    response = await exchange(world, code)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_a_verifier_without_a_challenge_is_refused(world):
    response = await exchange(world, await world.code(), code_verifier=world.verifier)
    assert response.json()["error_description"] == "Failed to verify code verifier"


async def test_a_public_client_needs_no_secret(world):
    world.client(token_endpoint_auth_method="none")
    code = await world.code(code_challenge=world.challenge, code_challenge_method="S256")
    response = await world.http.post(
        "/oauth/token",
        data={
            "grant_type": "authorization_code",
            "client_id": "machine",
            "code": code,
            "code_verifier": world.verifier,
            "redirect_uri": world.callback,
        },
    )
    assert response.status_code == 200


async def test_a_user_blocked_or_deleted_meanwhile_gets_nothing(world):
    user = next(iter(world.tenant.users.values()))
    code = await world.code()
    world.tenant.users.put(user["user_id"], {**user, "blocked": True})
    assert (await exchange(world, code)).json()["error_description"] == "user is blocked"
    world.tenant.users.put(user["user_id"], user)
    code = await world.code()
    world.tenant.users.delete(user["user_id"])
    assert (await exchange(world, code)).json() == CODE_ERROR


async def test_codes_are_stored_hashed(world):
    code = await world.code()
    assert code not in str(dict(world.tenant.codes))


@pytest.mark.parametrize(
    ("settings", "algorithm"),
    [
        ({"jwt_configuration": {"alg": "RS256"}}, "RS256"),
        ({"jwt_configuration": {"alg": "PS256"}}, "PS256"),
        ({"jwt_configuration": {"alg": "HS256"}}, "HS256"),
        ({"jwt_configuration": {}}, "HS256"),
        ({"jwt_configuration": {"alg": "HS256"}, "token_endpoint_auth_method": "none"}, "HS256"),
        ({"jwt_configuration": {}, "token_endpoint_auth_method": "none"}, "RS256"),
    ],
)
async def test_the_client_chooses_how_id_tokens_are_signed(world, settings, algorithm):
    client = world.client(**settings)
    code = await world.code(code_challenge=world.challenge, code_challenge_method="S256")
    id_token = (await exchange(world, code, code_verifier=world.verifier)).json()["id_token"]
    assert jwt.get_unverified_header(id_token)["alg"] == algorithm
    if algorithm == "HS256":
        options = {"verify_exp": False, "verify_iat": False}
        claims = jwt.decode(id_token, client["client_secret"], ["HS256"], audience="machine", options=options)
        assert claims["aud"] == "machine"


@pytest.mark.parametrize(("algorithm", "name", "size"), [("RS256", "sha256", 16), ("RS512", "sha512", 32)])
async def test_an_id_token_is_bound_to_its_access_token_by_its_own_hash(world, algorithm, name, size):
    world.client(jwt_configuration={"alg": algorithm})
    code = await world.code(audience=world.audience)
    body = (await world.token(grant_type="authorization_code", code=code, redirect_uri=world.callback)).json()
    half = hashlib.new(name, body["access_token"].encode()).digest()[:size]
    claims = world.claims(body["id_token"], "machine")
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
