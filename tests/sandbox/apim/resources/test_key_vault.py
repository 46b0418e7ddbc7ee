"""Named values whose secret is kept in a Key Vault: read by the service's identity, pinned or followed, never shown."""

import httpx
import pytest
from auth0_apim_sandbox.apim.gateway import create_gateway
from auth0_apim_sandbox.apim.manager import create_resource_manager, manager_client
from auth0_apim_sandbox.vault import create_vault

ENDPOINT = "https://localhost:14301"
VAULT = "https://localhost:14306"
SERVICE_BODY = {
    "location": "westeurope",
    "sku": {"name": "Developer", "capacity": 1},
    "properties": {"publisherEmail": "admin@example.com", "publisherName": "Example"},
}
POLICY = (
    "<policies><inbound><set-header name='X-Key'><value>{{key}}</value></set-header><return-response>"
    "<set-status code='200' /><set-body>@(context.Request.Headers.GetValueOrDefault(\"X-Key\"))</set-body>"
    "</return-response></inbound></policies>"
)


class Network(httpx.AsyncBaseTransport):
    """The sandbox's applications by host and port; the vault can be taken away."""

    def __init__(self):
        self.applications = {}

    async def handle_async_request(self, request):
        application = self.applications.get(request.url.netloc.decode())
        if application is None:
            raise httpx.ConnectError("connection refused")
        return await httpx.ASGITransport(application).handle_async_request(request)


@pytest.fixture
def network():
    return Network()


@pytest.fixture
async def application(store, host, clock, network):
    authority = f"{ENDPOINT}/{manager_client(store).tenant_id}"
    async with httpx.AsyncClient(transport=network) as fetch:
        manager = create_resource_manager(store, ENDPOINT, host, fetch, clock, vault_url=VAULT)
        network.applications = {
            "localhost:14301": manager,
            "localhost:14306": create_vault(store, VAULT, authority, fetch, clock),
        }
        yield manager


class Vault:
    """The vault, as the principal of the subscription uses it."""

    def __init__(self, client):
        self.client = client

    async def keep(self, name, value):
        """Set a secret; its identifier, with the version."""
        answer = await self.client.put(f"/secrets/{name}?api-version=7.4", json={"value": value})
        return answer.raise_for_status().json()["id"]

    async def disable(self, identifier):
        change = {"attributes": {"enabled": False}}
        (await self.client.patch(f"{identifier}?api-version=7.4", json=change)).raise_for_status()


@pytest.fixture
async def vault(network, anonymous, store):
    credentials = manager_client(store)
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scope": "https://vault.azure.net/.default",
    }
    answer = await anonymous.post(f"/{credentials.tenant_id}/oauth2/v2.0/token", data=form)
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    async with httpx.AsyncClient(transport=network, base_url=VAULT, headers=headers) as client:
        yield Vault(client)


@pytest.fixture
async def service(empty):
    """A service with an identity of its own."""
    assert (await empty.put("", body={**SERVICE_BODY, "identity": {"type": "SystemAssigned"}})).status_code == 201
    return empty


def named_value(identifier=f"{VAULT}/secrets/key", **more):
    return {"displayName": "key", "secret": True, "keyVault": {"secretIdentifier": identifier, **more}}


def problem(answer):
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "ValidationError")
    return error["details"][0]["target"], error["details"][0]["message"]


async def value(arm):
    return (await arm.post("namedValues/key/listValue")).json()["value"]


def kept(store, arm, name):
    """The document of a named value: a token would have run out by the time that some tests turn the clock to."""
    return store.collection("arm.resources")[f"{arm.service}/namedValues/{name}".lower()]


async def test_the_secret_is_read_and_shown_nowhere(service, vault):
    await vault.keep("key", "hush")
    created = await service.put("namedValues/key", named_value())
    assert created.status_code == 201
    assert (await service.get("namedValues/key")).json()["properties"] == {
        "displayName": "key",
        "tags": None,
        "secret": True,
        "keyVault": {
            "secretIdentifier": f"{VAULT}/secrets/key",
            "lastStatus": {"code": "Success", "timeStampUtc": "2027-01-15T08:00:00Z"},
        },
        "provisioningState": "Succeeded",
    }
    shown = created.text + (await service.get("namedValues/key")).text + (await service.get("namedValues")).text
    assert "hush" not in shown
    assert await value(service) == "hush"


