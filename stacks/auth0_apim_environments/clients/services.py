"""What there is in a tenant and in a subscription's API Management services. Read only: nothing here changes anything."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from auth0_apim_environments.errors import StackError

_VERSION = {"api-version": "2024-05-01"}
_PAGE = 100
_SERVICES = "providers/Microsoft.ApiManagement/service"

Document = dict[str, Any]


class ReadError(StackError):
    """A service did not answer what was asked; the message says what, and the service's own words."""


class Tenant:
    """An Auth0 tenant.

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
            page = _json(self._client.get(f"connections/{quote(connection_id)}/clients", params=query))
            found += [client["client_id"] for client in page["clients"]]
            if not page.get("next"):
                return found
            query["from"] = page["next"]

    def users(self, connection: str) -> list[Document]:
        """At most a page of a database's users."""
        query = {"q": f'identities.connection:"{connection}"', "search_engine": "v3", "per_page": str(_PAGE)}
        users: list[Document] = _json(self._client.get("users", params=query))
        return users

    def users_of(self, email: str, connection: str) -> list[Document]:
        """The users with an e-mail address in a database, those that were made just now included."""
        users: list[Document] = _json(self._client.get("users-by-email", params={"email": email.lower()}))
        return [user for user in users if any(each["connection"] == connection for each in user["identities"])]

    def _pages(self, path: str, name: str, **query: str) -> Iterator[Document]:
        number = 0
        while True:
            page = {"page": str(number), "per_page": str(_PAGE), "include_totals": "true", **query}
            found = _json(self._client.get(path, params=page))[name]
            yield from found
            if len(found) < _PAGE:
                return
            number += 1


_OF_USERS = {
    "authorization_code",
    "implicit",
    "password",
    "http://auth0.com/oauth/grant-type/password-realm",
    "urn:ietf:params:oauth:grant-type:device_code",
}
"""Grant types by which a client gets its users' tokens."""


def asks_for_grants(api: Document) -> bool:
    """Whether an API's users' tokens need a grant; one that does not say it asks for none."""
    policies = api.get("subject_type_authorization") or {}
    return bool((policies.get("user") or {}).get("policy", "allow_all") != "allow_all")


def user_grant(grants: Iterable[Document], client_id: str, audience: str) -> Document | None:
    """The grant by which a client gets its users' tokens for an API; None without one."""
    wanted = {"client_id": client_id, "audience": audience, "subject_type": "user"}
    return next((grant for grant in grants if wanted.items() <= grant.items()), None)


def without_user_grant(clients: Iterable[Document], grants: Sequence[Document], audience: str) -> list[str]:
    """The names of the clients that people log in to and that have no grant for an API's users, sorted."""
    return sorted(
        client["name"]
        for client in clients
        if _OF_USERS & set(client.get("grant_types") or []) and not user_grant(grants, client["client_id"], audience)
    )


class Manager:
    """A subscription's API Management services.

    Args:
        client: of the resource manager; its base URL is the subscription's.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def services(self) -> list[Document]:
        """The services of the subscription."""
        return self._list(f"{self._client.base_url.path}{_SERVICES}")

    def deleted_services(self) -> list[Document]:
        """The services that were deleted and whose names are still taken."""
        return self._list(f"{self._client.base_url.path}providers/Microsoft.ApiManagement/deletedservices")

    def name_problem(self, name: str) -> str | None:
        """Why no service can be made with that name, in Azure's words; None where one can."""
        url = self._url(f"{self._client.base_url.path}providers/Microsoft.ApiManagement/checkNameAvailability")
        answer = _json(self._client.post(url, params=_VERSION, json={"name": name}))
        return None if answer["nameAvailable"] else str(answer.get("message") or answer.get("reason"))

    def group(self, name: str) -> Document | None:
        """A resource group, None where there is none."""
        answer = self._client.get(f"resourcegroups/{quote(name)}", params={"api-version": "2024-03-01"})
        return None if answer.status_code == 404 else dict(_json(answer))

    def children(self, parent_id: str, kind: str) -> list[Document]:
        """What a resource has of a kind, such as a service's `apis`."""
        return self._list(f"{parent_id}/{kind}")

    def find(self, resource_id: str, **query: str) -> Document | None:
        """A resource, None where there is none."""
        answer = self._client.get(self._url(resource_id), params=_VERSION | query)
        if answer.status_code == 404:
            return None
        document: Document = _json(answer)
        return document

    def exists(self, resource_id: str) -> bool:
        """Whether there is a resource; an API in a product can be asked for by HEAD only."""
        method = "HEAD" if "/products/" in resource_id and "/apis/" in resource_id else "GET"
        answer = self._client.request(method, self._url(resource_id), params=_VERSION)
        if answer.status_code not in (200, 204, 404):
            _json(answer)
        return answer.status_code != 404

    def _list(self, path: str) -> list[Document]:
        found: list[Document] = []
        query: dict[str, str] | None = _VERSION
        url: str | None = self._url(path)
        while url:
            page = _json(self._client.get(url, params=query))
            found += page["value"]
            url, query = page.get("nextLink"), None
        return found

    def _url(self, path: str) -> str:
        """An absolute URL: ids begin at the resource manager, the client at the subscription."""
        return str(self._client.base_url.copy_with(path=path))


def _json(answer: httpx.Response) -> Any:
    if answer.status_code != 200:
        where = f"{answer.request.method} {answer.request.url.path}"
        raise ReadError(f"{where} was answered with {answer.status_code}: {answer.text[:300].strip()}")
    return answer.json()
