"""A call to the resource manager, read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.requests import Request

from auth0_apim_sandbox.apim.arm.contract import read_json
from auth0_apim_sandbox.apim.arm.errors import ArmError, ProviderError
from auth0_apim_sandbox.apim.arm.inventory import Document

API_VERSIONS = ("2021-08-01", "2022-08-01", "2023-03-01-preview", "2024-05-01")
"""Versions of the provider that are answered, all in the shape of the last one; the open-source developer portal asks for the preview."""

_RESOURCES_VERSION = re.compile(r"20(1[4-9]|2[0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(-preview)?")

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a body that are read at most."""


@dataclass(frozen=True)
class ArmRequest:
    """What was sent.

    Attributes:
        method: the HTTP method, in upper case.
        path: the path, percent-decoded, without a trailing slash.
        query: query parameters, of repeated ones the first; names as they were sent, `api-version` in lower case.
        headers: headers with names in lower case.
        body: the raw body.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def version(self) -> str:
        """The api-version."""
        return self.query["api-version"]

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, which is not to be changed; raises ArmError when it is none."""
        return self._json

    @cached_property
    def _json(self) -> dict[str, Any]:
        # Megabytes take their time, and whoever handles the call asks more than once.
        return read_json(self.body, self.headers.get("content-type"))

    def is_true(self, parameter: str) -> bool:
        """Whether the query parameter is `true`."""
        return self.query.get(parameter, "").lower() == "true"

    def check_if_match(self, existing: Document | None) -> None:
        """Compare `If-Match`, when it was sent, with the ETag of what exists.

        The specification requires the header on PATCH and DELETE, and Azure's SDKs send `*`, but the service
        answers clients that leave it out, so its absence is fine.

        Raises:
            ProviderError: 412.
        """
        wanted = self.headers.get("if-match")
        if wanted is None or wanted.strip() == "*":
            return
        tags = {tag.strip().removeprefix("W/").strip('"') for tag in wanted.split(",")}
        if existing is None or existing["etag"] not in tags:
            raise ProviderError(412, "PreconditionFailed", "Resource was modified since last retrieval.")


def check_api_version(request: ArmRequest, *, is_provider: bool) -> None:
    """Raise ArmError 400 unless the provider, or Resource Manager itself, has the api-version that is asked for."""
    version = request.query.get("api-version", "")
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise ArmError(400, "MissingApiVersionParameter", message)
    if is_provider and version not in API_VERSIONS:
        message = (
            f"No registered resource provider found for API version '{version}' for type 'service'. "
            f"The supported api-versions are '{', '.join(API_VERSIONS)}'."
        )
        raise ArmError(400, "NoRegisteredProviderFound", message)
    if not is_provider and not _RESOURCES_VERSION.fullmatch(version):
        raise ArmError(400, "InvalidApiVersionParameter", f"The api-version '{version}' is invalid.")


async def read_request(sent: Request) -> ArmRequest:
    """What was sent.

    Raises:
        ArmError: 413, the body is too large; 400, the path is none.
    """
    body = bytearray()
    async for chunk in sent.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            message = f"The request content is larger than {LARGEST_BODY} bytes."
            raise ArmError(413, "RequestContentTooLarge", message)
    query: dict[str, str] = {}
    for name, value in sent.query_params.multi_items():
        query.setdefault("api-version" if name.lower() == "api-version" else name, value)
    headers = {name.lower(): value for name, value in sent.headers.items()}
    path = "/" + sent.scope["path"].strip("/")
    if re.search(r"[\x00-\x1f\x7f]", path):
        raise ArmError(400, "BadRequest", "The request URI is invalid: there are control characters in its path.")
    return ArmRequest(sent.method, path, query, headers, bytes(body))
