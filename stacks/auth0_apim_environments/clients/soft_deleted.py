"""Soft-deleted API Management services of a subscription: a name is free again only after a purge.

https://learn.microsoft.com/azure/api-management/soft-delete
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

import httpx

from auth0_apim_environments.clients.credentials import open_manager

_VERSION = {"api-version": "2024-05-01"}


class SoftDeletedServices:
    """The soft-deleted services that one service principal sees. Made by `open_soft_deleted`.

    Args:
        client: of the resource manager, relative to a subscription.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ids(self) -> set[str]:
        """ARM ids of the deleted services, as a purge takes them.

        Raises:
            httpx.HTTPError: the resource manager cannot be reached or refused.
        """
        found: set[str] = set()
        address, query = "providers/Microsoft.ApiManagement/deletedservices", dict(_VERSION)
        while address:
            page = self._client.get(address, params=query or None).raise_for_status().json()
            found |= {service["id"] for service in page["value"]}
            address, query = page.get("nextLink") or "", {}
        return found

    def purge(self, service_id: str) -> None:
        """Delete a soft-deleted service for good.

        Raises:
            httpx.HTTPError: the resource manager cannot be reached or refused.
        """
        address = self._client.base_url.join(service_id)  # an ARM id is a path of the host, not of the subscription
        self._client.delete(address, params=_VERSION).raise_for_status()


@contextmanager
def open_soft_deleted(variables: Mapping[str, str]) -> Iterator[SoftDeletedServices]:
    """Sign in as `open_manager` does.

    Raises:
        CredentialsError: nobody can sign in, or ARM_SUBSCRIPTION_ID is missing.
        ServiceAwayError: Azure cannot be reached.
        httpx.HTTPError: the resource manager refused.
    """
    with closing(open_manager(variables)) as client:
        yield SoftDeletedServices(client)