async def test_the_gateway_puts_the_secret_into_policies(service, vault, store):
    await vault.keep("key", "hush")
    await service.put("namedValues/key", named_value())
    await service.put(
        "apis/x", {"path": "x", "displayName": "X", "subscriptionRequired": False, "protocols": ["https"]}
    )
    await service.put("apis/x/operations/get", {"displayName": "get", "method": "GET", "urlTemplate": "/"})
    assert (await service.put("policies/policy", {"value": POLICY, "format": "rawxml"})).status_code == 200
    async with httpx.AsyncClient() as fetch:
        gateway = create_gateway(store, service.service, "https://localhost:14310", fetch)
        transport = httpx.ASGITransport(gateway)
        async with httpx.AsyncClient(transport=transport, base_url="https://localhost:14310") as client:
            assert (await client.get("/x/")).text == "hush"
            await vault.keep("key", "rotated")
            await service.post("namedValues/key/refreshSecret")
            assert (await client.get("/x/")).text == "rotated"


async def test_a_refresh_brings_the_newest_version_unless_one_is_named(service, vault):
    pinned = await vault.keep("key", "first")
    await service.put("namedValues/key", named_value())
    await service.put("namedValues/pinned", {**named_value(pinned), "displayName": "pinned"})
    await vault.keep("key", "second")
    assert await value(service) == "first"
    for name in ("key", "pinned"):
        refreshed = await service.post(f"namedValues/{name}/refreshSecret")
        assert refreshed.status_code == 200
        assert refreshed.json()["properties"]["keyVault"]["lastStatus"]["code"] == "Success"
        assert {"first", "second"}.isdisjoint(refreshed.text.split('"'))
    assert await value(service) == "second"
    assert (await service.post("namedValues/pinned/listValue")).json() == {"value": "first"}


async def test_a_rotated_secret_arrives_within_four_hours_without_being_asked_for(
    application, service, vault, clock, store
):
    pinned = await vault.keep("key", "first")
    await service.put("namedValues/key", named_value())
    await service.put("namedValues/pinned", {**named_value(pinned), "displayName": "pinned"})
    await vault.keep("key", "second")
    clock.now += 3600
    await application.refresh_secrets()
    assert kept(store, service, "key")["secrets"]["keyVaultValue"] == "first"
    clock.now += 3 * 3600 - 60
    await application.refresh_secrets()
    assert kept(store, service, "key")["secrets"]["keyVaultValue"] == "second"
    assert kept(store, service, "pinned")["secrets"]["keyVaultValue"] == "first"


async def test_a_clock_that_is_set_back_delays_no_rotated_secret(application, service, vault, clock, store):
    await vault.keep("key", "first")
    await service.put("namedValues/key", named_value())
    await vault.keep("key", "second")
    clock.now -= 86400
    await application.refresh_secrets()
    assert kept(store, service, "key")["secrets"]["keyVaultValue"] == "second"


async def test_a_secret_that_cannot_be_read_any_more_stays_and_its_status_says_why(
    application, service, vault, clock, network, store
):
    identifier = await vault.keep("key", "first")
    await service.put("namedValues/key", named_value())
    await vault.disable(identifier)
    refused = await service.post("namedValues/key/refreshSecret")
    assert problem(refused) == (
        "keyVault.secretIdentifier",
        "Operation get is not allowed on a disabled secret.",
    )
    status = (await service.get("namedValues/key")).json()["properties"]["keyVault"]["lastStatus"]
    assert (status["code"], status["message"]) == ("Forbidden", "Operation get is not allowed on a disabled secret.")
    del network.applications["localhost:14306"]
    clock.now += 4 * 3600
    await application.refresh_secrets()
    stored = kept(store, service, "key")
    status = stored["properties"]["keyVault"]["lastStatus"]
    assert (status["code"], status["message"]) == ("VaultUnreachable", "The vault cannot be reached: ConnectError.")
    assert stored["secrets"]["keyVaultValue"] == "first"


async def test_a_service_without_an_identity_reads_nothing(arm, vault):
    await vault.keep("key", "hush")
    target, message = problem(await arm.put("namedValues/key", named_value()))
    assert target == "identityClientId"
    assert message.startswith("System-assigned Managed Identity is not enabled for the service 'apim'.")


async def test_an_identity_that_the_service_does_not_have_is_named(service, vault):
    await vault.keep("key", "hush")
    answer = await service.put("namedValues/key", named_value(identityClientId="00000000-0000-0000-0000-000000000001"))
    assert problem(answer) == (
        "identityClientId",
        "Can not find Managed Identity with provided IdentityClientId : 00000000-0000-0000-0000-000000000001. "
        "For more information please see aka.ms/apimmsi.",
    )


