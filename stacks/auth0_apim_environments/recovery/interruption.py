"""Taking back what a killed engine made and could not write down, so that the next deployment makes it once.

The engine notes in the state what it is about to make before it asks a service for it. An object that was made and never
got into the state is found by that note, and deleted: kept, it would be made a second time, or be in the way.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.services import Manager, Tenant
from auth0_apim_environments.clients.soft_deleted import SoftDeletedServices
from auth0_apim_environments.engine.errors import LockedError
from auth0_apim_environments.engine.stacks import Stacks
from auth0_apim_environments.recovery.creations import Creations
from auth0_apim_environments.recovery.manager_remains import ManagerRemains
from auth0_apim_environments.recovery.remains import Audit, Remnant
from auth0_apim_environments.recovery.tenant_remains import TenantRemains


@dataclass(frozen=True)
class Interruption:
    """A deployment of one stack that was killed.

    Attributes:
        stacks: of the project on its backend.
        stack: the stack's name.
        variables: the providers' own, for both services.
        note: the file that `note_inventory` wrote before that deployment.
    """

    stacks: Stacks
    stack: str
    variables: Mapping[str, str]
    note: Path

    def recover(self) -> list[Remnant]:
        """Delete what was made and is not in the state, and clear what is pending; what was deleted.

        Raises:
            LockedError: a process still works on the stack.
            DoubtfulCreationError: an object could be one of several.
            ReadError: a service did not answer.
            AuditError: a service did not delete an object.
        """
        locks = self.stacks.locks(self.stack)
        if locks:
            self.stacks.release_abandoned_locks(LockedError(self.stack, locks), self.stack)
        document = self.stacks.state(self.stack)
        deployment = document.get("deployment") or {}
        pending = deployment.pop("pending_operations", None) or []
        made = self._delete_made(deployment, [each["resource"] for each in pending if each["type"] == "creating"])
        if pending:
            self.stacks.restore(self.stack, document)
        return made

    def _delete_made(self, deployment: Mapping[str, Any], creations: list[Mapping[str, Any]]) -> list[Remnant]:
        if not creations:
            return []
        before = json.loads(self.note.read_text(encoding="utf-8")) if self.note.exists() else None
        own = deployment.get("resources") or ()
        subscription = f"/subscriptions/{self.variables['ARM_SUBSCRIPTION_ID']}"
        with closing(open_tenant(self.variables)) as tenant, closing(open_manager(self.variables)) as manager:
            finder = Creations(Tenant(tenant), Manager(manager), subscription, own, before)
            made = [found for each in creations if (found := finder.made(self.stack, each)) is not None]
            Audit((ManagerRemains(manager), TenantRemains(tenant))).sweep(made)
            for remnant in (each for each in made if each.kind == "service"):
                _purge(SoftDeletedServices(manager), remnant.name)
        return made


def _purge(soft_deleted: SoftDeletedServices, name: str) -> None:
    """Free the name of a service that nobody ever used."""
    for service_id in soft_deleted.ids():
        if service_id.rpartition("/")[2].lower() == name.lower():
            soft_deleted.purge(service_id)
