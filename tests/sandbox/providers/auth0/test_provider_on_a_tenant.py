"""The auth0 provider's smaller types and its functions, over the sandbox's own tenant."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import auth0_apim_sandbox.tenant
import httpx
import pytest
from auth0_apim_sandbox.providers import Services
from auth0_apim_sandbox.providers.auth0.provider import Auth0Package
from auth0_apim_sandbox.store import Store
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Clock:
    """Seconds since 1970, until it jumps."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def token(name: str) -> str:
    return f"auth0:index/{name[0].lower()}{name[1:]}:{name}"


def function(name: str) -> str:
    return f"auth0:index/{name}:{name}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def auth0(served, services: Services, clock: Clock) -> AsyncIterator[Any]:
    store = Store(":memory:")
    app = auth0_apim_sandbox.tenant.create_tenant(store, services.auth0_domain, clock)
    client = auth0_apim_sandbox.tenant.management_client(store)
    known = dataclasses.replace(services, auth0_client_id=client.client_id, auth0_client_secret=client.client_secret)
    async with served(Auth0Package(known, httpx.ASGITransport(app))) as engine:
        yield engine


async def lived(auth0: Any, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Creates a resource, and asserts that a refresh and an import find it unchanged."""
    resource_id, state = await auth0.create(token(name), inputs)
    _, refreshed, outputs = await auth0.read(token(name), resource_id, inputs, state)
    assert refreshed == inputs | {"__defaults": []}
    assert outputs == state
    assert (await auth0.read(token(name), resource_id))[0] == resource_id
    return resource_id, state


async def gone(auth0: Any, name: str, resource_id: str, inputs: dict[str, Any]) -> None:
    await auth0.delete(token(name), resource_id, inputs)
    assert await auth0.read(token(name), resource_id, inputs, inputs) == ("", {}, {})
    await auth0.delete(token(name), resource_id, inputs)


@pytest.fixture
async def ids(auth0) -> dict[str, str]:
    """An API with two scopes, a client, a connection, a user and a role."""
    await auth0.create(token("ResourceServer"), {"identifier": "calc", "name": "Calc"})
    scopes = [{"name": "add:numbers", "description": "Add"}, {"name": "divide:numbers", "description": "Divide"}]
    await auth0.create(token("ResourceServerScopes"), {"resourceServerIdentifier": "calc", "scopes": scopes})
    client = {"name": "machine", "appType": "regular_web", "callbacks": ["https://localhost/callback"]}
    user = {"connectionName": "users", "email": "a@example.com", "password": "Sup3r-secret!"}
    made = {
        "Connection": {"name": "users", "strategy": "auth0"},
        "Client": client,
        "User": user,
        "Role": {"name": "adder"},
    }
    return {name: (await auth0.create(token(name), inputs))[0] for name, inputs in made.items()}


async def test_one_scope_beside_others(auth0, ids):
    inputs = {"resourceServerIdentifier": "calc", "scope": "sub:numbers", "description": "Subtract"}
    scope_id, state = await lived(auth0, "ResourceServerScope", inputs)
    assert scope_id == "calc::sub:numbers"
    changed = inputs | {"description": "Take away"}
    assert await auth0.update(token("ResourceServerScope"), scope_id, inputs, changed, state) == changed
    await gone(auth0, "ResourceServerScope", scope_id, changed)


async def test_one_client_of_a_connection(auth0, ids):
    inputs = {"connectionId": ids["Connection"], "clientId": ids["Client"]}
    pair_id, state = await lived(auth0, "ConnectionClient", inputs)
    assert (pair_id, state["name"]) == (f"{ids['Connection']}::{ids['Client']}", "users")
    found = await auth0.invoke(function("getConnection"), {"name": "users"})
    assert found["enabledClients"] == [ids["Client"]]
    await gone(auth0, "ConnectionClient", pair_id, inputs)


async def test_roles_of_a_user(auth0, ids):
    inputs = {"userId": ids["User"], "roles": [ids["Role"]]}
    roles_id, state = await lived(auth0, "UserRoles", inputs)
    assert (await auth0.invoke(function("getUser"), {"userId": ids["User"]}))["roles"] == [ids["Role"]]
    emptied = await auth0.update(token("UserRoles"), roles_id, inputs, inputs | {"roles": []}, state)
    assert emptied["roles"] == []
    pair = {"userId": ids["User"], "roleId": ids["Role"]}
    pair_id, state = await lived(auth0, "UserRole", pair)
    assert state["roleName"] == "adder"
    await gone(auth0, "UserRole", pair_id, pair)


@pytest.mark.parametrize(("kind", "owner"), [("User", "userId"), ("Role", "roleId")])
async def test_permissions_of_a_user_and_of_a_role(auth0, ids, kind, owner):
    permissions = [{"name": name, "resourceServerIdentifier": "calc"} for name in ("add:numbers", "divide:numbers")]
    inputs = {owner: ids[kind], "permissions": permissions}
    owner_id, state = await lived(auth0, f"{kind}Permissions", inputs)
    fewer = await auth0.update(
        token(f"{kind}Permissions"), owner_id, inputs, inputs | {"permissions": permissions[:1]}, state
    )
    assert [item["name"] for item in fewer["permissions"]] == ["add:numbers"]
    await auth0.delete(token(f"{kind}Permissions"), owner_id, inputs)
    one = {owner: ids[kind], "permission": "add:numbers", "resourceServerIdentifier": "calc"}
    one_id, _ = await lived(auth0, f"{kind}Permission", one)
    assert one_id == f"{ids[kind]}::calc::add:numbers"
    await gone(auth0, f"{kind}Permission", one_id, one)


async def test_a_client_that_signs_its_assertions(auth0, ids):
    key = rsa.generate_private_key(65537, 2048).public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    keys = {"credentials": [{"name": "first", "credentialType": "public_key", "pem": pem, "algorithm": "RS256"}]}
    inputs = {"clientId": ids["Client"], "authenticationMethod": "private_key_jwt", "privateKeyJwt": keys}
    credentials_id, state = await lived(auth0, "ClientCredentials", inputs)
    assert state["clientSecret"].value == ""
    [credential] = state["privateKeyJwt"]["credentials"]
    assert credential["id"].startswith("cred_")
    basic = {"clientId": ids["Client"], "authenticationMethod": "client_secret_basic"}
    back = await auth0.update(token("ClientCredentials"), credentials_id, inputs, basic, state)
    assert back["authenticationMethod"] == "client_secret_basic"
    await auth0.delete(token("ClientCredentials"), credentials_id, basic)


async def test_a_secret_of_one_s_own(auth0, ids):
    inputs = {"clientId": ids["Client"], "authenticationMethod": "client_secret_post", "clientSecret": "x" * 64}
    credentials_id, state = await auth0.create(token("ClientCredentials"), inputs)
    assert state["clientSecret"].value == "x" * 64
    changed = inputs | {"clientSecret": "y" * 64}
    assert (await auth0.update(token("ClientCredentials"), credentials_id, inputs, changed, state))[
        "clientSecret"
    ].value == "y" * 64


async def test_the_tenant_s_settings(auth0):
    inputs = {"friendlyName": "Sandbox", "defaultAudience": "calc"}
    tenant_id, _ = await auth0.create(token("Tenant"), inputs)
    found = await auth0.invoke(function("getTenant"), {})
    assert (found["friendlyName"], found["defaultAudience"], found["domain"]) == ("Sandbox", "calc", "localhost")
    await auth0.delete(token("Tenant"), tenant_id, inputs)


async def test_what_a_tenant_has_is_looked_up(auth0, ids):
    server = await auth0.invoke(function("getResourceServer"), {"identifier": "calc"})
    assert [scope["name"] for scope in server["scopes"]] == ["add:numbers", "divide:numbers"]
    role = await auth0.invoke(function("getRole"), {"name": "adder"})
    assert role["roleId"] == ids["Role"]
    keys = await auth0.invoke(function("getSigningKeys"), {})
    assert [key["current"] for key in keys["signingKeys"]] == [True, False]
    clients = await auth0.invoke(function("getClients"), {"nameFilter": "machine"})
    assert [client["clientId"] for client in clients["clients"]] == [ids["Client"]]
    grant = {"clientId": ids["Client"], "audience": "calc", "scopes": ["add:numbers"], "subjectType": "user"}
    grant_id, _ = await auth0.create(token("ClientGrant"), grant)
    grants = await auth0.invoke(function("getClientGrants"), {"clientId": ids["Client"], "audience": "calc"})
    assert grants["clientGrants"] == [
        {
            "id": grant_id,
            "clientId": ids["Client"],
            "audience": "calc",
            "scopes": ["add:numbers"],
            "subjectType": "user",
            "allowAllScopes": False,
            "defaultFor": "",
        }
    ]
    assert (await auth0.invoke(function("getClientGrants"), {"audience": "others"}))["clientGrants"] == []
    user = await auth0.invoke(function("getUser"), {"query": 'email:"a@example.com"'})
    assert (user["userId"], user["connectionName"]) == (ids["User"], "users")


async def test_a_list_that_is_left_out_stays_and_an_empty_one_clears_it(auth0, ids):
    _, old, state = await auth0.read(token("Client"), ids["Client"])
    new = {name: value for name, value in old.items() if name != "callbacks"}
    assert list((await auth0.diff(token("Client"), old, new, state)).diffs) == []
    assert (await auth0.update(token("Client"), ids["Client"], old, new, state))["callbacks"] == state["callbacks"]
    empty = old | {"callbacks": []}
    assert list((await auth0.diff(token("Client"), old, empty, state)).diffs) == ["callbacks[0]"]
    assert (await auth0.update(token("Client"), ids["Client"], old, empty, state))["callbacks"] == []


@pytest.mark.parametrize("seconds", [7 * 86400, -7 * 86400])
async def test_a_clock_that_jumps_costs_a_new_token_and_no_deployment(auth0, clock, seconds):
    _, before = await lived(auth0, "Role", {"name": "reader"})
    clock.now += seconds
    _, after = await lived(auth0, "Role", {"name": "writer"})
    assert (before["name"], after["name"]) == ("reader", "writer")