async def test_a_user_assigned_identity_reads_when_it_is_named(empty, vault):
    path = f"{empty.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
    made = await empty.put(path, body={"location": "westeurope"}, params={"api-version": "2023-01-31"})
    assert made.status_code == 201
    body = {**SERVICE_BODY, "identity": {"type": "UserAssigned", "userAssignedIdentities": {path: {}}}}
    identity = (await empty.put("", body=body)).json()["identity"]
    assert identity["userAssignedIdentities"] == {
        path: {name: made.json()["properties"][name] for name in ("principalId", "clientId")}
    }
    assert "principalId" not in identity
    await vault.keep("key", "hush")
    assert problem(await empty.put("namedValues/key", named_value()))[0] == "identityClientId"
    client_id = made.json()["properties"]["clientId"]
    assert (await empty.put("namedValues/key", named_value(identityClientId=client_id))).status_code == 201
    assert await value(empty) == "hush"


async def test_an_identity_that_is_not_there_is_not_assigned(empty):
    path = f"{empty.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/none"
    body = {**SERVICE_BODY, "identity": {"type": "UserAssigned", "userAssignedIdentities": {path: {}}}}
    answer = await empty.put("", body=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "FailedIdentityOperation")


async def test_an_identity_keeps_its_ids_until_it_is_deleted(empty):
    path = f"{empty.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
    version = {"api-version": "2023-01-31"}
    first = await empty.put(path, body={"location": "westeurope"}, params=version)
    again = await empty.put(path, body={"location": "westeurope", "tags": {"team": "apis"}}, params=version)
    assert (again.status_code, again.json()["tags"]) == (200, {"team": "apis"})
    assert again.json()["properties"] == first.json()["properties"]
    assert (await empty.get(path, params=version)).json() == again.json()
    assert (await empty.delete(path, params=version)).status_code == 200
    assert (await empty.get(path, params=version)).status_code == 404


@pytest.mark.parametrize(
    ("properties", "target"),
    [
        (named_value(f"{VAULT}/secrets/none"), "keyVault.secretIdentifier"),
        (named_value(f"{VAULT}/keys/key"), "keyVault.secretIdentifier"),
        ({**named_value(), "value": "x"}, "value"),
        ({**named_value(), "secret": False}, "secret"),
        ({"displayName": "key", "secret": True, "keyVault": {}}, "keyVault.secretIdentifier"),
    ],
)
async def test_what_cannot_be_read_or_is_given_twice_is_refused_at_save(service, vault, properties, target):
    await vault.keep("key", "hush")
    assert problem(await service.put("namedValues/key", properties))[0] == target
    assert (await service.get("namedValues/key")).status_code == 404


async def test_another_vault_is_not_called(service, network):
    network.applications["contoso.vault.azure.net"] = pytest.fail
    answer = await service.put("namedValues/key", named_value("https://contoso.vault.azure.net/secrets/key"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotImplemented")
    assert "contoso.vault.azure.net" in answer.json()["error"]["message"]


async def test_a_value_that_is_given_has_nothing_to_refresh(service):
    await service.put("namedValues/key", {"displayName": "key", "value": "x", "secret": True})
    answer = await service.post("namedValues/key/refreshSecret")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ValidationError")


async def test_a_changed_tag_keeps_the_secret(service, vault):
    await vault.keep("key", "hush")
    await service.put("namedValues/key", named_value())
    await service.patch("namedValues/key", {"tags": ["t"]})
    assert (await service.get("namedValues/key")).json()["properties"]["tags"] == ["t"]
    assert await value(service) == "hush"


async def test_tokens_of_one_service_are_no_good_at_the_other(service, vault, network):
    async with httpx.AsyncClient(transport=network) as client:
        token = vault.client.headers["Authorization"]
        answer = await client.get(
            service.client.base_url.join(f"{service.service}?api-version=2024-05-01"), headers={"Authorization": token}
        )
        assert answer.json()["error"]["code"] == "InvalidAuthenticationTokenAudience"
        answer = await client.get(
            f"{VAULT}/secrets?api-version=7.4", headers={"Authorization": service.client.headers["Authorization"]}
        )
        assert (answer.status_code, answer.json()["error"]["message"]) == (
            401,
            "AKV10022: Invalid audience. Expected https://vault.azure.net.",
        )
