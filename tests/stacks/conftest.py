"""A stack and two services in memory, in which something happens at a chosen question."""

import pytest
from auth0_apim_environments.engine.errors import StackGoneError
from auth0_apim_environments.ephemeral import Remnant
from auth0_apim_environments.state.locks import Lock

LOCK = Lock("jane", "another-machine", 4711, "2026-03-01T12:00:00Z")
CLIENT = Remnant("pr-42", "client", "Client-env-pr-42", "client-1")


class Cloud:
    """Stands for `Stacks` and for `Audit`; `after` has what happens right after a question was answered, once."""

    LOCK = LOCK
    CLIENT = CLIENT

    def __init__(self, there=(), resources=(), locks=(), *, gone=False):
        self.there, self.resources, self.held, self.gone = list(there), list(resources), tuple(locks), gone
        self.after = {}
        self.swept = []

    def _happens(self, question):
        self.after.pop(question, lambda: None)()

    def remnants(self, environment=None):
        found = [each for each in self.there if environment in {None, each.environment}]
        self._happens("remnants")
        return found

    def details(self, environment):
        return []

    def sweep(self, remnants):
        for remnant in remnants:
            self.swept.append(remnant)
            self.there.remove(remnant)

    def locks(self, stack):
        found = self.held
        self._happens("locks")
        return found

    def release_abandoned_locks(self, error, stack):
        raise error

    def state(self, stack):
        if self.gone:
            raise StackGoneError(f"there is no stack '{stack}'")
        return {"deployment": {"resources": list(self.resources)}}


@pytest.fixture(name="cloud_with")
def cloud_class():
    return Cloud
