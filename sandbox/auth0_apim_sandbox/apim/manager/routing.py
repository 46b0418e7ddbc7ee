"""Paths of the resource manager: api-versions, subscriptions, groups, providers, and the kinds below a service."""

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import PROVIDER, Call, Manager
from auth0_apim_sandbox.apim.arm.errors import ArmError, method_not_allowed, missing, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.request import ArmRequest, check_api_version
from auth0_apim_sandbox.apim.arm.resource_kind import ResourceKind
from auth0_apim_sandbox.apim.resources.apis.api import Apis
from auth0_apim_sandbox.apim.resources.apis.operations import Operations, Schemas
from auth0_apim_sandbox.apim.resources.apis.revisions import Releases, list_revisions
from auth0_apim_sandbox.apim.resources.apis.version_sets import VersionSets
from auth0_apim_sandbox.apim.resources.authorization_servers import AuthorizationServers, OpenIdConnectProviders
from auth0_apim_sandbox.apim.resources.backends import Backends
from auth0_apim_sandbox.apim.resources.diagnostics import Diagnostics
from auth0_apim_sandbox.apim.resources.gateways import run_gateway_action
from auth0_apim_sandbox.apim.resources.groups import Groups
from auth0_apim_sandbox.apim.resources.loggers import Loggers
from auth0_apim_sandbox.apim.resources.named_values import NamedValues
from auth0_apim_sandbox.apim.resources.policies import PolicyFragments, PolicyKind
from auth0_apim_sandbox.apim.resources.portal_content import (
    ContentItems,
    ContentTypes,
    IdentityProviders,
    PortalConfigs,
)
from auth0_apim_sandbox.apim.resources.product_links import ProductLinks
from auth0_apim_sandbox.apim.resources.products import Products, list_products_of_api, list_subscriptions_of_product
from auth0_apim_sandbox.apim.resources.revision_names import split_name, stored_name
from auth0_apim_sandbox.apim.resources.subscriptions import Subscriptions
from auth0_apim_sandbox.apim.resources.tags import Tags
from auth0_apim_sandbox.apim.services.deleted import handle_deleted, list_deleted
from auth0_apim_sandbox.apim.services.managed_identities import NAMESPACE, handle_identity
from auth0_apim_sandbox.apim.services.resource_groups import (
    existing_group,
    handle_group,
    list_groups,
    subscription_view,
)
from auth0_apim_sandbox.apim.services.service import (
    check_name_availability,
    handle_service,
    list_services,
    operation_result,
)

KINDS: dict[str, ResourceKind] = {
    kind.type.partition("/service/")[2].lower(): kind
    for kind in (
        Apis(),
        AuthorizationServers(),
        Backends(),
        ContentItems(),
        ContentTypes(),
        Diagnostics(),
        Diagnostics("apis"),
        Groups(),
        IdentityProviders(),
        Loggers(),
        NamedValues(),
        OpenIdConnectProviders(),
        Operations(),
        PolicyFragments(),
        PolicyKind(),
        PolicyKind("apis"),
        PolicyKind("apis/operations"),
        PolicyKind("products"),
        PortalConfigs(),
        ProductLinks(Apis(), "API"),
        ProductLinks(Groups(), "Group"),
        Products(),
        Releases(),
        Schemas(),
        Subscriptions(),
        Tags(),
        VersionSets(),
    )
}
"""What is below a service, by the types on the way to it in lower case."""
VIEWS = {
    "apis/products": list_products_of_api,
    "apis/revisions": list_revisions,
    "products/subscriptions": list_subscriptions_of_product,
}
"""Lists that show what stands elsewhere, by the types on the way to them."""


async def route(manager: Manager, request: ArmRequest, segments: list[str]) -> Response:
    """Answer a call that has been authenticated; `segments` are those of its path."""
    lower = [segment.lower() for segment in segments]
    if not lower or lower[0] not in ("subscriptions", "providers"):
        raise ArmError(404, "NotFound", f"No route of the resource manager matches '{request.path}'.")
    check_api_version(request, is_provider=PROVIDER.lower() in lower)
    if lower[0] == "providers":
        raise unsupported(f"'{request.path}'")
    if len(lower) == 1:
        return _read_only(request, {"value": [subscription_view(manager)], "count": {"type": "Total", "value": 1}})
    if lower[1] != manager.client.subscription_id:
        raise ArmError(404, "SubscriptionNotFound", f"The subscription '{segments[1]}' could not be found.")
    if len(lower) == 2:
        return _read_only(request, subscription_view(manager))
    if lower[2] == "providers":
        return _subscription_provider(manager, request, segments[3:])
    if lower[2] != "resourcegroups":
        raise unsupported(f"'{segments[2]}' of a subscription")
    if len(lower) == 3:
        return list_groups(manager, request)
    if len(lower) == 4:
        return await handle_group(manager, request, segments[3])
    group = existing_group(manager, segments[3])
    if lower[4] != "providers":
        raise unsupported(f"'{segments[4]}' of a resource group")
    return await _group_provider(manager, request, group, segments[5:])


