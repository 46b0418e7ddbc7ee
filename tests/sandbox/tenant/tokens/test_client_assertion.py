import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def other_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def client(world, key):
    pem = (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    return world.client(
        token_endpoint_auth_method=None,
        client_authentication_methods={"private_key_jwt": {"credentials": [{"id": "cred_1"}]}},
        credentials=[{"id": "cred_1", "kid": "k1", "alg": "RS256", "pem": pem, "credential_type": "public_key"}],
    )


def assertion(world, key, algorithm="RS256", headers=None, **claims):
    now = int(world.clock.now)
    standard = {"iss": "machine", "sub": "machine", "aud": world.issuer, "iat": now, "exp": now + 60, "jti": "one"}
    merged = {name: value for name, value in {**standard, **claims}.items() if value is not None}
    return jwt.encode(merged, key, algorithm, headers=headers)


async def send(world, token, **parameters):
    return await world.http.post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "audience": world.audience,
            "client_assertion_type": TYPE,
            "client_assertion": token,
            **parameters,
        },
    )


@pytest.mark.usefixtures("client")
async def test_a_signed_assertion_proves_the_client(world, key):
    assert (await send(world, assertion(world, key))).status_code == 200
    assert (
        await send(world, assertion(world, key, jti="two", headers={"kid": "k1"}), client_id="machine")
    ).status_code == 200


@pytest.mark.usefixtures("client")
async def test_an_assertion_works_once(world, key):
    token = assertion(world, key)
    assert (await send(world, token)).status_code == 200
    response = await send(world, token)
    assert response.status_code == 401
    assert response.json() == {
        "error": "invalid_client",
        "error_description": "Invalid client assertion: its 'jti' was used before",
    }


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "other"},
        {"sub": "other"},
        {"aud": "https://elsewhere.example.com/"},
        {"exp": 1},
        {"exp": None},
        {"jti": None},
        {"exp": 99_999_999_999},
        {"nbf": 99_999_999_999},
        {"exp": "soon"},
    ],
)
async def test_an_assertion_with_wrong_claims_is_refused(world, key, claims):
    response = await send(world, assertion(world, key, **claims), client_id="machine")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.usefixtures("client")
async def test_an_assertion_by_another_key_or_algorithm_is_refused(world, key, other_key):
    assert (await send(world, assertion(world, other_key))).status_code == 401
    assert (await send(world, assertion(world, key, "PS256"))).status_code == 401
    assert (await send(world, assertion(world, key, headers={"kid": "k2"}))).status_code == 401
    unsigned = assertion(world, None, "none")
    assert (await send(world, unsigned)).status_code == 401
    assert (await send(world, "garbage", client_id="machine")).status_code == 401


async def test_an_expired_credential_no_longer_counts(world, client, key):
    stored = {**client["credentials"][0], "expires_at": "2020-01-01T00:00:00.000Z"}
    world.client(**{**client, "credentials": [stored]})
    assert (await send(world, assertion(world, key))).status_code == 401


async def test_the_secret_no_longer_counts(world, client):
    response = await world.http.post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "audience": world.audience,
            "client_id": "machine",
            "client_secret": client["client_secret"],
        },
    )
    assert response.status_code == 401


@pytest.mark.usefixtures("client")
async def test_another_assertion_type_is_refused(world, key):
    response = await send(world, assertion(world, key), client_assertion_type="saml")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
