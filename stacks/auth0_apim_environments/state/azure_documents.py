"""A backend's documents in Azure Blob Storage, found and signed in to as the engine does it.

The engine's URL and variables are those of gocloud.dev/blob/azureblob.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.storage.blob import ContainerClient

from auth0_apim_environments.state.backend_documents import StorageError

_AZURE = "blob.core.windows.net"


@dataclass(frozen=True)
class BlobDocuments:
    """Documents in a container, created by conditional writes (`If-None-Match: *`).

    https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
    """

    client: ContainerClient
    prefix: str

    def names(self) -> list[str]:
        """The names of all documents."""
        with self._told():
            found = list(self.client.list_blob_names(name_starts_with=self.prefix))
        return [name.removeprefix(self.prefix) for name in found]

    def read(self, name: str) -> str | None:
        """A document; None for one that is gone."""
        with self._told():
            try:
                return self.client.download_blob(self.prefix + name).readall().decode()
            except ResourceNotFoundError:
                return None

    def create(self, name: str, text: str) -> bool:
        """Write a document that must not exist; False where it does."""
        with self._told():
            try:
                self.client.upload_blob(self.prefix + name, text.encode(), overwrite=False)
            except (ResourceExistsError, ResourceModifiedError):
                return False
        return True

    def delete(self, name: str) -> None:
        """Delete a document; one that is gone is fine."""
        with self._told():
            try:
                self.client.delete_blob(self.prefix + name)
            except ResourceNotFoundError:
                return

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except AzureError as error:
            container = self.client.container_name
            raise StorageError(f"the container '{container}' cannot be used: {error.message}") from None


def open_container(container: str, prefix: str, query: Mapping[str, str]) -> BlobDocuments:
    """The documents below `prefix` of a container.

    The account is the query's `storage_account` or AZURE_STORAGE_ACCOUNT; it is signed in to with AZURE_STORAGE_KEY,
    AZURE_STORAGE_SAS_TOKEN, AZURE_STORAGE_CONNECTION_STRING, or as whoever `az login` or AZURE_CLIENT_ID name.

    Args:
        container: its name.
        prefix: with a slash at its end.
        query: of the backend's URL: storage_account, domain, protocol, localemu.

    Raises:
        StorageError: no account is named.
    """
    account = query.get("storage_account") or os.environ.get("AZURE_STORAGE_ACCOUNT", "")
    key, sas = os.environ.get("AZURE_STORAGE_KEY"), os.environ.get("AZURE_STORAGE_SAS_TOKEN")
    connection = os.environ.get("AZURE_STORAGE_CONNECTION_STRING")
    if connection and not key and not sas:
        return BlobDocuments(ContainerClient.from_connection_string(connection, container), prefix)
    if not account:
        raise StorageError(
            f"whose container is '{container}'? Set AZURE_STORAGE_ACCOUNT, or write azblob://{container}?"
            "storage_account=contosostate"
        )
    credential = {"account_name": account, "account_key": key} if key else sas or DefaultAzureCredential()
    return BlobDocuments(ContainerClient(_account_url(account, query), container, credential), prefix)


def _account_url(account: str, query: Mapping[str, str]) -> str:
    domain = query.get("domain") or os.environ.get("AZURE_STORAGE_DOMAIN") or _AZURE
    protocol = query.get("protocol") or os.environ.get("AZURE_STORAGE_PROTOCOL") or "https"
    emulated = query.get("localemu") or os.environ.get("AZURE_STORAGE_IS_LOCAL_EMULATOR", "")
    if domain.startswith(("127.0.0.1", "localhost")) or emulated.lower() in {"1", "t", "true"}:
        return f"{protocol}://{domain}/{account}"
    return f"{protocol}://{account}.{domain}"
