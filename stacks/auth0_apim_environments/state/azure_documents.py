"""Documents of an `azblob://` backend, in Azure Blob Storage.

The URL and the variables are those that the engine takes (gocloud.dev/blob/azureblob).
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.storage.blob import ContainerClient

from auth0_apim_environments.errors import StorageError

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
        with self._storage_errors():
            found = list(self.client.list_blob_names(name_starts_with=self.prefix))
        return [name.removeprefix(self.prefix) for name in found]

    def read(self, name: str) -> str | None:
        """A document; None when it does not exist."""
        with self._storage_errors():
            try:
                return self.client.download_blob(self.prefix + name).readall().decode()
            except ResourceNotFoundError:
                return None

    def create(self, name: str, text: str) -> bool:
        """Create a document; False when it exists."""
        with self._storage_errors():
            try:
                self.client.upload_blob(self.prefix + name, text.encode(), overwrite=False)
            except (ResourceExistsError, ResourceModifiedError):
                return False
        return True

    def delete(self, name: str) -> None:
        """Delete a document; a document that does not exist is no error."""
        with self._storage_errors():
            try:
                self.client.delete_blob(self.prefix + name)
            except ResourceNotFoundError:
                return

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except AzureError as error:
            container = self.client.container_name
            raise StorageError(f"the container '{container}' cannot be used: {error.message}") from None


def open_container(container: str, prefix: str, query: Mapping[str, str]) -> BlobDocuments:
    """The documents below `prefix` of a container.

    The account is the query's `storage_account` or AZURE_STORAGE_ACCOUNT. The credentials are AZURE_STORAGE_KEY,
    AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING, otherwise those that `DefaultAzureCredential` finds.

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
            f"the storage account of container '{container}' is missing: set AZURE_STORAGE_ACCOUNT, or write azblob://{container}?"
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
