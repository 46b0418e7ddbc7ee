"""The subscription and its resource groups."""

import re
from typing import Any

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import Manager
from auth0_apim_sandbox.apim.arm.errors import ArmError, method_not_allowed
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.lists import page
from auth0_apim_sandbox.apim.arm.locations import display_name, normalised
from auth0_apim_sandbox.apim.arm.request import ArmRequest
from auth0_apim_sandbox.apim.arm.tags import tags_of
from auth0_apim_sandbox.apim.services.service import delete_service, services_in

_NAME = re.compile(r"[\w.()-]{0,89}[\w()-]")
_TYPE = "Microsoft.Resources/resourceGroups"


def subscription_view(manager: Manager) -> dict[str, Any]:
    """The subscription as GET answers it."""
    subscription_id = manager.client.subscription_id
    return {
        "id": f"/subscriptions/{subscription_id}",
        "subscriptionId": subscription_id,
        "tenantId": manager.client.tenant_id,
        "displayName": "Local",
        "state": "Enabled",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionPolicies": {"locationPlacementId": "Public_2014-09-01", "spendingLimit": "Off"},
    }


def group_id(manager: Manager, name: str) -> str:
    """The ARM id of the resource group `name`."""
    return f"/subscriptions/{manager.client.subscription_id}/resourceGroups/{name}"


def write_group(manager: Manager, name: str, location: str, tags: dict[str, str]) -> Document:
    """Create or replace a resource group; call it inside a transaction."""
    old = manager.inventory.get(group_id(manager, name)) or {"id": group_id(manager, name), "name": name}
    properties = {"provisioningState": "Succeeded"}
    fields = {"type": _TYPE, "location": location, "tags": tags, "properties": properties, "secrets": {}}
    return manager.inventory.write({**old, **fields})


def existing_group(manager: Manager, name: str) -> Document:
    """The resource group `name`.

    Raises:
        ArmError: 404 `ResourceGroupNotFound`.
    """
    group = manager.inventory.get(group_id(manager, name))
    if group is None:
        raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
    return group


def list_groups(manager: Manager, request: ArmRequest) -> Response:
    """Answer the list of resource groups."""
    if request.method != "GET":
        raise method_not_allowed(request.method, ["GET"])
    groups = manager.inventory.children(f"/subscriptions/{manager.client.subscription_id}", "resourceGroups")
    answer = page(request, [_view(group) for group in groups], manager.endpoint)
    del answer["count"]
    return JSONResponse(answer)


async def handle_group(manager: Manager, request: ArmRequest, name: str) -> Response:
    """Answer a call about one resource group."""
    if request.method == "PUT":
        return _put(manager, request, name)
    if request.method == "PATCH":
        return _patch(manager, request, name)
    if request.method == "HEAD":
        return Response(status_code=204 if manager.inventory.get(group_id(manager, name)) else 404)
    if request.method not in ("GET", "DELETE"):
        raise method_not_allowed(request.method, ["DELETE", "GET", "HEAD", "PATCH", "PUT"])
    group = existing_group(manager, name)
    if request.method == "GET":
        return JSONResponse(_view(group))
    for service in services_in(manager, group["id"]):
        async with manager.writes[service["id"].lower()]:
            await delete_service(manager, service)
    with manager.inventory.transaction():
        manager.inventory.remove(group["id"])
    return Response()


def _put(manager: Manager, request: ArmRequest, name: str) -> Response:
    if not _NAME.fullmatch(name):
        message = (
            f"The provided resource group name '{name}' is not valid: 1 to 90 letters, digits, '.', '_', '-', '(' and "
            "')', not ending with '.'."
        )
        raise ArmError(400, "InvalidResourceGroupName", message)
    body = request.json()
    location = normalised(display_name(body.get("location"), _TYPE))
    old = manager.inventory.get(group_id(manager, name))
    if old is not None and old["location"] != location:
        message = (
            f"Invalid resource group location '{location}'. The resource group already exists in location "
            f"'{old['location']}'."
        )
        raise ArmError(409, "InvalidResourceGroupLocation", message)
    with manager.inventory.transaction():
        group = write_group(manager, name, location, tags_of(body))
    return JSONResponse(_view(group), 200 if old else 201)


def _patch(manager: Manager, request: ArmRequest, name: str) -> Response:
    group = existing_group(manager, name)
    body = request.json()
    tags = tags_of(body) if "tags" in body else group["tags"]
    with manager.inventory.transaction():
        group = write_group(manager, name, group["location"], tags)
    return JSONResponse(_view(group))


def _view(group: Document) -> dict[str, Any]:
    return {name: group[name] for name in ("id", "name", "type", "location", "tags", "properties")}
