"""Documents of an `s3://` backend, in Amazon S3."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from auth0_apim_environments.errors import StorageError


@dataclass(frozen=True)
class ObjectDocuments:
    """Documents in an S3 bucket, created by conditional writes (`If-None-Match: *`).

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """

    client: Any
    bucket: str
    prefix: str

    def names(self) -> list[str]:
        """The names of all documents."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        with self._storage_errors():
            return [found["Key"].removeprefix(self.prefix) for page in pages for found in page.get("Contents", ())]

    def read(self, name: str) -> str | None:
        """A document; None when it does not exist."""
        with self._storage_errors():
            try:
                answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)
            except self.client.exceptions.NoSuchKey:
                return None
            return str(answer["Body"].read().decode())

    def create(self, name: str, text: str) -> bool:
        """Create a document; False when it exists, or when another process is writing it."""
        key, body = self.prefix + name, text.encode()
        with self._storage_errors():
            try:
                self.client.put_object(Bucket=self.bucket, Key=key, Body=body, IfNoneMatch="*")
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412):
                    return False
                raise
        return True

    def delete(self, name: str) -> None:
        """Delete a document; a document that does not exist is no error."""
        with self._storage_errors():
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"the bucket '{self.bucket}' cannot be used: {error}") from None


def open_bucket(bucket: str, prefix: str, query: Mapping[str, str]) -> ObjectDocuments:
    """The documents below `prefix` of a bucket, with the credentials of AWS's variables, profile or role.

    Args:
        bucket: its name.
        prefix: with a slash at its end.
        query: of the backend's URL: region, endpoint, use_path_style.
    """
    style = "path" if "true" in {query.get("use_path_style"), query.get("s3ForcePathStyle")} else "auto"
    client = boto3.client(
        "s3",
        region_name=query.get("region"),
        endpoint_url=query.get("endpoint"),
        config=Config(s3={"addressing_style": style}),
    )
    return ObjectDocuments(client, bucket, prefix)
