"""Soft-deleted API Management services of a subscription: a name is free again only after a purge.

https://learn.microsoft.com/azure/api-management/soft-delete
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_AZURE = "https://management.azure.com"
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


class AzureLoginError(Exception):
    """Azure cannot be asked, with the cause and the next step."""


@contextmanager
def open_soft_deleted(variables: Mapping[str, str]) -> Iterator[SoftDeletedServices]:
    """Sign in where `variables` say: ARM_METADATA_HOSTNAME and SSL_CERT_FILE name a sandbox, without them it is Azure.

    In Azure the service principal of ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET signs in, or whoever `az login` knows.

    Raises:
        AzureLoginError: nobody can sign in, or ARM_SUBSCRIPTION_ID is missing.
        httpx.HTTPError: the resource manager cannot be reached or refused.
    """
    subscription_id = variables.get("ARM_SUBSCRIPTION_ID")
    if not subscription_id:
        raise AzureLoginError("which subscription? set ARM_SUBSCRIPTION_ID")
    host = variables.get("ARM_METADATA_HOSTNAME")
    endpoint = f"https://{host}" if host else _AZURE
    trust = ssl.create_default_context(cafile=variables.get("SSL_CERT_FILE"))
    with httpx.Client(base_url=endpoint, verify=trust, trust_env=False, timeout=60) as client:
        token = _sandbox_token(client, endpoint, variables) if host else _azure_token(variables)
        client.headers["Authorization"] = f"Bearer {token}"
        yield SoftDeletedServices(client, subscription_id)


def _sandbox_token(client: httpx.Client, endpoint: str, variables: Mapping[str, str]) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": variables["ARM_CLIENT_ID"],
        "client_secret": variables["ARM_CLIENT_SECRET"],
        "scope": f"{endpoint}/.default",
    }
    answer = client.post(f"/{variables['ARM_TENANT_ID']}/oauth2/v2.0/token", data=form).raise_for_status()
    return str(answer.json()["access_token"])


def _azure_token(variables: Mapping[str, str]) -> str:
    try:
        from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415
    except ImportError:
        raise AzureLoginError(
            "signing in to Azure needs the package azure-identity: pip install azure-identity"
        ) from None
    try:
        return _azure_credential(variables).get_token(f"{_AZURE}/.default").token
    except ClientAuthenticationError as error:
        raise AzureLoginError(f"Azure does not let this machine in: {error.message}") from None


def _azure_credential(variables: Mapping[str, str]) -> "TokenCredential":
    from azure.identity import AzureCliCredential, ClientSecretCredential  # noqa: PLC0415

    names = ("ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_CLIENT_SECRET")
    tenant, client, secret = (variables.get(name, "") for name in names)
    if tenant and client and secret:
        return ClientSecretCredential(tenant, client, secret)
    return AzureCliCredential()
