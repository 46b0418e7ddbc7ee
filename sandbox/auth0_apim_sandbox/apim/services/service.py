"""API Management services: created with what every new one has, updated, soft-deleted, restored."""

from typing import Any

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import PROVIDER, Manager, answer
from auth0_apim_sandbox.apim.arm.contract import checked, merged, object_in, properties_of
from auth0_apim_sandbox.apim.arm.errors import (
    ArmError,
    ProviderError,
    ValidationFailed,
    method_not_allowed,
    unsupported,
)
from auth0_apim_sandbox.apim.arm.inventory import Document, timestamp
from auth0_apim_sandbox.apim.arm.lists import page
from auth0_apim_sandbox.apim.arm.locations import display_name
from auth0_apim_sandbox.apim.arm.request import ArmRequest
from auth0_apim_sandbox.apim.arm.tags import tags_of
from auth0_apim_sandbox.apim.services.contract import (
    NAME,
    Addresses,
    ServiceContract,
    check_service_name,
    family,
    read_sku,
    service_properties,
    transitional_view,
    view,
)
from auth0_apim_sandbox.apim.services.defaults import write_service_defaults
from auth0_apim_sandbox.apim.services.deleted import deleted_with_name, restore_deleted, soft_delete
from auth0_apim_sandbox.apim.services.managed_identities import service_identity

TYPE = f"{PROVIDER}/service"

_UNSUPPORTED = (
    "additionalLocations",
    "certificates",
    "hostnameConfigurations",
    "publicIpAddressId",
    "virtualNetworkConfiguration",
)


def services_in(manager: Manager, scope_id: str) -> list[Document]:
    """The services below a subscription or a resource group."""
    below = manager.inventory.resources.below(f"{scope_id}/".lower())
    return [document for _, document in below if document["type"] == TYPE]


def list_services(manager: Manager, request: ArmRequest, scope_id: str) -> Response:
    """Answer the list of services of a subscription or a resource group."""
    if request.method != "GET":
        raise method_not_allowed(request.method, ["GET"])
    views = [view(service, request.version) for service in services_in(manager, scope_id)]
    answered = page(request, views, manager.endpoint)
    del answered["count"]
    return JSONResponse(answered)


async def handle_service(manager: Manager, request: ArmRequest, group: Document, name: str) -> Response:
    """Answer a call about one service."""
    service_id = f"{group['id']}/providers/{TYPE}/{name}"
    existing = manager.inventory.get(service_id)
    if request.method in ("GET", "HEAD"):
        service = existing or _not_found(group, name)
        return answer(view(service, request.version), service) if request.method == "GET" else Response()
    if request.method not in ("PUT", "PATCH", "DELETE"):
        raise method_not_allowed(request.method, ["DELETE", "GET", "HEAD", "PATCH", "PUT"])
    async with manager.writes[service_id.lower()]:
        existing = manager.inventory.get(service_id)
        request.check_if_match(existing)
        if request.method == "PUT":
            return await _put(manager, request, service_id, name)
        if request.method == "PATCH":
            return await _patch(manager, request, existing or _not_found(group, name))
        if existing is None:
            return Response(status_code=204)
        await delete_service(manager, existing)
        headers = manager.long_running.start_on_service(request, existing["id"])
        return JSONResponse(transitional_view(existing, request.version, "Terminating"), 202, headers=headers)


def operation_result(manager: Manager, request: ArmRequest, group: Document, name: str, operation: str) -> Response:
    """Answer how an operation on the service `name` has ended: its status, or by `Location` the service itself."""
    status = manager.long_running.status(operation)
    if "asyncResponse" in request.query:
        return status
    service = manager.inventory.get(f"{group['id']}/providers/{TYPE}/{name}")
    return Response(status_code=204) if service is None else answer(view(service, request.version), service)


async def delete_service(manager: Manager, service: Document) -> None:
    """Close the gateway and remove the service; unless it is a Consumption one, it can be restored for 48 hours."""
    await manager.host.close(service["id"])
    with manager.inventory.transaction():
        if service["sku"]["name"] != "Consumption":
            soft_delete(manager, service)
        manager.inventory.remove(service["id"])


async def open_gateways(manager: Manager) -> None:
    """Open the gateways of all services after a restart; a service that has other addresses now tells that."""
    for service in services_in(manager, f"/subscriptions/{manager.client.subscription_id}"):
        _write_addresses(manager, service, await _opened(manager, service["id"]))


def _not_found(group: Document, name: str) -> Document:
    message = (
        f"The Resource '{TYPE}/{name}' under resource group '{group['name']}' was not found. For more details please go to "
        "https://aka.ms/ARMResourceNotFoundFix"
    )
    raise ArmError(404, "ResourceNotFound", message)


async def _put(manager: Manager, request: ArmRequest, service_id: str, name: str) -> Response:
    check_service_name(name)
    body = request.json()
    location = display_name(body.get("location"), TYPE)
    existing = manager.inventory.get(service_id)
    if existing is None and properties_of(body).get("restore") is True:
        return _answer_created(manager, request, await _restored(manager, service_id, name))
    contract = checked(ServiceContract, properties_of(body))
    sku = read_sku(body)
    if existing is None:
        _check_name_is_free(manager, name)
    elif existing["location"] != location:
        message = (
            f"The resource '{name}' already exists in location '{existing['location']}'. A resource with the same name "
            f"cannot be created in location '{location}'. Please select a new resource name."
        )
        raise ArmError(409, "InvalidResourceLocation", message)
    service = existing or {"id": service_id, "name": name, "type": TYPE, "location": location}
    saved = await _saved(manager, service, body, contract, sku)
    return _answer_created(manager, request, saved) if existing is None else answer(view(saved, request.version), saved)


