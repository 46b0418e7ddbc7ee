"""Environments' objects in an Auth0 tenant.

Clients, connections and users carry marks, roles a mark in their descriptions; a resource server has nowhere to put one,
so both its name and its identifier say whose it is; a client grant belongs with its client.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import httpx

from auth0_apim_environments.marks.marker import environment_among, environment_in
from auth0_apim_environments.marks.names import environment_of
from auth0_apim_environments.recovery.remains import Remnant

_PAGE = 100
_PATHS = {
    "client grant": "client-grants",
    "user": "users",
    "connection": "connections",
    "client": "clients",
    "role": "roles",
    "resource server": "resource-servers",
}


class TenantRemains:
    """Finds and deletes them.

    Args:
        client: of the tenant's Management API.
    """

    kinds = tuple(_PATHS)

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def remnants(self) -> Iterator[Remnant]:
        """Resource servers, roles, clients with their grants, connections with their users."""
        owners: dict[str, str] = {}
        for server in self._pages("resource-servers", "resource_servers"):
            owner = environment_of(server["identifier"])
            if owner is not None and owner == environment_of(server.get("name", "")):
                owners[server["identifier"]] = owner
                yield Remnant(owner, "resource server", server["identifier"], server["id"])
        for role in self._pages("roles", "roles"):
            owner = environment_of(role["name"])
            if owner is not None and environment_in(role.get("description")) == owner:
                yield Remnant(owner, "role", role["name"], role["id"])
        for client in self._pages("clients", "clients"):
            owner = environment_among(client.get("client_metadata"))
            if owner is not None:
                owners[client["client_id"]] = owner
                yield Remnant(owner, "client", client["name"], client["client_id"])
        for grant in self._pages("client-grants", "client_grants") if owners else ():
            owner = owners.get(grant["client_id"]) or owners.get(grant["audience"])
            if owner is not None:
                yield Remnant(owner, "client grant", f"{grant['client_id']} for {grant['audience']}", grant["id"])
        for connection in self._pages("connections", "connections"):
            owner = environment_among(connection.get("metadata"))
            if owner is not None:
                yield Remnant(owner, "connection", connection["name"], connection["id"])
                yield from self._users(connection["name"], owner)

    def details(self, environment: str) -> Iterable[Remnant]:  # noqa: ARG002
        """None: what else there is in a tenant is part of these objects."""
        return ()

    def hindrances(self, environment: str, ids: Iterable[str]) -> Iterable[Remnant]:  # noqa: ARG002
        """None: a tenant deletes what it is asked to."""
        return ()

    def delete(self, remnant: Remnant) -> None:
        """Delete one object."""
        answer = self._client.delete(f"{_PATHS[remnant.kind]}/{quote(remnant.id, safe='')}")
        if answer.status_code != 404:
            answer.raise_for_status()

    def _users(self, connection: str, owner: str) -> Iterator[Remnant]:
        query = {"q": f'identities.connection:"{connection}"', "search_engine": "v3"}
        for user in self._pages("users", "users", **query):
            yield Remnant(owner, "user", user.get("email", user["user_id"]), user["user_id"])

    def _pages(self, path: str, name: str, **query: str) -> Iterator[dict[str, Any]]:
        for number in range(10_000):
            page: dict[str, str | int] = {"page": number, "per_page": _PAGE, "include_totals": "true", **query}
            document = self._client.get(path, params=page).raise_for_status().json()
            found: list[dict[str, Any]] = document[name]
            yield from found
            if len(found) < _PAGE:
                return
