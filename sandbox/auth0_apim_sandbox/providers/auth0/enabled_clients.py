"""The clients that a connection is enabled for: all of them, or one."""

from typing import Any

from auth0_apim_sandbox.providers.auth0.resource import DocumentResource, same_set
from auth0_apim_sandbox.providers.auth0.scopes import split
from auth0_apim_sandbox.providers.plugin.errors import ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Change, Properties

COLLECTION = "connections"
MAX_CHANGES = 50
"""Clients that one PATCH takes."""


class EnabledClients(DocumentResource):
    """What both types share: reading and switching a connection's clients."""

    async def connection(self, connection_id: str) -> Any:
        """The connection with the ids of its enabled clients, or None when it is gone."""
        connection = await self.management.find(COLLECTION, connection_id)
        if connection is None:
            return None
        clients = await self.management.checkpointed("clients", COLLECTION, connection_id, "clients")
        names = {"connection_id": connection_id, "name": connection["name"], "strategy": connection["strategy"]}
        return names | {"enabled_clients": [client["client_id"] for client in clients]}

    async def switch(self, connection_id: str, on: list[str], off: list[str]) -> None:
        """Enables the connection for some clients and disables it for others."""
        changes = [{"client_id": client, "status": client in on} for client in [*on, *off]]
        for start in range(0, len(changes), MAX_CHANGES):
            body = changes[start : start + MAX_CHANGES]
            await self.management.request("PATCH", COLLECTION, connection_id, "clients", body=body)


class ConnectionClients(EnabledClients):
    """All clients of a connection; its id is the connection's."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Enables the clients of a connection that has none, or these already."""
        connection_id, wanted = inputs["connectionId"], inputs["enabledClients"]
        existing = await self._existing(connection_id)
        if existing and not same_set(existing, wanted):
            raise ProviderError(
                f"Connection with non empty enabled clients: {connection_id} is already enabled for "
                f"{', '.join(existing)}. Import the resource instead, with the id {connection_id}."
            )
        await self.switch(connection_id, [client for client in wanted if client not in existing], [])
        return connection_id, await self.finished(connection_id, inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The connection's clients."""
        return await self.connection(resource_id)

    async def update(self, resource_id: str, change: Change) -> Properties:
        """Enables what is new and disables what is not wanted any more."""
        existing, wanted = await self._existing(resource_id), change.new["enabledClients"]
        on = [client for client in wanted if client not in existing]
        await self.switch(resource_id, on, [client for client in existing if client not in wanted])
        return await self.finished(resource_id, change.new, {})

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Disables the connection for every client."""
        connection = await self.connection(resource_id)
        if connection is not None:
            await self.switch(resource_id, [], connection["enabled_clients"])

    async def _existing(self, connection_id: str) -> list[str]:
        connection = await self.connection(connection_id)
        if connection is None:
            raise ProviderError(f"There is no connection {connection_id}.")
        clients: list[str] = connection["enabled_clients"]
        return clients


class ConnectionClient(EnabledClients):
    """One client of a connection, beside others; its id is `connection::client`."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Enables the connection for the client."""
        resource_id = f"{inputs['connectionId']}::{inputs['clientId']}"
        await self.switch(inputs["connectionId"], [inputs["clientId"]], [])
        return resource_id, await self.finished(resource_id, inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The pair, or None when the connection is gone or not enabled for the client."""
        connection_id, client_id = split(resource_id)
        connection = await self.connection(connection_id)
        if connection is None or client_id not in connection["enabled_clients"]:
            return None
        return connection | {"client_id": client_id}

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Disables the connection for the client."""
        if await self.fetch(resource_id) is not None:
            connection_id, client_id = split(resource_id)
            await self.switch(connection_id, [], [client_id])
