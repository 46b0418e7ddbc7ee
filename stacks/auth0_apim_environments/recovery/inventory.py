"""The ids of what there is in both services: what is not there yet cannot be somebody else's later on."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import httpx

from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.services import Manager, Tenant
from auth0_apim_environments.project import write_whole

SERVICE_COLLECTIONS = (
    "apis",
    "apiVersionSets",
    "authorizationServers",
    "backends",
    "loggers",
    "namedValues",
    "policyFragments",
    "products",
    "subscriptions",
)
"""What a service has that a stack may make in it, by the last part of its address."""


def note_inventory(variables: Mapping[str, str], note: Path) -> None:
    """Write the ids of what is in both services into the file `note`, before a deployment.

    Args:
        variables: the providers' own, for both services.
        note: the file.

    Raises:
        CredentialsError: they are missing or refused.
        ReadError: a service did not answer.
    """
    with closing(open_tenant(variables)) as tenant, closing(open_manager(variables)) as manager:
        there = sorted(inventory(tenant, manager))
    note.parent.mkdir(parents=True, exist_ok=True)
    write_whole(note, json.dumps(there))


def inventory(tenant: httpx.Client, manager: httpx.Client) -> set[str]:
    """The ids of all resource servers, clients, connections and roles, of all services, and of what is in each; lower case.

    Args:
        tenant: of the Management API.
        manager: of the resource manager, relative to a subscription.

    Raises:
        ReadError: a service did not answer.
    """
    return {each.lower() for each in (*_in_tenant(Tenant(tenant)), *_in_services(Manager(manager)))}


def _in_tenant(tenant: Tenant) -> Iterator[str]:
    yield from (each["id"] for each in tenant.resource_servers())
    yield from (each["client_id"] for each in tenant.clients())
    yield from (each["id"] for each in tenant.databases())
    yield from (each["id"] for each in tenant.roles())


def _in_services(manager: Manager) -> Iterator[str]:
    for service in manager.services():
        yield service["id"]
        for collection in SERVICE_COLLECTIONS:
            yield from (each["id"] for each in manager.children(service["id"], collection))
