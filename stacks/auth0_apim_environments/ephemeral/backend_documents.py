"""A backend's own storage: small documents created only where there is none, and the names of those that are there."""

import importlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from auth0_apim_environments.deployed_api import StackError


class UnknownBackendError(StackError):
    """A backend whose storage is not known here; the message says which ones are."""


class Documents(Protocol):
    """Storage of documents by name, the way a lease needs it."""

    def names(self) -> list[str]:
        """The names of all documents."""

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
        return [path.name for path in self.folder.glob("*")] if self.folder.exists() else []

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


@dataclass(frozen=True)
class ObjectDocuments:
    """Documents in an S3 bucket, created by conditional writes (`If-None-Match: *`)."""

    client: Any
    bucket: str
    prefix: str

    def names(self) -> list[str]:
        """The names of all documents."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        return [found["Key"].removeprefix(self.prefix) for page in pages for found in page.get("Contents", ())]

    def read(self, name: str) -> str | None:
        """A document; None for one that is gone."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)
        except self.client.exceptions.NoSuchKey:
            return None
        text: str = answer["Body"].read().decode()
        return text

    def create(self, name: str, text: str) -> bool:
        """Write a document that must not exist; False where it does, or where another write of it is under way."""
        key, body = self.prefix + name, text.encode()
        try:
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, IfNoneMatch="*")
        except self.client.exceptions.ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412):
                return False
            raise
        return True

    def delete(self, name: str) -> None:
        """Delete a document; one that is gone is fine."""
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)


def documents_of(backend_url: str, folder: str) -> Documents:
    """The documents in a folder of a backend.

    Args:
        backend_url: the backend, as Pulumi takes it.
        folder: below the backend's root, without slashes at its ends.

    Raises:
        UnknownBackendError: the backend is neither `file://` nor `s3://`, or boto3 is missing for the latter.
    """
    if root := file_backend_folder(backend_url):
        return FileDocuments(root / folder)
    parts = urlsplit(backend_url)
    if parts.scheme == "s3":
        return _objects(parts.netloc, f"{parts.path.strip('/')}/{folder}/".lstrip("/"), parse_qs(parts.query))
    raise UnknownBackendError(
        f"a backend of {parts.scheme or 'no scheme'}:// has no conditional writes here, which a reaper's lease needs: use "
        "file:// or s3://; Pulumi Cloud has TTL stacks of its own"
    )


def file_backend_folder(backend_url: str) -> Path | None:
    """The folder of a `file://` backend; None for another one."""
    scheme, _, rest = backend_url.partition("://")
    return Path(rest.partition("?")[0]).expanduser() if scheme == "file" else None


def _objects(bucket: str, prefix: str, query: dict[str, list[str]]) -> Documents:
    try:
        boto3: Any = importlib.import_module("boto3")  # only teams with S3 need it
        config: Any = importlib.import_module("botocore.config")
    except ImportError:
        raise UnknownBackendError(
            "a backend of s3:// needs the package boto3 here: pip install 'pulumi-auth0-apim[s3]'"
        ) from None
    style = "path" if query.get("use_path_style") == ["true"] or query.get("s3ForcePathStyle") == ["true"] else "auto"
    client = boto3.client(
        "s3",
        region_name=query.get("region", [None])[0],
        endpoint_url=query.get("endpoint", [None])[0],
        config=config.Config(s3={"addressing_style": style}),
    )
    return ObjectDocuments(client, bucket, prefix)
