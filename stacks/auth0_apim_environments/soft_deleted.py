"""Soft-deleted API Management services of a sandbox's subscription: a name is free again only after a purge.

https://learn.microsoft.com/azure/api-management/soft-delete
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

_VERSION = {"api-version": "2024-05-01"}


class SoftDeletedServices:
    """The soft-deleted services that one service principal sees. Made by `open_soft_deleted`."""

    def __init__(self, client: httpx.Client, subscription_id: str) -> None:
        self._client = client
        self._list = f"/subscriptions/{subscription_id}/providers/Microsoft.ApiManagement/deletedservices"

    def ids(self) -> set[str]:
        """ARM ids of the deleted services, as a purge takes them.

        Raises:
            httpx.HTTPError: the resource manager cannot be reached or refused.
        """
        answer = self._client.get(self._list, params=_VERSION).raise_for_status()
        return {service["id"] for service in answer.json()["value"]}

    def purge(self, service_id: str) -> None:
        """Delete a soft-deleted service for good.

        Raises:
            httpx.HTTPError: the resource manager cannot be reached or refused.
        """
        self._client.delete(service_id, params=_VERSION).raise_for_status()


@contextmanager
def open_soft_deleted(variables: Mapping[str, str]) -> Iterator[SoftDeletedServices]:
    """Sign in as the sandbox's service principal; `variables` are the sandbox's environment (ARM_*, SSL_CERT_FILE).

    Raises:
        httpx.HTTPError: the sandbox's resource manager cannot be reached or refused.
    """
    endpoint = f"https://{variables['ARM_METADATA_HOSTNAME']}"
    trust = ssl.create_default_context(cafile=variables["SSL_CERT_FILE"])
    with httpx.Client(base_url=endpoint, verify=trust, trust_env=False) as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": variables["ARM_CLIENT_ID"],
            "client_secret": variables["ARM_CLIENT_SECRET"],
            "scope": f"{endpoint}/.default",
        }
        token = client.post(f"/{variables['ARM_TENANT_ID']}/oauth2/v2.0/token", data=form).raise_for_status()
        client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        yield SoftDeletedServices(client, variables["ARM_SUBSCRIPTION_ID"])
