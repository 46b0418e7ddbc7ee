"""The vault's answers that an official client never provokes, over its ASGI application."""

import httpx
import jwt
import pytest
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.vault import create_vault
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

URL = "https://localhost:14306"
AUTHORITY = "https://localhost:14301/tenant"
NOW = 1_800_000_000
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(key=KEY, kid="one", **changes):
    claims = {
        "aud": "https://vault.azure.net",
        "iss": f"{AUTHORITY}/",
        "nbf": NOW,
        "exp": NOW + 60,
        "appid": "someone",
        **changes,
    }
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def directory(request):
    assert str(request.url) == f"{AUTHORITY}/discovery/keys"
    public = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return httpx.Response(200, json={"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]})


@pytest.fixture
def store():
    store = Store()
    yield store
    store.close()


@pytest.fixture
async def client(store):
    async with httpx.AsyncClient(transport=httpx.MockTransport(directory)) as fetch:
        vault = create_vault(store, URL, AUTHORITY, fetch, clock=lambda: NOW)
        transport = httpx.ASGITransport(vault)
        headers = {"Authorization": f"Bearer {token()}"}
        options = {"base_url": URL, "headers": headers, "params": {"api-version": "7.4"}}
        async with httpx.AsyncClient(transport=transport, **options) as made:
            yield made


def error(answer):
    body = answer.json()["error"]
    return answer.status_code, body["code"], body["message"]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (token(exp=NOW), "[TokenExpired]"),
        (token(nbf=NOW + 1), "[TokenExpired]"),
        (token(exp="never"), "Error validating token"),
        (token(aud="https://management.azure.com/"), "AKV10022: Invalid audience."),
        (token(iss="https://elsewhere.example/"), "AKV10032: Invalid issuer."),
        (token(STRANGER), "Error validating token: Signature verification failed"),
        (token(kid="two"), "Error validating token: the key used for signature validation is unknown"),
        ("nonsense", "Error validating token"),
        ("", "AKV10000"),
    ],
)
async def test_a_token_that_is_no_good_is_refused_with_the_challenge(client, sent, message):
    answer = await client.get("/secrets", headers={"Authorization": f"Bearer {sent}"})
    assert error(answer)[:2] == (401, "Unauthorized")
    assert error(answer)[2].startswith(message)
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer authorization="{AUTHORITY}", resource="https://vault.azure.net"'
    )


async def test_a_token_may_spell_the_audience_with_a_slash(client):
    sent = token(aud="https://vault.azure.net/")
    assert (await client.get("/secrets", headers={"Authorization": f"Bearer {sent}"})).status_code == 200


@pytest.mark.parametrize("version", [None, "1999-01-01"])
async def test_a_call_says_a_version_that_there_is(client, version):
    client.params = {} if version is None else {"api-version": version}
    assert error(await client.get("/secrets"))[:2] == (400, "BadParameter")


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("a_b", {"value": "hush"}, "The request URI contains an invalid name"),
        ("a", {}, "Property value is invalid: Field required."),
        ("a", {"value": 7}, "Property value is invalid"),
        ("a", {"value": "hush" * 6401}, "The secret's value is longer than 25600 bytes."),
        ("a", {"value": "hush", "contentType": "x" * 256}, "Property contentType is invalid"),
        ("a", {"value": "hush", "tags": {str(number): "" for number in range(16)}}, "Property tags is invalid"),
        ("a", {"value": "hush", "attributes": {"exp": "soon"}}, "Property attributes.exp is invalid"),
    ],
)
async def test_a_secret_that_is_wrong_is_refused_and_not_quoted(client, store, name, body, message):
    answer = await client.put(f"/secrets/{name}", json=body)
    assert error(answer)[:2] == (400, "BadParameter")
    assert error(answer)[2].startswith(message)
    assert "hush" not in answer.text
    assert dict(store.collection("vault.secrets")) == {}


async def test_a_bundle_has_the_shape_of_the_vaults(client):
    bundle = (await client.put("/secrets/Key", json={"value": "one", "attributes": {"exp": NOW + 9}})).json()
    version = bundle["id"].rpartition("/")[2]
    attributes = {
        "enabled": True,
        "exp": NOW + 9,
        "created": NOW,
        "updated": NOW,
        "recoveryLevel": "Recoverable+Purgeable",
        "recoverableDays": 90,
    }
    expected = {"value": "one", "id": f"{URL}/secrets/Key/{version}", "attributes": attributes, "tags": {}}
    assert bundle == expected
    assert (await client.get("/secrets/key/")).json() == expected
    listed = (await client.get("/secrets")).json()
    assert listed == {"value": [{"id": f"{URL}/secrets/Key", "attributes": attributes, "tags": {}}], "nextLink": None}


async def test_a_page_has_at_most_25_secrets(client):
    assert error(await client.get("/secrets", params={"api-version": "7.4", "maxresults": 26}))[0] == 400
    assert error(await client.get("/secrets", params={"api-version": "7.4", "maxresults": "all"}))[0] == 400


async def test_keys_and_certificates_are_refused_by_name(client):
    assert error(await client.get("/keys")) == (501, "NotImplemented", "GET /keys is not supported by the local vault.")
