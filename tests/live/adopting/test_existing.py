"""Existing objects under components: read, not made, there after a destroy; imported by a transform; kept by an alias."""

import pulumi
import pytest
from auth0_apim import (
    ApiGateway,
    Auth0Api,
    InteractiveClient,
    MachineClient,
    PublishedApi,
    UserDatabase,
)
from azure.mgmt.apimanagement import models

pytestmark = pytest.mark.live

GROUP, SERVICE = "local", "kept-service"
OPENAPI = """{"openapi": "3.0.3", "info": {"title": "Kept", "version": "1"}, "paths": {"/sum": {"get": {
  "operationId": "sum", "responses": {"200": {"description": "The sum"}}}}}}
"""


def operations(result):
    return {kind for kind, count in result.summary.resource_changes.items() if count}


@pytest.fixture
def kept(tenant, manager):
    """One object of each kind that a component can be told of."""
    api = tenant.resource_servers.create(
        identifier="kept", name="Kept", scopes=[{"value": "sum", "description": "Sum"}]
    )
    machine = tenant.clients.create(name="Kept machine", app_type="non_interactive", grant_types=["client_credentials"])
    login = tenant.clients.create(name="Kept login", app_type="regular_web")
    connection = tenant.connections.create(name="Kept", strategy="auth0")
    tenant.connections.clients.update(connection.id, request=[{"client_id": login.client_id, "status": True}])
    service = models.ApiManagementServiceResource(
        location="westeurope",
        sku=models.ApiManagementServiceSkuProperties(name="Developer", capacity=1),
        publisher_email="admin@example.com",
        publisher_name="Kept",
    )
    manager.api_management_service.begin_create_or_update(GROUP, SERVICE, service).result(1)
    product = models.ProductContract(display_name="Theirs", state="published", subscription_required=False)
    manager.product.create_or_update(GROUP, SERVICE, "theirs", product)

    def documents():
        return [
            tenant.resource_servers.get(api.id).model_dump(),
            tenant.clients.get(machine.client_id).model_dump(),
            tenant.clients.get(login.client_id).model_dump(),
            tenant.connections.get(connection.id).model_dump(),
            [client.client_id for client in tenant.connections.clients.get(connection.id)],
            manager.api_management_service.get(GROUP, SERVICE).serialize(keep_readonly=True),
            manager.product.get(GROUP, SERVICE, "theirs").serialize(keep_readonly=True),
        ]

    return {"machine": machine.client_id, "login": login.client_id, "connection": connection.id}, documents


def test_existing_objects_are_read_not_made_and_survive_destroy(stack_of, kept, tenant, manager):
    ids, documents = kept
    before = documents()

    def program():
        api = Auth0Api("api", {"identifier": "kept", "existing": True})
        machine = MachineClient(
            "machine", {"audience": api.audience, "scopes": api.scopes, "existing_client_id": ids["machine"]}
        )
        InteractiveClient("login", {"existing_client_id": ids["login"]})
        UserDatabase("users", {"connection_name": "Kept", "existing": True, "enabled_clients": [machine.client_id]})
        gateway = ApiGateway("gateway", {"resource_group_name": GROUP, "service_name": SERVICE, "existing": True})
        PublishedApi(
            "published",
            {
                "resource_group_name": GROUP,
                "service_name": gateway.service_name,
                "path": "kept",
                "openapi": OPENAPI,
                "service_url": "https://backend.example",
                "product_id": "theirs",
            },
        )

    stack = stack_of(program)
    assert operations(stack.up()) == {"create"}
    resources = stack.export_stack().deployment["resources"]
    custom = {
        each["urn"].rpartition("::")[2] for each in resources if each["custom"] and "providers" not in each["type"]
    }
    assert custom == {"machine-grant", "users-client-1", "published-api", "published-product-api"}
    clients = {client.client_id for client in tenant.connections.clients.get(ids["connection"])}
    assert clients == {ids["login"], ids["machine"]}
    assert [each.name for each in manager.product_api.list_by_product(GROUP, SERVICE, "theirs")] == ["kept"]
    assert operations(stack.up()) == {"same"}
    stack.destroy()
    assert documents() == before


def test_a_component_s_children_are_imported_by_a_transform(stack_of, tenant):
    found = tenant.resource_servers.create(
        identifier="imported",
        name="Imported",
        signing_alg="RS256",
        allow_offline_access=False,
        skip_consent_for_verifiable_first_party_clients=True,
        enforce_policies=False,
        token_dialect="access_token",
        token_lifetime=86400,
        scopes=[{"value": "sum", "description": "Sum"}],
    )
    ids = {"api-resource-server": found.id, "api-scopes": "imported"}

    def adopted(args):
        imported = pulumi.ResourceOptions(import_=ids.get(args.name))
        return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, imported))

    def program():
        inputs = {"identifier": "imported", "display_name": "Imported", "scopes": {"sum": "Sum"}}
        Auth0Api("api", inputs, pulumi.ResourceOptions(transformations=[adopted]))

    stack = stack_of(program)
    assert stack.up().summary.resource_changes["import"] == 2
    assert operations(stack.up()) == {"same"}
    assert [api.id for api in tenant.resource_servers.list() if api.identifier == "imported"] == [found.id]


class Platform(pulumi.ComponentResource):
    """A component of somebody's own, that the API moves into."""

    def __init__(self):
        super().__init__("example:index:Platform", "platform")


def test_an_alias_keeps_the_resources_of_a_component_that_is_renamed_and_moved(stack_of, tenant):
    inputs = {"identifier": "moved", "scopes": {"sum": "Sum"}, "display_name": "Moved"}

    def named(name, **options):
        return lambda: Auth0Api(name, inputs, pulumi.ResourceOptions(**options))

    stack_of(named("calc")).up()
    [before] = [api.id for api in tenant.resource_servers.list() if api.identifier == "moved"]
    renamed = stack_of(named("calculator", aliases=[pulumi.Alias(name="calc")]))
    assert operations(renamed.up()) == {"same"}

    def moved():
        alias = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
        Auth0Api("calculator", inputs, pulumi.ResourceOptions(parent=Platform(), aliases=[alias]))

    stack = stack_of(moved)
    changes = stack.up().summary.resource_changes
    assert {kind: count for kind, count in changes.items() if kind != "same"} == {"create": 1}  # Platform itself
    assert [api.id for api in tenant.resource_servers.list() if api.identifier == "moved"] == [before]
