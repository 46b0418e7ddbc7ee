"""What the resource manager asks of the process around it."""

from typing import Protocol


class ServiceHost(Protocol):
    """Opens a gateway's listeners when an API Management service is created and closes them when it is deleted."""

    async def open(self, service_id: str) -> str:
        """Start the gateway of `service_id` (an ARM id); answers its absolute URL without a trailing slash.

        Opening a gateway that is open answers the same URL again.
        """
        ...

    async def close(self, service_id: str) -> None:
        """Stop the gateway of `service_id`; a gateway that is not open is fine."""
        ...