def _answer_created(manager: Manager, request: ArmRequest, service: Document) -> Response:
    """Answer the call that makes `service`, which the client then waits for."""
    response = answer(transitional_view(service, request.version, "Activating"), service, 201)
    response.headers.update(manager.long_running.start_on_service(request, service["id"]))
    return response


async def _patch(manager: Manager, request: ArmRequest, existing: Document) -> Response:
    body = request.json()
    contract = checked(ServiceContract, merged(existing["settings"], properties_of(body)))
    kept = {name: body.get(name) or existing.get(name) for name in ("tags", "identity", "zones")}
    sku = read_sku({"sku": merged(existing["sku"], object_in(body, "sku"))})
    saved = await _saved(manager, existing, kept, contract, sku)
    return answer(view(saved, request.version), saved)


async def _saved(
    manager: Manager, service: Document, body: dict[str, Any], contract: ServiceContract, sku: dict[str, Any]
) -> Document:
    """Write a service that was checked; `service` is the old document, or the bare frame of a new one."""
    settings = contract.wire()
    settings["hostnameConfigurations"] = [
        host for host in settings["hostnameConfigurations"] or [] if not _built_in(host)
    ]
    for name in _UNSUPPORTED:
        if settings[name]:
            raise unsupported(f"'{name}' of a service")
    if contract.virtual_network_type != "None":
        raise unsupported("A service in a virtual network")
    created = "etag" not in service
    if not created and family(service["sku"]["name"]) != family(sku["name"]):
        message = f"The tier cannot be changed from {service['sku']['name']} to {sku['name']}."
        raise ValidationFailed(("sku.name", message))
    addresses = await _opened(manager, service["id"])
    now = timestamp(manager.clock())
    before = service.get("properties", {}).get("createdAtUtc", now)
    fields = {
        "tags": tags_of(body),
        "sku": sku,
        "identity": service_identity(manager, service, body),
        "zones": body.get("zones"),
        "settings": settings,
        "properties": service_properties(service["name"], settings, sku["name"], addresses, before),
        "secrets": {},
        "systemData": _system_data(manager, service, now),
    }
    with manager.inventory.transaction():
        document = manager.inventory.write({**service, **fields})
        if created:
            write_service_defaults(manager.inventory, document, manager.clock())
    return document


async def _restored(manager: Manager, service_id: str, name: str) -> Document:
    """Bring a soft-deleted service back; everything else in the body is ignored."""
    deleted = manager.inventory.deleted.get(service_id.lower())
    if deleted is None or deleted_with_name(manager, name) is None:
        message = (
            f"Api service '{name}' cannot be restored: no soft-deleted service has this name in this resource group."
        )
        raise ProviderError(400, "ServiceUndeleteNotPossible", message)
    addresses = await _opened(manager, service_id)
    with manager.inventory.transaction():
        restore_deleted(manager, deleted)
        return _write_addresses(manager, manager.inventory.resources[service_id.lower()], addresses)


async def _opened(manager: Manager, service_id: str) -> Addresses:
    """Where a service is, its gateway being open."""
    return Addresses(await manager.host.open(service_id), manager.portal_host)


def _write_addresses(manager: Manager, service: Document, addresses: Addresses) -> Document:
    """Write where `service` is now."""
    sku_name, created_at = service["sku"]["name"], service["properties"]["createdAtUtc"]
    properties = service_properties(service["name"], service["settings"], sku_name, addresses, created_at)
    return manager.inventory.write({**service, "properties": properties})


def _check_name_is_free(manager: Manager, name: str) -> None:
    if deleted_with_name(manager, name) is not None:
        message = (
            f"Api service {name} was soft-deleted. In order to create the new service with the same name, you have to "
            "either undelete the service or purge it. See https://aka.ms/apimsoftdelete."
        )
        raise ProviderError(409, "ServiceAlreadyExistsInSoftDeletedState", message)
    if service_with_name(manager, name) is not None:
        raise ProviderError(409, "ServiceAlreadyExists", f"Api service already exists: {name}")


def service_with_name(manager: Manager, name: str) -> Document | None:
    """The service called `name`; names are unique in the whole of Azure."""
    scope_id = f"/subscriptions/{manager.client.subscription_id}"
    return next((item for item in services_in(manager, scope_id) if item["name"].lower() == name.lower()), None)


def _built_in(host: dict[str, Any]) -> bool:
    """Whether a host name is the service's own, which clients send back as they have read it."""
    return host.get("certificateSource") == "BuiltIn"


def _system_data(manager: Manager, service: Document, now: str) -> dict[str, str]:
    who = {"createdBy": manager.client.client_id, "createdByType": "Application", "createdAt": now}
    return {
        **(service.get("systemData") or who),
        "lastModifiedBy": manager.client.client_id,
        "lastModifiedByType": "Application",
        "lastModifiedAt": now,
    }


def check_name_availability(manager: Manager, request: ArmRequest) -> Response:
    """Answer whether a service may be given a name."""
    if request.method != "POST":
        raise method_not_allowed(request.method, ["POST"])
    name = request.json().get("name")
    if not isinstance(name, str):
        raise ProviderError(400, "ValidationError", "'name' is required and must be a string.")
    if not NAME.fullmatch(name):
        message = f"'{name}' is not a valid name: 1 to 50 letters, digits and dashes, starting with a letter."
        return JSONResponse({"nameAvailable": False, "reason": "Invalid", "message": message})
    if service_with_name(manager, name) or deleted_with_name(manager, name):
        message = f"'{name}' is already in use. Please select a different name."
        return JSONResponse({"nameAvailable": False, "reason": "AlreadyExists", "message": message})
    return JSONResponse({"nameAvailable": True, "reason": "Valid", "message": ""})
