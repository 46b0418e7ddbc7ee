"""Which object a killed engine made for a stack, and which one is nobody's but its maker's."""

from contextlib import closing

import pytest
from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant
from auth0_apim_environments.recovery.by_inventory import inventory
from auth0_apim_environments.recovery.creations import AmbiguousCreationError, Creations

VERSION = {"api-version": "2024-05-01"}
SERVICE = "resourceGroups/local/providers/Microsoft.ApiManagement/service/interrupted"
BODY = {
    "location": "westeurope",
    "sku": {"name": "Developer", "capacity": 1},
    "properties": {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"},
}
PLACE = {"resourceGroupName": "local", "serviceName": "interrupted"}


@pytest.fixture
def tenant(sandbox):
    with closing(open_tenant(sandbox.credentials)) as client:
        yield client


@pytest.fixture
def manager(sandbox):
    with closing(open_manager(sandbox.credentials)) as client:
        client.put(SERVICE, params=VERSION, json=BODY).raise_for_status()
        yield client
        client.delete(SERVICE, params=VERSION).raise_for_status()
        assert Manager(client).purge("interrupted")


@pytest.fixture
def client_of(tenant):
    """Makes clients with a name; takes them away."""
    made = []

    def make(name, **fields):
        client = tenant.post("clients", json={"name": name, "app_type": "non_interactive", **fields}).raise_for_status()
        made.append(client.json()["client_id"])
        return made[-1]

    yield make
    for client_id in made:
        tenant.delete(f"clients/{client_id}").raise_for_status()


@pytest.fixture
def made(sandbox, tenant, manager):
    """The id of what was made for a resource."""

    def ask(kind, inputs, *, own=(), before=None):
        subscription = f"/subscriptions/{sandbox.credentials['ARM_SUBSCRIPTION_ID']}"
        creations = Creations(Tenant(tenant), Manager(manager), subscription, own, before)
        found = creations.created("local", {"type": kind, "urn": "x", "inputs": inputs})
        return found and found.id

    return ask


CLIENT = "auth0:index/client:Client"
WANTED = {"name": "Interrupted", "appType": "non_interactive"}


def resource(kind, object_id, **inputs):
    return {"urn": "y", "type": kind, "id": object_id, "custom": True, "inputs": inputs}


def test_a_client_that_did_not_exist_before_belongs_to_the_stack(made, client_of, tenant, manager):
    before = inventory(Tenant(tenant), Manager(manager))
    assert made(CLIENT, WANTED, before=before) is None
    client_id = client_of("Interrupted")
    assert made(CLIENT, WANTED, before=before) == client_id
    assert made(CLIENT, {**WANTED, "clientMetadata": {"environment": "another"}}, before=before) is None


def test_a_client_that_existed_before_or_without_an_inventory_is_not_deleted(made, client_of, tenant, manager):
    client_of("Interrupted")
    assert made(CLIENT, WANTED, before=inventory(Tenant(tenant), Manager(manager))) is None
    assert made(CLIENT, WANTED, before=None) is None


def test_a_resource_in_the_state_is_no_orphan_and_two_matches_are_ambiguous(made, client_of):
    first = client_of("Interrupted")
    assert made(CLIENT, WANTED, own=[resource(CLIENT, first)], before=()) is None
    second = client_of("Interrupted")
    with pytest.raises(AmbiguousCreationError, match=f"while it created a Client, which is one of {first}, {second}: "):
        made(CLIENT, WANTED, before=())


def test_a_grant_belongs_to_the_stack_of_its_client(made, client_of, tenant):
    client_id = client_of("Interrupted")
    audience = str(tenant.base_url)
    body = {"client_id": client_id, "audience": audience, "scope": []}
    grant = tenant.post("client-grants", json=body).raise_for_status().json()["id"]
    wanted = {"clientId": client_id, "audience": audience}
    kind = "auth0:index/clientGrant:ClientGrant"
    assert made(kind, wanted, before=()) is None
    assert made(kind, wanted, own=[resource(CLIENT, client_id)]) == grant
    assert made(kind, wanted, own=[resource(CLIENT, client_id) | {"external": True}]) is None


def test_a_user_belongs_to_the_stack_of_its_database(made, tenant):
    connection = tenant.post("connections", json={"name": "Interrupted", "strategy": "auth0"}).raise_for_status().json()
    body = {"connection": "Interrupted", "email": "ada@example.com", "password": "Correct-Horse-1"}
    user = tenant.post("users", json=body).raise_for_status().json()["user_id"]
    wanted = {"connectionName": "Interrupted", "email": "Ada@example.com"}
    kind, database = "auth0:index/user:User", "auth0:index/connection:Connection"
    assert made(kind, wanted, before=()) is None
    assert made(kind, wanted, own=[resource(database, connection["id"], name="Interrupted")]) == user
    assert made(database, {"name": "Interrupted"}, before=()) == connection["id"]
    tenant.delete(f"connections/{connection['id']}").raise_for_status()


def test_resources_in_a_service_of_the_stack_belong_to_the_stack(made, manager, tenant):
    before = inventory(Tenant(tenant), Manager(manager))
    service_id = manager.base_url.path + SERVICE
    product = {"properties": {"displayName": "Starter"}}
    manager.put(f"{SERVICE}/products/starter", params=VERSION, json=product).raise_for_status()
    kind, wanted = "azure-native:apimanagement:Product", {**PLACE, "productId": "starter"}
    assert made(kind, wanted) is None
    assert made(kind, wanted, before=before) == f"{service_id}/products/starter"
    own = [resource("azure-native:apimanagement:ApiManagementService", service_id.upper())]
    assert made(kind, wanted, own=own) == f"{service_id}/products/starter"
    assert made(kind, {**wanted, "productId": "other"}, own=own) is None


def test_a_policy_belongs_to_the_stack_of_its_api_even_in_a_shared_service(made, manager):
    service_id = manager.base_url.path + SERVICE
    api = {"properties": {"displayName": "Calculator", "path": "calc", "protocols": ["https"]}}
    manager.put(f"{SERVICE}/apis/calc", params=VERSION, json=api).raise_for_status()
    policy = {"properties": {"format": "rawxml", "value": "<policies><inbound><base /></inbound></policies>"}}
    manager.put(f"{SERVICE}/apis/calc/policies/policy", params=VERSION, json=policy).raise_for_status()
    kind, wanted = "azure-native:apimanagement:ApiPolicy", {**PLACE, "apiId": "calc", "policyId": "policy"}
    assert made(kind, wanted, before=()) is None
    own = [resource("azure-native:apimanagement:Api", f"{service_id}/apis/calc")]
    assert made(kind, wanted, own=own) == f"{service_id}/apis/calc/policies/policy"


def test_a_part_of_another_object_is_never_an_orphan(made):
    assert (
        made("auth0:index/resourceServerScopes:ResourceServerScopes", {"resourceServerIdentifier": "x"}, before=())
        is None
    )
    assert made("azure-native:apimanagement:Workspace", {**PLACE, "workspaceId": "x"}, before=()) is None
