import httpx
import pytest
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant import RateLimit, create_tenant, management_client
from auth0_apim_sandbox.tenant.model.tenant import Tenant

DOMAIN = "localhost:14300"


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "tenant.db")
    yield store
    store.close()


def _http(store, domain=DOMAIN, **options):
    transport = httpx.ASGITransport(create_tenant(store, domain, **options))
    return httpx.AsyncClient(transport=transport, base_url=f"https://{domain}")


async def _token(http, store, domain=DOMAIN, **changes):
    credentials = management_client(store)
    form = {
        "grant_type": "client_credentials",
        "audience": f"https://{domain}/api/v2/",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        **changes,
    }
    response = await http.post("/oauth/token", data=form)
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_management_client_manages_the_tenant(store):
    async with _http(store) as http:
        token = await _token(http, store)
        headers = {"authorization": f"Bearer {token['access_token']}"}
        response = await http.get("/api/v2/clients", headers=headers)
        assert response.status_code == 200
        assert [client["client_id"] for client in response.json()] == [management_client(store).client_id]
        missing = await http.get("/api/v2/clients")
        assert missing.json() == {"statusCode": 401, "error": "Unauthorized", "message": "Missing authentication"}


async def test_another_client_manages_only_what_it_was_granted(store):
    async with _http(store) as http:
        admin = {"authorization": f"Bearer {(await _token(http, store))['access_token']}"}
        body = {"name": "ci", "app_type": "non_interactive", "grant_types": ["client_credentials"]}
        client = (await http.post("/api/v2/clients", json=body, headers=admin)).json()
        grant = {
            "client_id": client["client_id"],
            "audience": f"https://{DOMAIN}/api/v2/",
            "scope": ["read:clients"],
        }
        assert (await http.post("/api/v2/client-grants", json=grant, headers=admin)).status_code == 201
        token = await _token(http, store, client_id=client["client_id"], client_secret=client["client_secret"])
        assert token["scope"] == "read:clients"
        headers = {"authorization": f"Bearer {token['access_token']}"}
        assert (await http.get("/api/v2/clients", headers=headers)).status_code == 200
        assert (await http.get("/api/v2/users", headers=headers)).status_code == 403


async def test_a_tenant_survives_a_restart(tmp_path):
    first = Store(tmp_path / "tenant.db")
    create_tenant(first, DOMAIN)
    credentials, kid = management_client(first), Tenant(first, DOMAIN).signing_keys.current().kid
    first.close()
    second = Store(tmp_path / "tenant.db")
    create_tenant(second, DOMAIN)
    assert management_client(second) == credentials
    assert Tenant(second, DOMAIN).signing_keys.current().kid == kid
    second.close()


async def test_the_management_api_follows_a_changed_domain(store):
    create_tenant(store, DOMAIN)
    async with _http(store, "localhost:15000") as http:
        token = await _token(http, store, "localhost:15000")
        headers = {"authorization": f"Bearer {token['access_token']}"}
        listed = (await http.get("/api/v2/resource-servers", headers=headers)).json()
        assert [server["identifier"] for server in listed] == ["https://localhost:15000/api/v2/"]
        assert len(store.collection("auth0.client_grants")) == 1


async def test_a_rate_limit_can_be_asked_for(store):
    async with _http(store, clock=lambda: 1_790_000_000.0, rate_limit=RateLimit(requests=1, seconds=60)) as http:
        assert (await http.get("/api/v2/clients")).status_code == 401
        response = await http.get("/api/v2/clients")
        assert response.status_code == 429
        assert int(response.headers["x-ratelimit-reset"]) == 1_790_000_040
        assert (await http.get("/.well-known/jwks.json")).status_code == 200


async def test_consents_that_an_earlier_version_kept_without_an_id_are_asked_for_again(store):
    store.collection("auth0.grants").put("auth0|1 app api", {"scope": ["add"]})
    async with _http(store) as http:
        headers = {"authorization": f"Bearer {(await _token(http, store))['access_token']}"}
        assert (await http.get("/api/v2/grants", headers=headers)).json() == []
        assert (await http.delete("/api/v2/grants?user_id=auth0%7C1", headers=headers)).status_code == 204
