"""Orphaned resources in an Auth0 tenant and in Azure API Management: how they are recognized, and how they are deleted."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant
from auth0_apim_environments.marks import environment_among, environment_in, environment_of


@dataclass(frozen=True, order=True)
class OrphanedResource:
    """A resource in a service that may be missing from the state of the stack that created it.

    Attributes:
        environment: the stack that it belongs to.
        kind: what it is, such as "client" or "api".
        name: its name in the service's console.
        id: its id in the service and in the stack's state.
    """

    environment: str
    kind: str
    name: str
    id: str

    def __str__(self) -> str:
        """Kind, name and id, for reports."""
        return f"{self.kind} '{self.name}' ({self.id})"


class AuditedService(Protocol):
    """A service in which ephemeral environments have resources."""

    kinds: tuple[str, ...]
    """The kinds of its resources, in the order in which they are deleted."""

    def marked_resources(self) -> Iterable[OrphanedResource]:
        """Every resource that carries the marks of an ephemeral environment."""

    def child_resources(self, environment: str) -> Iterable[OrphanedResource]:
        """Resources without marks below those of an environment: an API's policy, a product's APIs."""

    def blocking_resources(self, environment: str, ids: Iterable[str]) -> Iterable[OrphanedResource]:
        """Resources without which the service deletes the resources with these ids: subscriptions to a product."""

    def delete(self, resource: OrphanedResource) -> None:
        """Delete one resource; a resource that does not exist is no error."""


def missing_from_state(deployment: Mapping[str, Any], resources: Iterable[OrphanedResource]) -> list[OrphanedResource]:
    """The resources that a stack's state does not have."""
    known = {str(resource.get("id", "")).lower() for resource in deployment.get("resources") or ()}
    # Azure and the provider write ARM ids in different case.
    return [resource for resource in resources if resource.id.lower() not in known]


_TENANT_COLLECTIONS = {
    "client grant": "client-grants",
    "user": "users",
    "connection": "connections",
    "client": "clients",
    "role": "roles",
    "resource server": "resource-servers",
}


class TenantOrphans:
    """Finds and deletes the environments' resources in a tenant.

    Clients, connections and users carry metadata, roles a mark in their descriptions; a resource server has neither, so its
    name and its identifier both name the environment; a client grant belongs to the environment of its client.

    Args:
        tenant: the tenant.
    """

    kinds = tuple(_TENANT_COLLECTIONS)

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def marked_resources(self) -> Iterator[OrphanedResource]:
        """Resource servers, roles, clients with their grants, connections with their users."""
        owners: dict[str, str] = {}
        for server in self._tenant.resource_servers():
            owner = environment_of(server["identifier"])
            if owner is not None and owner == environment_of(server.get("name", "")):
                owners[server["identifier"]] = owner
                yield OrphanedResource(owner, "resource server", server["identifier"], server["id"])
        for role in self._tenant.roles():
            owner = environment_of(role["name"])
            if owner is not None and environment_in(role.get("description")) == owner:
                yield OrphanedResource(owner, "role", role["name"], role["id"])
        for client in self._tenant.clients():
            owner = environment_among(client.get("client_metadata"))
            if owner is not None:
                owners[client["client_id"]] = owner
                yield OrphanedResource(owner, "client", client["name"], client["client_id"])
        for grant in self._tenant.client_grants() if owners else ():
            owner = owners.get(grant["client_id"]) or owners.get(grant["audience"])
            if owner is not None:
                name = f"{grant['client_id']} for {grant['audience']}"
                yield OrphanedResource(owner, "client grant", name, grant["id"])
        for connection in self._tenant.databases():
            owner = environment_among(connection.get("metadata"))
            if owner is not None:
                yield OrphanedResource(owner, "connection", connection["name"], connection["id"])
                for user in self._tenant.users(connection["name"]):
                    yield OrphanedResource(owner, "user", str(user.get("email", user["user_id"])), user["user_id"])

    def child_resources(self, environment: str) -> Iterable[OrphanedResource]:  # noqa: ARG002
        """None: every resource of a tenant is found by `marked_resources`."""
        return ()

    def blocking_resources(self, environment: str, ids: Iterable[str]) -> Iterable[OrphanedResource]:  # noqa: ARG002
        """None: in a tenant no resource blocks the deletion of another one."""
        return ()

    def delete(self, resource: OrphanedResource) -> None:
        """Delete one resource."""
        self._tenant.delete(_TENANT_COLLECTIONS[resource.kind], resource.id)


