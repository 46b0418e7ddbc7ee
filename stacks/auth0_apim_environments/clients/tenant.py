"""An Auth0 tenant by its Management API: what is in it, and how its applications get tokens."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from auth0_apim_environments.clients.http import Document, read_json, require_deleted

_PAGE = 100

_USER_GRANT_TYPES = {
    "authorization_code",
    "implicit",
    "password",
    "http://auth0.com/oauth/grant-type/password-realm",
    "urn:ietf:params:oauth:grant-type:device_code",
}
"""Grant types by which a client gets tokens of its users."""


class Tenant:
    """An Auth0 tenant.

    Every method raises `ServiceError` when the tenant refuses, and `httpx.TransportError` when it cannot be reached.

    Args:
        client: of its Management API.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    @property
    def issuer(self) -> str:
        """The `iss` claim of the tenant's tokens."""
        return str(self._client.base_url.copy_with(path="/"))

    def resource_servers(self) -> list[Document]:
        """The APIs, without the tenant's own."""
        return [api for api in self._pages("resource-servers", "resource_servers") if not api.get("is_system")]

    def clients(self) -> list[Document]:
        """The clients, without the tenant's own."""
        return [client for client in self._pages("clients", "clients") if not client.get("global")]

    def client_grants(self) -> list[Document]:
        """Every grant of a client."""
        return list(self._pages("client-grants", "client_grants"))

    def databases(self) -> list[Document]:
        """The database connections."""
        return list(self._pages("connections", "connections", strategy="auth0"))

    def roles(self) -> list[Document]:
        """The roles."""
        return list(self._pages("roles", "roles"))

    def enabled_clients(self, connection_id: str) -> list[str]:
        """The ids of the clients that a connection is enabled for."""
        found: list[str] = []
        query: dict[str, Any] = {"take": _PAGE}
        while True:
            page = read_json(self._client.get(f"connections/{quote(connection_id)}/clients", params=query))
            found += [client["client_id"] for client in page["clients"]]
            if not page.get("next"):
                return found
            query["from"] = page["next"]

    def first_users(self, connection: str) -> list[Document]:
        """The first page of a database's users."""
        query = {**_users_of(connection), "per_page": str(_PAGE)}
        users: list[Document] = read_json(self._client.get("users", params=query))
        return users

    def users(self, connection: str) -> Iterator[Document]:
        """The users of a database, as far as the Management API lists them."""
        return self._pages("users", "users", **_users_of(connection))

    def users_with_email(self, email: str, connection: str) -> list[Document]:
        """The users of a database with an e-mail address; unlike a search, it knows those that were just created."""
        users: list[Document] = read_json(self._client.get("users-by-email", params={"email": email.lower()}))
        return [user for user in users if any(each["connection"] == connection for each in user["identities"])]

    def delete(self, collection: str, object_id: str) -> None:
        """Delete one object of a collection, such as `clients`; an object that does not exist is no error."""
        require_deleted(self._client.delete(f"{collection}/{quote(object_id, safe='')}"))

    def _pages(self, path: str, name: str, **query: str) -> Iterator[Document]:
        number = 0
        while True:
            page = {"page": str(number), "per_page": str(_PAGE), "include_totals": "true", **query}
            found = read_json(self._client.get(path, params=page))[name]
            yield from found
            if len(found) < _PAGE:
                return
            number += 1


def _users_of(connection: str) -> dict[str, str]:
    return {"q": f'identities.connection:"{connection}"', "search_engine": "v3"}


def requires_user_grants(api: Document) -> bool:
    """Whether a client needs a grant to get tokens of an API's users; an API without an access policy requires none."""
    policies = api.get("subject_type_authorization") or {}
    return bool((policies.get("user") or {}).get("policy", "allow_all") != "allow_all")


def user_grant(grants: Iterable[Document], client_id: str, audience: str) -> Document | None:
    """The grant by which a client gets tokens of an API's users; None when it has none."""
    wanted = {"client_id": client_id, "audience": audience, "subject_type": "user"}
    return next((grant for grant in grants if wanted.items() <= grant.items()), None)


def clients_without_user_grant(clients: Iterable[Document], grants: Sequence[Document], audience: str) -> list[str]:
    """The names of the clients that log users in and have no grant for an API's users, sorted."""
    return sorted(
        client["name"]
        for client in clients
        if _USER_GRANT_TYPES & set(client.get("grant_types") or [])
        and not user_grant(grants, client["client_id"], audience)
    )
