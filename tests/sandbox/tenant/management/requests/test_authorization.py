import jwt
import pytest
from auth0_apim_sandbox.tenant.management.rate_limit import RateLimit
from cryptography.hazmat.primitives.asymmetric import rsa

UNAUTHORIZED = {"statusCode": 401, "error": "Unauthorized"}
INVALID_SIGNATURE = "Invalid signature received for JSON Web Token validation"


async def _get(anonymous, token):
    return await anonymous.get("/clients", headers={"authorization": f"Bearer {token}"})


async def test_no_token_is_missing_authentication(anonymous):
    response = await anonymous.get("/clients")
    assert response.status_code == 401
    assert response.json() == {**UNAUTHORIZED, "message": "Missing authentication"}
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer opaque", "Bearer a.b.c d"])
async def test_another_authorization_header_is_refused(anonymous, header):
    response = await anonymous.get("/clients", headers={"authorization": header})
    assert response.status_code == 400
    assert response.json() == {
        "statusCode": 400,
        "error": "Bad Request",
        "message": "Bad HTTP authentication header format",
        "errorCode": "Bearer",
    }


async def test_an_expired_token_is_refused(anonymous, mint, clock):
    token = mint(exp=int(clock.now))
    response = await _get(anonymous, token)
    assert response.status_code == 401
    assert response.json() == {**UNAUTHORIZED, "message": "Expired token received for JSON Web Token validation"}


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"aud": "https://elsewhere/"}, "Bad audience: expected https://localhost:14300/api/v2/"),
        ({"iss": "https://localhost:14300"}, "Bad issuer: expected https://localhost:14300/"),
        ({"nbf": 1_790_000_001}, "Invalid token"),
        ({"exp": "tomorrow"}, "Invalid token"),
        ({"sub": None}, "Invalid token"),
    ],
)
async def test_a_token_for_something_else_is_refused(anonymous, mint, claims, message):
    response = await _get(anonymous, mint(**claims))
    assert (response.status_code, response.json()["message"]) == (401, message)


async def test_a_token_of_another_key_is_refused(anonymous, tenant, mint):
    claims = jwt.decode(mint(), options={"verify_signature": False})
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode(claims, stranger, "RS256", {"kid": tenant.signing_keys.current().kid})
    response = await _get(anonymous, forged)
    assert (response.status_code, response.json()["message"]) == (401, INVALID_SIGNATURE)


async def test_another_algorithm_is_refused(anonymous, tenant, mint):
    key = tenant.signing_keys.current()
    claims = jwt.decode(mint(), options={"verify_signature": False})
    modulus = key.jwk()["n"]
    for algorithm, secret in (("HS256", modulus), ("none", None), ("RS512", key.private_key)):
        forged = jwt.encode(claims, secret, algorithm, {"kid": key.kid})
        response = await _get(anonymous, forged)
        assert (response.status_code, response.json()["message"]) == (401, INVALID_SIGNATURE)


async def test_a_token_of_a_revoked_key_is_refused(anonymous, tenant, mint):
    token, key = mint(), tenant.signing_keys.current()
    tenant.signing_keys.rotate()
    assert (await _get(anonymous, token)).status_code == 200
    tenant.signing_keys.revoke(key.kid)
    assert (await _get(anonymous, token)).status_code == 401


async def test_a_token_without_the_scope_is_refused(anonymous, mint):
    headers = {"authorization": f"Bearer {mint(['read:clients'])}"}
    response = await anonymous.post("/client-grants", headers=headers, json={})
    assert response.status_code == 403
    assert response.json() == {
        "statusCode": 403,
        "error": "Forbidden",
        "message": "Insufficient scope, expected any of: create:client_grants",
        "errorCode": "insufficient_scope",
    }


async def test_what_auth0_has_and_the_tenant_has_not_is_refused_by_name(api):
    response = await api.post("/jobs/users-exports")
    assert response.status_code == 501
    assert response.json() == {
        "statusCode": 501,
        "error": "Not Implemented",
        "message": "This local tenant does not support POST /api/v2/jobs/users-exports.",
        "errorCode": "not_supported",
    }


async def test_what_auth0_has_not_is_not_found(api):
    response = await api.get("/teapots")
    assert (response.status_code, response.json()["message"]) == (404, "Not Found")


async def test_every_answer_says_what_is_left_of_the_rate_limit(api, clock):
    response = await api.get("/clients")
    assert response.headers["x-ratelimit-limit"] == "10000"
    assert response.headers["x-ratelimit-remaining"] == "9999"
    assert int(response.headers["x-ratelimit-reset"]) > clock.now


class TestLowRateLimit:
    @pytest.fixture
    def rate_limit(self):
        return RateLimit(requests=2, seconds=1)

    async def test_a_request_too_many_is_refused_until_the_reset(self, api, clock):
        assert [(await api.get("/clients")).status_code for _ in range(2)] == [200, 200]
        response = await api.get("/clients")
        assert response.status_code == 429
        assert response.json() == {
            "statusCode": 429,
            "error": "Too Many Requests",
            "message": "Global limit has been reached",
            "errorCode": "too_many_requests",
        }
        assert response.headers["x-ratelimit-remaining"] == "0"
        clock.now = float(response.headers["x-ratelimit-reset"])
        assert (await api.get("/clients")).status_code == 200
