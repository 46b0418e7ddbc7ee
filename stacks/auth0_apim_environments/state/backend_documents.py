"""Small documents in the storage of a backend, each created only if it does not exist."""

import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from auth0_apim_environments.errors import StackError

_PACKAGES = {"s3": ("boto3", "s3"), "azblob": ("azure-storage-blob", "azure")}
"""The package that a scheme's storage needs, and the extra of this distribution that installs it."""


class UnknownBackendError(StackError):
    """This backend's storage is not supported, or its package is missing; the message says which."""


class Documents(Protocol):
    """Storage of documents by name, as a lease needs it."""

    def names(self) -> list[str]:
        """The names of all documents, with slashes for those in folders."""

    def read(self, name: str) -> str | None:
        """A document; None when it does not exist."""

    def create(self, name: str, text: str) -> bool:
        """Create a document atomically; False when it exists."""

    def delete(self, name: str) -> None:
        """Delete a document; a document that does not exist is no error."""


def documents_of(backend_url: str, folder: str) -> Documents:
    """The documents in a folder of a backend.

    Args:
        backend_url: the backend, as Pulumi takes it.
        folder: below the backend's root, without slashes at its ends.

    Raises:
        UnknownBackendError: the backend is none of `file://`, `s3://` and `azblob://`, or its package is missing.
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


def _in_cloud(scheme: str, container: str, prefix: str, query: Mapping[str, str]) -> Documents:
    package, extra = _PACKAGES[scheme]
    try:  # the packages are optional
        if scheme == "s3":
            from auth0_apim_environments.state.s3_documents import open_bucket  # noqa: PLC0415

            return open_bucket(container, prefix, query)
        from auth0_apim_environments.state.azure_documents import open_container  # noqa: PLC0415

        return open_container(container, prefix, query)
    except ImportError:
        raise UnknownBackendError(
            f"a backend of {scheme}:// needs the package {package} here: pip install 'auth0-apim-cli[{extra}]'"
        ) from None


_WRITE_SECONDS = 2.0
"""How long an incomplete file may still be written by somebody."""


@dataclass(frozen=True)
class FileDocuments:
    """Documents in a folder."""

    folder: Path

    def names(self) -> list[str]:
        """The names of all documents."""
        return [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()]

    def read(self, name: str) -> str | None:
        """A document; None when it does not exist."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def create(self, name: str, text: str) -> bool:
        """Create a document: written under another name, then linked, which fails if the document exists."""
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
        """Delete a document; a document that does not exist is no error."""
        (self.folder / name).unlink(missing_ok=True)


def file_backend_folder(backend_url: str) -> Path | None:
    """The folder of a `file://` backend; None for any other backend."""
    scheme, _, rest = backend_url.partition("://")
    return Path(rest.partition("?")[0]).expanduser() if scheme == "file" else None


def remove_incomplete_files(backend_url: str) -> bool:
    """Remove attribute files and locks that are incomplete; whether there were any.

    The engine writes a lock under another name first (`….json.….tmp`). If it is killed, or the disk is full, that file stays
    incomplete, and the engine fails whatever it is asked to do, because it cannot read the lock.

    Beside each document the engine keeps a `.attrs` file with its content type and hash (gocloud.dev, `fileblob`), and writes
    it in place, not under another name first. If the engine is killed in that moment, the document cannot be read although
    it is complete; without the file it can.

    Args:
        backend_url: the backend, as Pulumi takes it; only a `file://` backend has such files.
    """
    folder = file_backend_folder(backend_url)
    if folder is None:
        return False
    files = [*(folder / ".pulumi").rglob("*.attrs"), *(folder / ".pulumi" / "locks").rglob("*.tmp")]
    incomplete = [file for file in files if _is_incomplete(file)]
    for file in incomplete:
        file.unlink(missing_ok=True)
    return bool(incomplete)


def _is_incomplete(file: Path) -> bool:
    try:
        text, written = file.read_text(encoding="utf-8"), file.stat().st_mtime
    except FileNotFoundError:
        return False
    try:
        json.loads(text)
    except ValueError:
        # A time in the future is from before the clock was set back.
        return not 0 <= time.time() - written <= _WRITE_SECONDS
    return False