_PRODUCT = re.compile(r"/service/[^/]+/products/[^/]+$")
_SIGNING_KEY = re.compile(r"-(api|product)-signing-key$")


def _by_description(document: Mapping[str, Any]) -> str | None:
    return environment_in(document["properties"].get("description"))


def _by_name(document: Mapping[str, Any]) -> str | None:
    return environment_of(document["name"])


def _by_signing_key(document: Mapping[str, Any]) -> str | None:
    return environment_of(_SIGNING_KEY.sub("", document["name"]))


_SERVICE_COLLECTIONS: dict[str, tuple[str, Callable[[Mapping[str, Any]], str | None]]] = {
    "product": ("products", _by_description),
    "api": ("apis", _by_description),
    "version set": ("apiVersionSets", _by_description),
    "authorization server": ("authorizationServers", _by_name),
    "named value": ("namedValues", _by_signing_key),
}
_DELETE_OPTIONS = {"product": {"deleteSubscriptions": "true"}, "api": {"deleteRevisions": "true"}}


class ManagerOrphans:
    """Finds and deletes the environments' resources in a subscription.

    Services carry tags, APIs, products and version sets a mark in their descriptions; authorization servers and named values
    are recognized by their names.

    Args:
        manager: of the subscription.
        service_name: returns the name of the API Management service that an environment has, or had, to itself. A
            soft-deleted service has no tags; it is the environment's only if it has that name, or if it was seen with the
            environment's tags before.
    """

    kinds = ("policy", "product link", "subscription", *_SERVICE_COLLECTIONS, "service", "deleted service")

    def __init__(self, manager: Manager, service_name: Callable[[str], str | None] = lambda _: None) -> None:
        self._manager = manager
        self._service_name = service_name
        self._seen: set[tuple[str, str]] = set()

    def marked_resources(self) -> Iterator[OrphanedResource]:
        """Services with the tags, marked resources in every service, and soft-deleted services."""
        for service in self._manager.services():
            owner = environment_among(service.get("tags"))
            if owner is not None:
                self._seen.add((owner, service["name"].lower()))
                yield OrphanedResource(owner, "service", service["name"], service["id"])
            yield from self._resources_in(service["id"])
        for service in self._manager.deleted_services():
            owner = environment_of(service["name"])
            if owner is not None and self._belonged_to(owner, service["name"].lower()):
                yield OrphanedResource(owner, "deleted service", service["name"], service["id"])

    def child_resources(self, environment: str) -> Iterator[OrphanedResource]:
        """Policies of the environment's APIs and their operations, and the links of its products to APIs."""
        for resource in [each for each in self.marked_resources() if each.environment == environment]:
            if resource.kind == "api":
                yield from self._policies(resource, resource.id)
                for operation in self._manager.children(resource.id, "operations"):
                    yield from self._policies(resource, operation["id"])
            if resource.kind == "product":
                for api in self._manager.children(resource.id, "apis"):
                    link = f"{resource.id}/apis/{api['name']}"
                    yield OrphanedResource(environment, "product link", f"{api['name']} in {resource.name}", link)

    def blocking_resources(self, environment: str, ids: Iterable[str]) -> Iterator[OrphanedResource]:
        """The subscriptions to products. Azure creates one itself for each product that requires subscriptions."""
        for product_id in filter(_PRODUCT.search, ids):
            service_id = product_id.partition("/products/")[0]
            for subscription in self._manager.children(product_id, "subscriptions", missing_ok=True):
                name = subscription["name"]
                yield OrphanedResource(environment, "subscription", name, f"{service_id}/subscriptions/{name}")

    def delete(self, resource: OrphanedResource) -> None:
        """Delete one resource; a soft-deleted service is purged."""
        self._manager.delete(resource.id, **_DELETE_OPTIONS.get(resource.kind, {}))

    def _belonged_to(self, environment: str, service: str) -> bool:
        known = self._service_name(environment)
        return (environment, service) in self._seen or (known is not None and known.lower() == service)

    def _resources_in(self, service_id: str) -> Iterator[OrphanedResource]:
        for kind, (collection, owner_of) in _SERVICE_COLLECTIONS.items():
            for document in self._manager.children(service_id, collection):
                owner = owner_of(document)
                if owner is not None:
                    yield OrphanedResource(owner, kind, document["name"], document["id"])

    def _policies(self, api: OrphanedResource, parent_id: str) -> Iterator[OrphanedResource]:
        for policy in self._manager.children(parent_id, "policies"):
            yield OrphanedResource(api.environment, "policy", api.name, policy["id"])
