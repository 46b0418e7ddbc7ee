"""A backend's own storage: small documents created only where there is none, and the names of those that are there."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from auth0_apim_environments.errors import StackError

_PACKAGES = {"s3": ("boto3", "s3"), "azblob": ("azure-storage-blob", "azure")}
"""The package that a scheme's storage is reached with, and the extra of this distribution that has it."""


class UnknownBackendError(StackError):
    """A backend whose storage is not known here; the message says which ones are."""


class StorageError(StackError):
    """The backend's storage cannot be reached, or refused; the message has its own words."""


class Documents(Protocol):
    """Storage of documents by name, the way a lease needs it."""

    def names(self) -> list[str]:
        """The names of all documents, with slashes for those in folders below."""

    def read(self, name: str) -> str | None:
        """A document; None for one that is gone."""

    def create(self, name: str, text: str) -> bool:
        """Write a document that must not exist; False where it does, atomically."""

    def delete(self, name: str) -> None:
        """Delete a document; one that is gone is fine."""


@dataclass(frozen=True)
class FileDocuments:
    """Documents in a folder of a file backend."""

    folder: Path

    def names(self) -> list[str]:
        """The names of all documents."""
        return [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()]

    def read(self, name: str) -> str | None:
        """A document; None for one that is gone."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def create(self, name: str, text: str) -> bool:
        """Write a document that must not exist: complete under another name, then linked, which fails if it does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder.parent / f"{name}.{secrets.token_hex(8)}"
        unfinished.write_text(text, encoding="utf-8")
        try:
            os.link(unfinished, self.folder / name)
        except FileExistsError:
            return False
        finally:
            unfinished.unlink()
        return True

    def delete(self, name: str) -> None:
        """Delete a document; one that is gone is fine."""
        (self.folder / name).unlink(missing_ok=True)


def documents_of(backend_url: str, folder: str) -> Documents:
    """The documents in a folder of a backend.

    Args:
        backend_url: the backend, as Pulumi takes it.
        folder: below the backend's root, without slashes at its ends.

    Raises:
        UnknownBackendError: the backend is none of `file://`, `s3://` and `azblob://`, or the package for it is missing.
    """
    if root := file_backend_folder(backend_url):
        return FileDocuments(root / folder)
    parts = urlsplit(backend_url)
    if parts.scheme not in _PACKAGES:
        raise UnknownBackendError(
            f"a backend of {parts.scheme or 'no scheme'}:// has no conditional writes here, which a reaper's lease "
            "needs: use file://, s3:// or azblob://; Pulumi Cloud has TTL stacks of its own"
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return _in_cloud(parts.scheme, parts.netloc, f"{parts.path.strip('/')}/{folder}/".lstrip("/"), query)


def file_backend_folder(backend_url: str) -> Path | None:
    """The folder of a `file://` backend; None for another one."""
    scheme, _, rest = backend_url.partition("://")
    return Path(rest.partition("?")[0]).expanduser() if scheme == "file" else None


def _in_cloud(scheme: str, container: str, prefix: str, query: Mapping[str, str]) -> Documents:
    package, extra = _PACKAGES[scheme]
    try:  # only teams whose state is there have the package
        if scheme == "s3":
            from auth0_apim_environments.state.s3_documents import open_bucket  # noqa: PLC0415

            return open_bucket(container, prefix, query)
        from auth0_apim_environments.state.azure_documents import open_container  # noqa: PLC0415

        return open_container(container, prefix, query)
    except ImportError:
        raise UnknownBackendError(
            f"a backend of {scheme}:// needs the package {package} here: pip install 'pulumi-auth0-apim[{extra}]'"
        ) from None
