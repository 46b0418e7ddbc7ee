"""What goes wrong in a provider, as one sentence for the person who runs the engine."""

from typing import Any


class ProviderError(Exception):
    """A request that cannot be done; its text is shown as it is, and never contains a secret."""


class IncompleteResourceError(ProviderError):
    """A resource that exists, though what was to be done with it failed later.

    The engine writes `resource_id` and `outputs` into the state, so that the next `up` goes on from there.
    """

    def __init__(self, reason: str, resource_id: str, outputs: dict[str, Any]) -> None:
        super().__init__(reason)
        self.resource_id = resource_id
        self.outputs = outputs
