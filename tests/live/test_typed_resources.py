"""azure-native's own types, without a component: what changes by hand, by edit and by refresh come to."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from azure.mgmt.apimanagement import ApiManagementClient
from azure.mgmt.apimanagement import models as m
from pulumi import automation
from pulumi_azure_native import apimanagement as apim
from pulumi_azure_native import resources

pytestmark = pytest.mark.live
StackOf = Callable[[Callable[[], object]], automation.Stack]
GROUP = "typed"
CLOSED = "<policies><inbound><base /><return-response /></inbound><backend><base /></backend></policies>"


def changes(result: Any) -> dict[str, int]:
    summary = getattr(result, "change_summary", None) or result.summary.resource_changes
    return {str(getattr(kind, "value", kind)): count for kind, count in summary.items() if kind != "same"}


def service(name: str) -> dict[str, Any]:
    """A group and a service of its own for each test, since a deleted one keeps its name; where things in it are."""
    group = resources.ResourceGroup("group", resource_group_name=GROUP, location="westeurope")
    made = apim.ApiManagementService(
        "service",
        resource_group_name=group.name,
        service_name=name,
        location="West Europe",
        publisher_email="a@example.com",
        publisher_name="A",
        sku={"name": "Developer", "capacity": 1},
    )
    return {"resource_group_name": group.name, "service_name": made.name}


def document(*paths: str) -> str:
    operations = {
        path: {"get": {"operationId": path[1:], "responses": {"200": {"description": "OK"}}}} for path in paths
    }
    info = {"title": "Calculator", "description": "Sums", "version": "1"}
    return json.dumps({"openapi": "3.0.1", "info": info, "paths": operations})


def test_what_somebody_added_to_a_backend_is_seen_and_taken_away(stack_of: StackOf, manager: ApiManagementClient):
    def program() -> None:
        place = service("typed-backends")
        credentials = {"header": {"X-Key": ["one"]}}
        apim.Backend(
            "backend",
            **place,
            backend_id="calc",
            url="https://b.example.com",
            protocol="http",
            credentials=credentials,
        )

    stack = stack_of(program)
    stack.up()
    backend = manager.backend.get(GROUP, "typed-backends", "calc")
    backend.credentials = m.BackendCredentialsContract(header={"X-Key": ["one"], "X-Hand": ["two"]})
    manager.backend.create_or_update(GROUP, "typed-backends", "calc", backend)
    assert changes(stack.refresh()) == {"update": 1}
    assert changes(stack.up()) == {"update": 1}
    assert manager.backend.get(GROUP, "typed-backends", "calc").credentials.header == {"X-Key": ["one"]}
    assert changes(stack.refresh()) == {}
    assert changes(stack.up()) == {}


def test_a_trial_that_is_never_released_comes_to_rest(stack_of: StackOf, manager: ApiManagementClient):
    settings: dict[str, Any] = {"paths": ["/add"], "trial": ["/add", "/div"], "subscription": True}

    def program() -> None:
        place = service("typed-trials")
        shared = {
            "path": "calc",
            "display_name": "Calculator",
            "description": "Sums",
            "protocols": ["https"],
            "subscription_required": settings["subscription"],
            "service_url": "https://closed.invalid",
            "format": "openapi+json",
        }
        api = apim.Api("api", **place, **shared, api_id="calc", value=document(*settings["paths"]))
        guard = apim.ApiPolicy("policy", **place, api_id="calc", policy_id="policy", value=CLOSED, opts=behind(api))
        if settings["trial"]:
            options = behind(api, guard)
            trial = apim.Api(
                "trial", **place, **shared, api_id="calc;rev=2", value=document(*settings["trial"]), opts=options
            )
            apim.ApiPolicy("trial", **place, api_id="calc;rev=2", policy_id="policy", value=CLOSED, opts=behind(trial))

    def at_rest() -> None:
        assert changes(stack.up()) == {}
        assert changes(stack.refresh()) == {}

    def operations(api_id: str) -> list[str | None]:
        return [item.name for item in manager.api_operation.list_by_api(GROUP, "typed-trials", api_id)]

    stack = stack_of(program)
    assert changes(stack.up()) == {"create": 7}
    at_rest()
    assert (operations("calc"), operations("calc;rev=2")) == (["add"], ["add", "div"])
    settings.update(subscription=False)
    assert changes(stack.preview()) == {"update": 2}
    assert changes(stack.up()) == {"update": 2}
    at_rest()
    settings.update(paths=settings["trial"], trial=[])
    assert changes(stack.up()) == {"update": 1, "delete": 2}
    assert operations("calc") == ["add", "div"]
    at_rest()
    settings.update(trial=["/mul"])
    assert changes(stack.up()) == {"create": 2}
    assert changes(stack.destroy()) == {"delete": 7}


def behind(*those: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(depends_on=list(those))
