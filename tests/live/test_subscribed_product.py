"""A product that needs subscriptions, which Azure makes one to by itself and then does not delete: what goes, and what stays."""

import json

import pytest
from auth0_apim import ProtectedApi, PublishedApi
from azure.mgmt.apimanagement import models
from pulumi import automation

pytestmark = pytest.mark.live

GROUP = "local"
OPENAPI = json.dumps(
    {
        "openapi": "3.0.3",
        "info": {"title": "Sums", "version": "1"},
        "servers": [{"url": "https://backend.example"}],
        "paths": {"/sum": {"get": {"operationId": "sum", "responses": {"200": {"description": "The sum"}}}}},
    }
)
SUBSCRIBED = {"openapi": OPENAPI, "path": "sums", "product_name": "Sums", "product_subscription_required": True}


@pytest.fixture
def surviving_service(manager):
    service = models.ApiManagementServiceResource(
        location="westeurope",
        sku=models.ApiManagementServiceSkuProperties(name="Developer", capacity=1),
        publisher_email="admin@example.com",
        publisher_name="Contoso",
    )
    manager.api_management_service.begin_create_or_update(GROUP, "surviving", service).result(1)
    return "surviving"


def test_in_a_service_that_survives_a_destroy_it_stays_or_is_refused(stack_of, manager, surviving_service):
    kept = {}

    def program():
        PublishedApi("sums", {"resource_group_name": GROUP, "service_name": surviving_service, **SUBSCRIBED, **kept})

    stack = stack_of(program)
    with pytest.raises(automation.CommandError, match="cannot delete it then in a service that survives"):
        stack.up()
    assert [each.name for each in manager.api.list_by_service(GROUP, surviving_service)] == []
    kept["keep_product"] = True
    stack.up()
    assert stack.up(refresh=True).summary.resource_changes.keys() == {"same"}
    stack.destroy()
    assert stack.export_stack().deployment.get("resources", []) == []
    assert [each.name for each in manager.api.list_by_service(GROUP, surviving_service)] == []
    assert manager.product.get(GROUP, surviving_service, "sums").subscription_required is True


def test_in_a_service_of_the_same_component_it_goes_with_the_service(stack_of, manager):
    def program():
        gateway = {"resource_group_name": GROUP, "service_name": "going", "sku": "Developer"}
        gateway |= {"publisher_name": "Contoso", "publisher_email": "apis@contoso.example"}
        args = {"api": {"identifier": "sums"}, "policy": {"default_scopes": []}, "portal": {"display_name": "Auth0"}}
        ProtectedApi("sums", {**args, "gateway": gateway, "publication": SUBSCRIBED})

    stack = stack_of(program)
    stack.up()
    assert len(list(manager.product_subscriptions.list(GROUP, "going", "sums"))) == 1
    stack.destroy()
    assert stack.export_stack().deployment.get("resources", []) == []
    assert "going" not in {service.name for service in manager.api_management_service.list()}


def test_in_the_service_of_the_projects_own_program_it_goes_with_the_service(project, manager):
    project.change_settings(lambda config: config["auth0-apim:publication"].update(productSubscriptionRequired=True))
    project.up()
    service = "basic-calculator-local"
    assert len(list(manager.product_subscriptions.list(GROUP, service, "starter"))) == 1
    project.pulumi("destroy", "--stack", "local", "--yes", "--skip-preview")
    assert json.loads(project.pulumi("stack", "export", "--stack", "local"))["deployment"].get("resources", []) == []
