"""Roles and permissions of users, and permissions of roles: all of them, or one."""

from typing import Any

from auth0_apim_sandbox.providers.auth0.resource import DocumentResource
from auth0_apim_sandbox.providers.auth0.scopes import split
from auth0_apim_sandbox.providers.plugin.errors import ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Change, Properties


class Roles(DocumentResource):
    """All roles of a user; its id is the user's."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Assigns the roles."""
        await self._assign(inputs["userId"], inputs["roles"])
        return inputs["userId"], await self.finished(inputs["userId"], inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The user's roles."""
        if await self.management.find("users", resource_id) is None:
            return None
        roles = await self.management.listed("roles", "users", resource_id, "roles")
        return {"user_id": resource_id, "roles": [role["id"] for role in roles]}

    async def update(self, resource_id: str, change: Change) -> Properties:
        """Assigns what is new and removes what is not wanted any more."""
        await self._assign(resource_id, change.new["roles"])
        return await self.finished(resource_id, change.new, {})

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Removes every role."""
        document = await self.fetch(resource_id)
        if document is not None and document["roles"]:
            await self.management.delete("users", resource_id, "roles", body={"roles": document["roles"]})

    async def _assign(self, user_id: str, wanted: list[str]) -> None:
        document = await self.fetch(user_id)
        if document is None:
            raise ProviderError(f"There is no user {user_id}.")
        added = [role for role in wanted if role not in document["roles"]]
        removed = [role for role in document["roles"] if role not in wanted]
        if added:
            await self.management.request("POST", "users", user_id, "roles", body={"roles": added})
        if removed:
            await self.management.delete("users", user_id, "roles", body={"roles": removed})


class Role(DocumentResource):
    """One role of a user, beside others; its id is `user::role`."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Assigns the role."""
        user_id, role_id = inputs["userId"], inputs["roleId"]
        await self.management.request("POST", "users", user_id, "roles", body={"roles": [role_id]})
        resource_id = f"{user_id}::{role_id}"
        return resource_id, await self.finished(resource_id, inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The assignment, or None when the user is gone or has not that role."""
        user_id, role_id = split(resource_id)
        if await self.management.find("users", user_id) is None:
            return None
        roles = await self.management.listed("roles", "users", user_id, "roles")
        found = [role for role in roles if role["id"] == role_id]
        names = [{"role_name": role["name"], "role_description": role.get("description")} for role in found]
        return {"user_id": user_id, "role_id": role_id, **names[0]} if names else None

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Removes the role from the user."""
        user_id, role_id = split(resource_id)
        await self.management.delete("users", user_id, "roles", body={"roles": [role_id]})


class PermissionOwner(DocumentResource):
    """What the types of permissions share. The description's collection is `users` or `roles`, its id field the owner's."""

    async def granted(self, owner: str) -> list[Any] | None:
        """The owner's permissions, or None when the owner is gone."""
        collection = self.description.collection
        if await self.management.find(collection, owner) is None:
            return None
        return await self.management.listed("permissions", collection, owner, "permissions")

    async def change(self, method: str, owner: str, permissions: list[Any]) -> None:
        """POSTs or DELETEs permissions of the owner."""
        keys = ("permission_name", "resource_server_identifier")
        body = {"permissions": [{key: permission[key] for key in keys} for permission in permissions]}
        if permissions and method == "DELETE":
            await self.management.delete(self.description.collection, owner, "permissions", body=body)
        elif permissions:
            await self.management.request("POST", self.description.collection, owner, "permissions", body=body)


class Permissions(PermissionOwner):
    """All permissions of a user or role; its id is the owner's."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Grants the permissions."""
        owner = self.body(inputs)[self.description.id_field]
        await self._grant(owner, inputs)
        return owner, await self.finished(owner, inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The owner's permissions."""
        granted = await self.granted(resource_id)
        return None if granted is None else {self.description.id_field: resource_id, "permissions": granted}

    async def update(self, resource_id: str, change: Change) -> Properties:
        """Grants what is new and removes what is not wanted any more."""
        await self._grant(resource_id, change.new)
        return await self.finished(resource_id, change.new, {})

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Removes every permission."""
        await self.change("DELETE", resource_id, await self.granted(resource_id) or [])

    async def _grant(self, owner: str, inputs: Properties) -> None:
        wanted, granted = self.body(inputs)["permissions"], await self.granted(owner)
        if granted is None:
            raise ProviderError(f"There is nothing with the id {owner} in {self.description.collection}.")
        wanted_keys, granted_keys = [set(map(_key, permissions)) for permissions in (wanted, granted)]
        await self.change("POST", owner, [item for item in wanted if _key(item) not in granted_keys])
        await self.change("DELETE", owner, [item for item in granted if _key(item) not in wanted_keys])


class Permission(PermissionOwner):
    """One permission of a user or role, beside others; its id is `owner::API::permission`."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Grants the permission."""
        document = self.body(inputs)
        owner = document[self.description.id_field]
        await self.change("POST", owner, [document])
        resource_id = f"{owner}::{document['resource_server_identifier']}::{document['permission_name']}"
        return resource_id, await self.finished(resource_id, inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The permission, or None when its owner is gone or has it not."""
        owner, identifier, name = split(resource_id, 3)
        found = [item for item in await self.granted(owner) or [] if _key(item) == (identifier, name)]
        return {self.description.id_field: owner, **found[0]} if found else None

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Removes the permission from its owner."""
        owner, identifier, name = split(resource_id, 3)
        permission = {"resource_server_identifier": identifier, "permission_name": name}
        await self.change("DELETE", owner, [permission])


def _key(permission: dict[str, Any]) -> tuple[str, str]:
    return permission["resource_server_identifier"], permission["permission_name"]
