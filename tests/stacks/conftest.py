"""A stack and two services in memory, in which something happens after a chosen call."""

import pytest
from auth0_apim_environments.engine.errors import StackNotFoundError
from auth0_apim_environments.ephemeral import OrphanedResource
from auth0_apim_environments.state.locks import Lock

LOCK = Lock("jane", "another-machine", 4711, "2026-03-01T12:00:00Z")
CLIENT = OrphanedResource("pr-42", "client", "Client-env-pr-42", "client-1")


class Cloud:
    """Stands for `Stacks` and for `Audit`; `after` has what happens once, right after a method was called."""

    LOCK = LOCK
    CLIENT = CLIENT

    def __init__(self, there=(), resources=(), locks=(), *, gone=False):
        self.there, self.resources, self.held, self.gone = list(there), list(resources), tuple(locks), gone
        self.after = {}
        self.purged = []

    def _happens(self, method):
        self.after.pop(method, lambda: None)()

    def marked_resources(self, environment=None):
        found = [each for each in self.there if environment in {None, each.environment}]
        self._happens("marked_resources")
        return found

    def child_resources(self, environment):
        return []

    def purge(self, resources):
        for resource in resources:
            self.purged.append(resource)
            self.there.remove(resource)

    def locks(self, stack):
        found = self.held
        self._happens("locks")
        return found

    def release_abandoned_locks(self, error, stack):
        raise error

    def state(self, stack):
        if self.gone:
            raise StackNotFoundError(f"there is no stack '{stack}'")
        return {"deployment": {"resources": list(self.resources)}}


@pytest.fixture(name="cloud_with")
def cloud_class():
    return Cloud
