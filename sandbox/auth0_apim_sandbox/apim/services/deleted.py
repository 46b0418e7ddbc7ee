"""Soft-deleted services: 48 hours in which they can be restored, and their names are taken.

https://learn.microsoft.com/azure/api-management/soft-delete
"""

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import PROVIDER, Manager
from auth0_apim_sandbox.apim.arm.errors import ProviderError, method_not_allowed
from auth0_apim_sandbox.apim.arm.inventory import Document, timestamp
from auth0_apim_sandbox.apim.arm.locations import normalised
from auth0_apim_sandbox.apim.arm.request import ArmRequest

RETENTION = 48 * 3600
"""Seconds until a soft-deleted service is purged."""


def soft_delete(manager: Manager, service: Document) -> None:
    """Keep `service` and everything below it, so that it can be restored; call it inside a transaction."""
    now = manager.clock()
    scope_id = f"/subscriptions/{manager.client.subscription_id}/providers/{PROVIDER}"
    manager.inventory.deleted.put(
        service["id"].lower(),
        {
            "id": f"{scope_id}/locations/{normalised(service['location'])}/deletedservices/{service['name']}",
            "name": service["name"],
            "type": f"{PROVIDER}/deletedservices",
            "location": service["location"],
            "properties": {
                "serviceId": service["id"],
                "scheduledPurgeDate": timestamp(now + RETENTION),
                "deletionDate": timestamp(now),
            },
            "purge_at": now + RETENTION,
            "documents": manager.inventory.tree(service["id"]),
        },
    )


def restore_deleted(manager: Manager, deleted: Document) -> None:
    """Put everything of a soft-deleted service back; call it inside a transaction."""
    for document in deleted["documents"]:
        manager.inventory.resources.put(document["id"].lower(), document)
    manager.inventory.deleted.delete(deleted["properties"]["serviceId"].lower())


def deleted_with_name(manager: Manager, name: str) -> Document | None:
    """The soft-deleted service called `name`."""
    return next((item for item in _retained(manager) if item["name"].lower() == name.lower()), None)


def list_deleted(manager: Manager, request: ArmRequest) -> Response:
    """Answer the list of soft-deleted services."""
    if request.method != "GET":
        raise method_not_allowed(request.method, ["GET"])
    value = [_view(item) for item in _retained(manager)]
    return JSONResponse({"value": value, "count": len(value)})


def handle_deleted(manager: Manager, request: ArmRequest, location: str, name: str) -> Response:
    """Answer a call about one soft-deleted service; DELETE purges it."""
    if request.method not in ("GET", "DELETE"):
        raise method_not_allowed(request.method, ["DELETE", "GET"])
    deleted = deleted_with_name(manager, name)
    if deleted is None or normalised(deleted["location"]) != normalised(location):
        if request.method == "DELETE":
            return Response(status_code=204)
        message = f"Soft-deleted service '{name}' not found in location '{location}'."
        raise ProviderError(404, "ServiceNotFound", message)
    if request.method == "DELETE":
        manager.inventory.deleted.delete(deleted["properties"]["serviceId"].lower())
    return JSONResponse(_view(deleted))


def _retained(manager: Manager) -> list[Document]:
    """The soft-deleted services; those whose time is over are purged first."""
    now = manager.clock()
    with manager.inventory.transaction():
        for key, deleted in list(manager.inventory.deleted.items()):
            if deleted["purge_at"] <= now:
                manager.inventory.deleted.delete(key)
    return sorted(manager.inventory.deleted.values(), key=lambda deleted: str(deleted["name"]))


def _view(deleted: Document) -> dict[str, object]:
    return {name: deleted[name] for name in ("id", "name", "type", "location", "properties")}
