"""Keys and secrets change through the Management API while a caller asks for tokens."""

import time

import httpx
import jwt
import pytest
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant import create_tenant, management_client
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWK

DOMAIN = "localhost:14300"
AUDIENCE = "basic-calculator"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FIRST_SECRET = "first-signing-secret-of-the-api-0123"
SECOND_SECRET = "second-signing-secret-of-the-api-012"


class Caller:
    """A machine, and the operator who changes what it proves itself with."""

    def __init__(self, http, store):
        self.http, self.store, self.count = http, store, 0

    async def manage(self, method, path, body=None):
        client = management_client(self.store)
        form = {"grant_type": "client_credentials", "audience": f"https://{DOMAIN}/api/v2/", **client._asdict()}
        token = (await self.http.post("/oauth/token", data=form)).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        response = await self.http.request(method, f"/api/v2{path}", json=body, headers=headers)
        assert response.status_code < 300, response.text
        return response.json() if response.content else None

    async def ask(self, **proof):
        form = {"grant_type": "client_credentials", "audience": AUDIENCE, **proof}
        return await self.http.post("/oauth/token", data=form)

    async def ask_with_key(self, client_id, key):
        self.count += 1
        now = time.time()
        claims = {"iss": client_id, "sub": client_id, "aud": f"https://{DOMAIN}/", "iat": now, "exp": now + 60}
        signed = jwt.encode({**claims, "jti": f"{self.count}"}, key, "RS256")
        return (await self.ask(client_assertion_type=ASSERTION, client_assertion=signed)).status_code

    async def published(self):
        return {key["kid"]: key for key in (await self.http.get("/.well-known/jwks.json")).json()["keys"]}


@pytest.fixture
async def caller(signing_keys):
    store = Store()
    for kid, document in signing_keys.items():
        store.collection("auth0.signing_keys").put(kid, document)
    transport = httpx.ASGITransport(create_tenant(store, DOMAIN))
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{DOMAIN}") as http:
        yield Caller(http, store)
    store.close()


@pytest.fixture
async def machine(caller):
    api = {"identifier": AUDIENCE, "name": "Calculator", "scopes": [{"value": "add"}]}
    made = await caller.manage("POST", "/resource-servers", api)
    machine = await caller.manage("POST", "/clients", {"name": "Machine", "grant_types": ["client_credentials"]})
    grant = {"client_id": machine["client_id"], "audience": AUDIENCE, "scope": ["add"]}
    await caller.manage("POST", "/client-grants", grant)
    return {"api": made["id"], "client_id": machine["client_id"], "client_secret": machine["client_secret"]}


def pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


async def test_a_key_is_replaced_without_a_moment_in_which_neither_counts(caller, machine):
    old, new = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    client_id, path = machine["client_id"], f"/clients/{machine['client_id']}"
    ids = []
    for key in (old, new):
        body = {"credential_type": "public_key", "pem": pem(key), "alg": "RS256"}
        ids.append((await caller.manage("POST", f"{path}/credentials", body))["id"])

    async def use(*credentials):
        methods = {"private_key_jwt": {"credentials": [{"id": each} for each in credentials]}}
        body = {"client_authentication_methods": methods, "token_endpoint_auth_method": None}
        await caller.manage("PATCH", path, body)
        return [await caller.ask_with_key(client_id, key) for key in (old, new)]

    assert await use(ids[0]) == [200, 401]
    assert await use(*ids) == [200, 200]
    assert await use(ids[1]) == [401, 200]
    await caller.manage("DELETE", f"{path}/credentials/{ids[0]}")
    assert await caller.ask_with_key(client_id, new) == 200


async def test_the_next_signing_key_is_published_before_it_signs(caller, machine):
    proof = {"client_id": machine["client_id"], "client_secret": machine["client_secret"]}
    before = (await caller.ask(**proof)).json()["access_token"]
    published = await caller.published()
    await caller.manage("POST", "/keys/signing/rotate")
    after = (await caller.ask(**proof)).json()["access_token"]
    kid, former = (jwt.get_unverified_header(token)["kid"] for token in (after, before))
    assert kid in published
    assert kid != former
    now = await caller.published()
    assert len(now) == 3
    for token in (before, after):
        key = PyJWK(now[jwt.get_unverified_header(token)["kid"]])
        assert jwt.decode(token, key, ["RS256"], audience=AUDIENCE)["azp"] == machine["client_id"]
    await caller.manage("PUT", f"/keys/signing/{former}/revoke")
    assert former not in await caller.published()


async def test_a_secret_that_is_rotated_no_longer_counts(caller, machine):
    old = {"client_id": machine["client_id"], "client_secret": machine["client_secret"]}
    new = await caller.manage("POST", f"/clients/{machine['client_id']}/rotate-secret")
    assert new["client_secret"] != old["client_secret"]
    assert (await caller.ask(**old)).status_code == 401
    assert (await caller.ask(**{**old, "client_secret": new["client_secret"]})).status_code == 200


async def test_an_apis_secret_and_algorithm_change_with_the_next_token(caller, machine):
    proof = {"client_id": machine["client_id"], "client_secret": machine["client_secret"]}
    path = f"/resource-servers/{machine['api']}"
    for secret in (FIRST_SECRET, SECOND_SECRET):
        await caller.manage("PATCH", path, {"signing_alg": "HS256", "signing_secret": secret})
        token = (await caller.ask(**proof)).json()["access_token"]
        assert jwt.decode(token, secret, ["HS256"], audience=AUDIENCE)["scope"] == "add"
    await caller.manage("PATCH", path, {"signing_alg": "RS256"})
    token = (await caller.ask(**proof)).json()["access_token"]
    key = PyJWK((await caller.published())[jwt.get_unverified_header(token)["kid"]])
    assert jwt.decode(token, key, ["RS256"], audience=AUDIENCE)["scope"] == "add"
