"""Scopes of a resource server: all of them, or one. The Management API has them only as a list inside their API."""

from typing import Any

from auth0_apim_sandbox.providers.auth0.resource import DocumentResource, same_set
from auth0_apim_sandbox.providers.plugin.errors import ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Change, Properties

COLLECTION = "resource-servers"


class ResourceServerScopes(DocumentResource):
    """All scopes of an API; its id is the API's identifier."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Sets the scopes of an API that has none, or these already."""
        identifier, wanted = inputs["resourceServerIdentifier"], self.body(inputs)["scopes"]
        async with self.management.lock(COLLECTION, identifier):
            existing = (await self.management.get(COLLECTION, identifier)).get("scopes", [])
            if existing and not same_set(_pairs(existing), _pairs(wanted)):
                names = ", ".join(scope["value"] for scope in existing)
                raise ProviderError(
                    f"Resource Server with non empty scopes: {identifier} already has the scopes {names}; import the "
                    f"resource with the id {identifier} to take them over, or remove them first."
                )
            await self._write(identifier, wanted)
        return identifier, await self.finished(identifier, inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The API's scopes."""
        server = await self.management.find(COLLECTION, resource_id)
        if server is None:
            return None
        return {"resource_server_identifier": server["identifier"], "scopes": server.get("scopes", [])}

    async def update(self, resource_id: str, change: Change) -> Properties:
        """Sets the scopes."""
        async with self.management.lock(COLLECTION, resource_id):
            await self._write(resource_id, self.body(change.new)["scopes"])
        return await self.finished(resource_id, change.new, {})

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Removes every scope."""
        async with self.management.lock(COLLECTION, resource_id):
            if await self.management.find(COLLECTION, resource_id) is not None:
                await self._write(resource_id, [])

    async def _write(self, identifier: str, scopes: list[Any]) -> None:
        await self.management.request("PATCH", COLLECTION, identifier, body={"scopes": scopes})


class ResourceServerScope(DocumentResource):
    """One scope of an API, beside others; its id is `identifier::scope`."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Adds the scope; one that is there already is taken over."""
        resource_id = f"{inputs['resourceServerIdentifier']}::{inputs['scope']}"
        await self._put(resource_id, inputs)
        return resource_id, await self.finished(resource_id, inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The scope, or None when its API or it is gone."""
        identifier, value = split(resource_id)
        server = await self.management.find(COLLECTION, identifier)
        found = [scope for scope in (server or {}).get("scopes", []) if scope["value"] == value]
        return {"resource_server_identifier": identifier, **found[0]} if found else None

    async def update(self, resource_id: str, change: Change) -> Properties:
        """Changes the description."""
        await self._put(resource_id, change.new)
        return await self.finished(resource_id, change.new, {})

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Removes the scope from its API."""
        identifier, value = split(resource_id)
        async with self.management.lock(COLLECTION, identifier):
            server = await self.management.find(COLLECTION, identifier)
            if server is not None:
                await self._write(identifier, [scope for scope in server.get("scopes", []) if scope["value"] != value])

    async def _put(self, resource_id: str, inputs: Properties) -> None:
        identifier, value = split(resource_id)
        scope = {"value": value} | ({"description": inputs["description"]} if "description" in inputs else {})
        async with self.management.lock(COLLECTION, identifier):
            scopes = (await self.management.get(COLLECTION, identifier)).get("scopes", [])
            others = [other for other in scopes if other["value"] != value]
            await self._write(identifier, [*others, scope])

    async def _write(self, identifier: str, scopes: list[Any]) -> None:
        await self.management.request("PATCH", COLLECTION, identifier, body={"scopes": scopes})


def split(resource_id: str, parts: int = 2) -> list[str]:
    """The parts of an id that joins several with `::`.

    Raises:
        ProviderError: there are more or fewer.
    """
    found = resource_id.split("::")
    if len(found) != parts or not all(found):
        raise ProviderError(f"The id {resource_id} must have {parts} parts separated by '::'.")
    return found


def _pairs(scopes: list[Any]) -> list[tuple[str, str]]:
    return [(scope["value"], scope.get("description", "")) for scope in scopes]
