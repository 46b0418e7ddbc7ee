import json
from pathlib import Path

import httpx
import pytest
from auth0_apim_sandbox.apim.manager import create_resource_manager, manager_client
from auth0_apim_sandbox.store import Store
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ENDPOINT = "https://localhost:14301"
PORTAL_HOST = "developer.localhost:14308"
VERSION = "2024-05-01"
OPENAPI = (Path(__file__).parents[3] / "examples/basic-calculator/openapi.json").read_text(encoding="utf-8")
SERVICE_BODY = {
    "location": "westeurope",
    "sku": {"name": "Developer", "capacity": 1},
    "properties": {"publisherEmail": "admin@example.com", "publisherName": "Example"},
}


class Host:
    """Opens no listener, remembers what was asked."""

    def __init__(self):
        self.opened = []
        self.closed = []
        self.url = "https://localhost:14310"

    async def open(self, service_id):
        self.opened.append(service_id)
        return self.url

    async def close(self, service_id):
        self.closed.append(service_id)


class Clock:
    """A clock that stands until it is turned."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


class Arm:
    """Calls the resource manager with a token and an api-version, by paths below the service."""

    def __init__(self, client, subscription_id):
        self.client = client
        self.subscription = f"/subscriptions/{subscription_id}"
        self.group = f"{self.subscription}/resourceGroups/local"
        self.service = f"{self.group}/providers/Microsoft.ApiManagement/service/apim"

    async def call(self, method, path, properties=None, **options):
        """The answer; of an operation that is refused at its end, the refusal, as clients that wait for it see it."""
        answer = await self.begun(method, path, properties, **options)
        if answer.status_code not in (200, 201, 202) or "location" not in answer.headers:
            return answer
        ended = await self.client.get(answer.headers["location"])
        return ended if ended.status_code == 400 else answer

    async def begun(self, method, path, properties=None, *, body=None, params=None, headers=None):
        url = path if path.startswith("/subscriptions") else f"{self.service}/{path}" if path else self.service
        content = body if body is not None else None if properties is None else {"properties": properties}
        query = {"api-version": VERSION, **(params or {})}
        return await self.client.request(method, url, params=query, json=content, headers=headers)

    async def get(self, path, **options):
        return await self.call("GET", path, **options)

    async def put(self, path, properties=None, **options):
        return await self.call("PUT", path, properties, **options)

    async def patch(self, path, properties=None, **options):
        return await self.call("PATCH", path, properties, **options)

    async def delete(self, path, **options):
        return await self.call("DELETE", path, **options)

    async def post(self, path, **options):
        return await self.call("POST", path, **options)

    async def calculator(self):
        """The tutorial's API, imported."""
        answer = await self.put("apis/calc", {"path": "calc", "format": "openapi+json", "value": OPENAPI})
        assert answer.status_code == 201, answer.text
        return answer


def documents(request):
    """The outside world: one OpenID document, one API document, and nothing else."""
    if request.url == "https://tenant.test/.well-known/openid-configuration":
        return httpx.Response(200, json={"issuer": "https://tenant.test/", "jwks_uri": "https://tenant.test/keys"})
    if request.url == "https://tenant.test/keys":
        return httpx.Response(200, json={"keys": []})
    if request.url == "https://docs.test/calc.json":
        return httpx.Response(200, text=OPENAPI)
    if request.url == "https://docs.test/policy.xml":
        return httpx.Response(200, text="<policies><inbound><base /></inbound></policies>")
    return httpx.Response(404)


@pytest.fixture(scope="session")
def directory_key():
    """Making an RSA key takes longer than a test, so one serves them all."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture
def store(directory_key):
    store = Store()
    store.collection("arm.credentials").put("signing_key", {"pem": directory_key.decode()})
    yield store
    store.close()


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def application(store, host, clock):
    async with httpx.AsyncClient(transport=httpx.MockTransport(documents)) as fetch:
        yield create_resource_manager(store, ENDPOINT, host, fetch, clock, portal_host=PORTAL_HOST)


@pytest.fixture
async def anonymous(application):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=ENDPOINT) as client:
        yield client


@pytest.fixture
async def token(anonymous, store):
    credentials = manager_client(store)
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scope": "https://management.azure.com/.default",
    }
    answer = await anonymous.post(f"/{credentials.tenant_id}/oauth2/v2.0/token", data=form)
    return answer.json()["access_token"]


@pytest.fixture
async def empty(application, store, token):
    headers = {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url=ENDPOINT, headers=headers) as client:
        yield Arm(client, manager_client(store).subscription_id)


@pytest.fixture
async def arm(empty):
    answer = await empty.put("", body=SERVICE_BODY)
    assert answer.status_code == 201, answer.text
    return empty


@pytest.fixture
def openapi():
    return json.loads(OPENAPI)