async def _group_provider(manager: Manager, request: ArmRequest, group: Document, segments: list[str]) -> Response:
    if segments and segments[0].lower() == NAMESPACE.lower():
        return handle_identity(manager, request, group, segments[1:])
    _check_namespace(segments)
    if segments[1:2] and segments[1].lower() != "service":
        raise unsupported(f"The resource type '{PROVIDER}/{segments[1]}'")
    if len(segments) == 2:
        return list_services(manager, request, group["id"])
    if len(segments) == 3:
        return await handle_service(manager, request, group, segments[2])
    if segments[3].lower() == "operationresults" and len(segments) == 5:
        return operation_result(manager, request, group, segments[2], segments[4])
    service = manager.inventory.get(f"{group['id']}/providers/{PROVIDER}/service/{segments[2]}")
    if service is None:
        verb = {"GET": "read", "HEAD": "read", "DELETE": "delete"}.get(request.method, "write")
        parent = f"{group['id']}/providers/{PROVIDER}/service/{segments[2]}"
        message = (
            f"Failed to perform '{verb}' on resource(s) of type 'service/{segments[3]}', because the parent resource "
            f"'{parent}' could not be found."
        )
        raise ArmError(404, "ParentResourceNotFound", message)
    return await _below_service(manager, request, service, segments[3:])


async def _below_service(manager: Manager, request: ArmRequest, service: Document, segments: list[str]) -> Response:
    """Answer a call whose path below the service is `segments`: types and names in turn."""
    if [segment.lower() for segment in segments[:2]] == ["tenant", "operationresults"] and len(segments) == 3:
        return manager.long_running.status(segments[2])
    if segments[0].lower() == "gateways" and len(segments) == 3:
        return await run_gateway_action(
            Call(manager, request, service, service["id"], service["id"], ""), *segments[1:]
        )
    types, names = segments[0::2], segments[1::2]
    path = "/".join(types).lower()
    kind = KINDS.get(path)
    is_collection = len(types) > len(names)
    if kind is None and is_collection and path.rpartition("/")[0] in KINDS:
        return await _action(manager, request, service, types, names)
    if kind is None:
        raise unsupported(f"The resource type '{PROVIDER}/service/{'/'.join(types)}'")
    parent_id = _parent(manager, service, types, names)
    if is_collection:
        return kind.list(Call(manager, request, service, parent_id, parent_id, ""))
    own_name = _stored(manager, service, path, names[-1])
    own_id = f"{parent_id}/{kind.type.rpartition('/')[2]}/{own_name}"
    return await kind.handle(Call(manager, request, service, parent_id, own_id, names[-1]))


async def _action(
    manager: Manager, request: ArmRequest, service: Document, types: list[str], names: list[str]
) -> Response:
    path = "/".join(types).lower()
    parent_path = path.rpartition("/")[0]
    owner = KINDS[parent_path]
    resource_id = _parent(manager, service, types, names)
    if path in VIEWS:
        return VIEWS[path](Call(manager, request, service, resource_id, resource_id, ""))
    if types[-1].lower() not in owner.actions():
        raise unsupported(f"'{types[-1]}' of a resource of type '{owner.type}'")
    parent_id = resource_id.rpartition("/")[0].rpartition("/")[0]
    call = Call(manager, request, service, parent_id, resource_id, names[-1])
    return await owner.run_action(call, types[-1].lower())


def _parent(manager: Manager, service: Document, types: list[str], names: list[str]) -> str:
    """The id of the resource above the last type, as it is stored; every resource on the way must exist."""
    resource_id: str = service["id"]
    for depth, name in enumerate(names[: len(types) - 1]):
        path = "/".join(types[: depth + 1]).lower()
        kind = KINDS.get(path)
        if kind is None:
            raise unsupported(f"The resource type '{PROVIDER}/service/{'/'.join(types)}'")
        # A release belongs to the API, whichever of its revisions the path names.
        is_release = [type_name.lower() for type_name in types] == ["apis", "releases"]
        stored = split_name(name)[0] if is_release else _stored(manager, service, path, name)
        document = manager.inventory.get(f"{resource_id}/{types[depth]}/{stored}")
        if document is None:
            raise missing(kind.noun)
        resource_id = document["id"]
    return resource_id


def _stored(manager: Manager, service: Document, path: str, name: str) -> str:
    """The name under which `name` is stored: revisions go by their API where they are the current one, or in a product."""
    if path == "products/apis":
        return split_name(name)[0]
    return stored_name(manager.inventory, service["id"], name) if path == "apis" else name


def _subscription_provider(manager: Manager, request: ArmRequest, segments: list[str]) -> Response:
    _check_namespace(segments)
    lower = [segment.lower() for segment in segments[1:]]
    if lower == ["service"]:
        return list_services(manager, request, f"/subscriptions/{manager.client.subscription_id}")
    if lower == ["checknameavailability"]:
        return check_name_availability(manager, request)
    if lower == ["deletedservices"]:
        return list_deleted(manager, request)
    if len(lower) == 4 and lower[0] == "locations" and lower[2] == "deletedservices":
        return handle_deleted(manager, request, segments[2], segments[4])
    raise unsupported(f"'{'/'.join(segments[1:])}' of the provider '{PROVIDER}'")


def _check_namespace(segments: list[str]) -> None:
    if not segments or segments[0].lower() != PROVIDER.lower():
        namespace = segments[0] if segments else ""
        raise ArmError(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")
    if len(segments) == 1:
        raise unsupported(f"'providers/{PROVIDER}' itself")


def _read_only(request: ArmRequest, body: dict[str, object]) -> Response:
    if request.method not in ("GET", "HEAD"):
        raise method_not_allowed(request.method, ["GET", "HEAD"])
    return JSONResponse(body)
