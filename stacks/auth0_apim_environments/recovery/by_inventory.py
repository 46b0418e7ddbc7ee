"""Recovery of a stack whose resources carry no marks, by an inventory of both services that was taken before a deployment.

The engine writes into the state which resource it is about to create before it sends the request. A resource that was
created and is not in the state is found by that pending operation, and deleted: otherwise the next deployment would create it
a second time, or fail because it exists.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant
from auth0_apim_environments.engine.errors import LockedError
from auth0_apim_environments.engine.stacks import Stacks
from auth0_apim_environments.project import write_whole
from auth0_apim_environments.recovery.audit import audit_of
from auth0_apim_environments.recovery.creations import Creations
from auth0_apim_environments.recovery.orphans import OrphanedResource

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
"""The collections of a service in which a stack may create resources."""


def write_inventory(variables: Mapping[str, str], file: Path) -> None:
    """Write the ids of the resources in both services into `file`, before a deployment.

    Args:
        variables: the environment variables of both providers.
        file: where to write them.

    Raises:
        CredentialsError: credentials are missing or refused.
        ServiceError: a service refused.
    """
    with closing(open_tenant(variables)) as tenant, closing(open_manager(variables)) as manager:
        ids = sorted(inventory(Tenant(tenant), Manager(manager)))
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(ids))


def inventory(tenant: Tenant, manager: Manager) -> set[str]:
    """The ids of all resource servers, clients, connections, roles and services, and of what is in each service; lower case.

    Raises:
        ServiceError: a service refused.
    """
    return {each.lower() for each in (*_ids_in_tenant(tenant), *_ids_in_services(manager))}


@dataclass(frozen=True)
class InterruptedDeployment:
    """A deployment of one stack that was interrupted.

    Attributes:
        stacks: of the project on its backend.
        stack: the stack's name.
        variables: the environment variables of both providers.
        inventory_file: the file that `write_inventory` wrote before that deployment.
    """

    stacks: Stacks
    stack: str
    variables: Mapping[str, str]
    inventory_file: Path

    def recover(self) -> list[OrphanedResource]:
        """Delete the resources that were created and are not in the state, and clear pending operations.

        Returns:
            The resources that were deleted.

        Raises:
            LockedError: another process works on the stack.
            AmbiguousCreationError: a pending operation may have created one of several resources.
            ServiceError: a service refused.
            AuditError: a service did not delete a resource.
        """
        locks = self.stacks.locks(self.stack)
        if locks:
            self.stacks.release_abandoned_locks(LockedError(self.stack, locks), self.stack)
        document = self.stacks.state(self.stack)
        deployment = document.get("deployment") or {}
        pending = deployment.pop("pending_operations", None) or []
        created = self._purge_created(deployment, [each["resource"] for each in pending if each["type"] == "creating"])
        if pending:
            self.stacks.restore(self.stack, document)
        return created

    def _purge_created(
        self, deployment: Mapping[str, Any], creations: list[Mapping[str, Any]]
    ) -> list[OrphanedResource]:
        if not creations:
            return []
        file = self.inventory_file
        before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        in_state = deployment.get("resources") or ()
        subscription = f"/subscriptions/{self.variables['ARM_SUBSCRIPTION_ID']}"
        with closing(open_tenant(self.variables)) as tenant_client, closing(open_manager(self.variables)) as client:
            tenant, manager = Tenant(tenant_client), Manager(client)
            finder = Creations(tenant, manager, subscription, in_state, before)
            created = [found for each in creations if (found := finder.created(self.stack, each)) is not None]
            audit_of(tenant, manager).purge(created)
            for service in (each for each in created if each.kind == "service"):
                manager.purge(service.name)
        return created


def _ids_in_tenant(tenant: Tenant) -> Iterator[str]:
    yield from (each["id"] for each in tenant.resource_servers())
    yield from (each["client_id"] for each in tenant.clients())
    yield from (each["id"] for each in tenant.databases())
    yield from (each["id"] for each in tenant.roles())


def _ids_in_services(manager: Manager) -> Iterator[str]:
    for service in manager.services():
        yield service["id"]
        for collection in SERVICE_COLLECTIONS:
            yield from (each["id"] for each in manager.children(service["id"], collection))
