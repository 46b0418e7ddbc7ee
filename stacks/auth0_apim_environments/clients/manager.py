"""Azure's resource manager: the API Management services of a subscription and what is in them."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from urllib.parse import quote

import httpx

from auth0_apim_environments.clients.credentials import open_manager
from auth0_apim_environments.clients.http import Document, read_json, require_deleted, service_error

_VERSION = {"api-version": "2024-05-01"}
_GROUPS_VERSION = {"api-version": "2024-03-01"}
_PROVIDER = "providers/Microsoft.ApiManagement"


class Manager:
    """A subscription's API Management services.

    Every method raises `ServiceError` when the resource manager refuses, and `httpx.TransportError` when it cannot be reached.

    Args:
        client: of the resource manager; its base URL is the subscription's.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def services(self) -> list[Document]:
        """The services of the subscription."""
        return self._list(f"{_PROVIDER}/service")

    def deleted_services(self) -> list[Document]:
        """The soft-deleted services, whose names stay reserved until a purge.

        https://learn.microsoft.com/azure/api-management/soft-delete
        """
        return self._list(f"{_PROVIDER}/deletedservices")

    def name_problem(self, name: str) -> str | None:
        """Why no service can have that name, in Azure's words; None when one can."""
        url = self._url(f"{_PROVIDER}/checkNameAvailability")
        answer = read_json(self._client.post(url, params=_VERSION, json={"name": name}))
        return None if answer["nameAvailable"] else str(answer.get("message") or answer.get("reason"))

    def group(self, name: str) -> Document | None:
        """A resource group; None when it does not exist."""
        response = self._client.get(f"resourcegroups/{quote(name)}", params=_GROUPS_VERSION)
        return None if response.status_code == 404 else dict(read_json(response))

    def children(self, parent_id: str, kind: str, *, missing_ok: bool = False) -> list[Document]:
        """The children of one kind that a resource has, such as a service's `apis`.

        Args:
            parent_id: the resource's ARM id.
            kind: the collection's name in the URL.
            missing_ok: return an empty list when the resource does not exist.
        """
        return self._list(f"{parent_id}/{kind}", missing_ok=missing_ok)

    def find(self, resource_id: str, **query: str) -> Document | None:
        """A resource; None when it does not exist."""
        response = self._client.get(self._url(resource_id), params=_VERSION | query)
        if response.status_code == 404:
            return None
        document: Document = read_json(response)
        return document

    def exists(self, resource_id: str) -> bool:
        """Whether a resource exists. Azure answers only HEAD requests for an API in a product."""
        method = "HEAD" if "/products/" in resource_id and "/apis/" in resource_id else "GET"
        response = self._client.request(method, self._url(resource_id), params=_VERSION)
        if response.status_code not in (200, 204, 404):
            raise service_error(response)
        return response.status_code != 404

    def delete(self, resource_id: str, **query: str) -> None:
        """Delete a resource, whatever its version; a soft-deleted service is purged."""
        headers = {"If-Match": "*"}
        require_deleted(self._client.delete(self._url(resource_id), params=_VERSION | query, headers=headers))

    def purge(self, name: str) -> bool:
        """Delete the soft-deleted services of that name for good; whether there was one."""
        found = [each["id"] for each in self.deleted_services() if each["name"].lower() == name.lower()]
        for service_id in found:
            self.delete(service_id)
        return bool(found)

    def _list(self, path: str, *, missing_ok: bool = False) -> list[Document]:
        found: list[Document] = []
        query: Mapping[str, str] | None = _VERSION
        url: str | None = self._url(path)
        while url:
            response = self._client.get(url, params=query)
            if missing_ok and response.status_code == 404:
                return found
            page = read_json(response)
            found += page["value"]
            url, query = page.get("nextLink"), None
        return found

    def _url(self, path: str) -> str:
        """An absolute URL: an ARM id is a path of the host, any other path is below the subscription."""
        return str(self._client.base_url.join(path))


@contextmanager
def manager_of(variables: Mapping[str, str]) -> Iterator[Manager]:
    """The services of the subscription that the variables name, by `open_manager`.

    Raises:
        CredentialsError: credentials or ARM_SUBSCRIPTION_ID are missing, or refused.
        ServiceUnavailableError: Azure cannot be reached.
    """
    with closing(open_manager(variables)) as client:
        yield Manager(client)
