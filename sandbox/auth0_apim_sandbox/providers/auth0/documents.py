"""The document types with habits of their own: clients, client grants, connections, users and tenant settings."""

import json
from typing import Any

from auth0_apim_sandbox.providers.auth0.resource import DocumentResource
from auth0_apim_sandbox.providers.plugin.errors import ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Change, Properties
from auth0_apim_sandbox.providers.plugin.values import Secret

AUTHENTICATION_METHODS = {
    "native": "none",
    "spa": "none",
    "regular_web": "client_secret_post",
    "non_interactive": "client_secret_post",
}
TENANT_SETTINGS = ("tenants", "settings")
NEVER_TOGETHER = (("username", "password"), ("username", "email_verified"), ("password", "email_verified"))
"""Fields of a user that the official provider refuses to change in one update, because the service does."""


class Client(DocumentResource):
    """An application."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """POSTs it with the authentication method that its type has by default."""
        method = AUTHENTICATION_METHODS.get(inputs.get("appType", ""))
        body = self.body(inputs) | ({"token_endpoint_auth_method": method} if method else {})
        document = await self.management.request("POST", "clients", body=body)
        return document["client_id"], await self.finished(document["client_id"], inputs, document)

    def changed_body(self, change: Change) -> Properties:
        """What changed; the encoding of the secret is the creation's business."""
        body = super().changed_body(change)
        body.get("jwt_configuration", {}).pop("secret_encoded", None)
        if "client_metadata" in body:
            dropped = change.state.get("clientMetadata", {}).keys() - change.new.get("clientMetadata", {}).keys()
            body["client_metadata"] |= dict.fromkeys(dropped)
        return body


class ClientGrant(DocumentResource):
    """The scopes that a client may ask of an API for itself."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """POSTs it; one that exists for the same client, API and subject type is adopted as it is."""
        body = self.body(inputs)
        if "client_id" in body:
            query = {"client_id": body["client_id"], "audience": body["audience"]}
            for grant in await self.management.listed("client_grants", "client-grants", **query):
                if grant.get("subject_type", "client") == body.get("subject_type", "client"):
                    return grant["id"], self.outputs(grant, inputs)
        document = await self.management.request("POST", "client-grants", body=body)
        return document["id"], self.outputs(document, inputs)

    async def fetch(self, resource_id: str) -> Any:
        """The grant by its id."""
        return await self.management.find("client-grants", resource_id)


class Connection(DocumentResource):
    """A source of users."""

    async def update(self, resource_id: str, change: Change) -> Properties:
        """PATCHes it, unless that would drop secrets of a custom database which the program does not name (any more)."""
        given = (change.new.get("options") or {}).get("configuration") or {}
        document = await self.fetch(resource_id)
        there = ((document or {}).get("options") or {}).get("configuration") or {}
        unmanaged = sorted(there.keys() - given.keys())
        if unmanaged and "options" in change.new:
            raise ProviderError(
                f"The connection {resource_id} has configuration secrets that the program does not: "
                f"{', '.join(unmanaged)}; an update would erase them. Add them to options.configuration."
            )
        return await super().update(resource_id, change)

    def outputs(self, document: Any, given: Properties) -> Properties:
        """The connection; a custom database's configuration is as it was given, for the tenant answers it encrypted."""
        outputs = super().outputs(document, given)
        options = outputs.get("options")
        if options is not None:
            options.pop("configuration", None)
            configuration = (given.get("options") or {}).get("configuration")
            if configuration is not None:
                options["configuration"] = Secret(configuration)
        return outputs


class User(DocumentResource):
    """A user of a connection."""

    async def update(self, resource_id: str, change: Change) -> Properties:
        """PATCHes what changed, unless it is more than one update may change."""
        body = self.changed_body(change)
        for one, other in NEVER_TOGETHER:
            if one in body and other in body:
                raise ProviderError(
                    f"cannot update {one} and {other} simultaneously: change one of them, then the other."
                )
        return await super().update(resource_id, change)

    def changed_body(self, change: Change) -> Properties:
        """What changed; keys that are gone from metadata are null, because a PATCH merges, unless all are gone."""
        body: dict[str, Any] = super().changed_body(change)
        for name, field in (("userMetadata", "user_metadata"), ("appMetadata", "app_metadata")):
            if body.get(field):
                before: dict[str, Any] = json.loads(change.state.get(name) or "{}")
                dropped = before.keys() - body[field].keys()
                body[field] |= dict.fromkeys(dropped)
        return body

    def outputs(self, document: Any, given: Properties) -> Properties:
        """The user, with the connection of its first identity."""
        connections = [identity["connection"] for identity in document.get("identities", [])]
        return super().outputs(document | ({"connection": connections[0]} if connections else {}), given)


class Tenant(DocumentResource):
    """The tenant's settings: there before, and there after."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """PATCHes the settings."""
        await self.management.request("PATCH", *TENANT_SETTINGS, body=self.body(inputs))
        resource_id = self.management.tenant_url.host
        return resource_id, await self.finished(resource_id, inputs, {})

    async def fetch(self, resource_id: str) -> Any:  # noqa: ARG002
        """The settings."""
        return await self.management.get(*TENANT_SETTINGS)

    async def update(self, resource_id: str, change: Change) -> Properties:
        """PATCHes what changed."""
        body = self.changed_body(change)
        if body:
            await self.management.request("PATCH", *TENANT_SETTINGS, body=body)
        return await self.finished(resource_id, change.new, {})

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:
        """Leaves the settings as they are; a tenant always has some."""
