"""User-assigned managed identities: made in a resource group, lent to services by their ids."""

import uuid
from typing import Any

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import Manager
from auth0_apim_sandbox.apim.arm.contract import object_in
from auth0_apim_sandbox.apim.arm.errors import ArmError, method_not_allowed, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.locations import display_name
from auth0_apim_sandbox.apim.arm.request import ArmRequest
from auth0_apim_sandbox.apim.arm.tags import tags_of

NAMESPACE = "Microsoft.ManagedIdentity"
_TYPE = f"{NAMESPACE}/userAssignedIdentities"


def handle_identity(manager: Manager, request: ArmRequest, group: Document, segments: list[str]) -> Response:
    """Answer a call about one identity of `group`; `segments` are the path's behind the namespace."""
    if len(segments) != 2 or segments[0].lower() != "userassignedidentities":
        raise unsupported(f"'{'/'.join(segments)}' of the provider '{NAMESPACE}'")
    identity_id = f"{group['id']}/providers/{_TYPE}/{segments[1]}"
    existing = manager.inventory.get(identity_id)
    if request.method == "PUT":
        return _put(manager, request, identity_id, existing)
    if request.method == "DELETE":
        manager.inventory.remove(identity_id)
        return Response(status_code=200 if existing else 204)
    if request.method != "GET":
        raise method_not_allowed(request.method, ["DELETE", "GET", "PUT"])
    if existing is None:
        message = f"The Resource '{_TYPE}/{segments[1]}' under resource group '{group['name']}' was not found."
        raise ArmError(404, "ResourceNotFound", message)
    return JSONResponse(_view(existing))


def assigned_identities(manager: Manager, ids: list[str]) -> dict[str, dict[str, str]]:
    """Principal and client id of the identities `ids`, as a service that has them shows them.

    Raises:
        ArmError: 400, one is not there.
    """
    found = {}
    for identity_id in ids:
        identity = manager.inventory.get(identity_id)
        if identity is None or identity["type"] != _TYPE:
            message = f"Failed to perform resource identity operation: resource '{identity_id}' was not found."
            raise ArmError(400, "FailedIdentityOperation", message)
        found[identity_id] = {name: identity["properties"][name] for name in ("principalId", "clientId")}
    return found


def _put(manager: Manager, request: ArmRequest, identity_id: str, existing: Document | None) -> Response:
    body = request.json()
    made = {"tenantId": manager.client.tenant_id, "principalId": str(uuid.uuid4()), "clientId": str(uuid.uuid4())}
    fields = {
        "location": display_name(body.get("location"), _TYPE),
        "tags": tags_of(body),
        "properties": existing["properties"] if existing else made,
        "secrets": {},
    }
    frame = {"id": identity_id, "name": identity_id.rpartition("/")[2], "type": _TYPE}
    with manager.inventory.transaction():
        document = manager.inventory.write({**(existing or frame), **fields})
    return JSONResponse(_view(document), 200 if existing else 201)


def _view(identity: Document) -> dict[str, Any]:
    return {name: identity[name] for name in ("id", "name", "type", "location", "tags", "properties")}


def service_identity(manager: Manager, service: Document, body: dict[str, Any]) -> dict[str, Any] | None:
    """The identity that `body` gives to `service`, as the service shows it; None when it gives none."""
    identity = body.get("identity")
    if not isinstance(identity, dict) or identity.get("type") in (None, "None"):
        return None
    kinds = {kind.strip() for kind in str(identity["type"]).split(",")}
    if not kinds <= {"SystemAssigned", "UserAssigned"}:
        raise unsupported(f"An identity of type '{identity['type']}'")
    answered: dict[str, Any] = {"type": ", ".join(sorted(kinds))}
    if "SystemAssigned" in kinds:
        old = service.get("identity") or {}
        answered["principalId"] = old.get("principalId") or str(uuid.uuid4())
        answered["tenantId"] = manager.client.tenant_id
    if "UserAssigned" in kinds:
        wanted = object_in(identity, "userAssignedIdentities")
        ids = [resource_id for resource_id, value in wanted.items() if value is not None]
        answered["userAssignedIdentities"] = assigned_identities(manager, ids)
    return answered
