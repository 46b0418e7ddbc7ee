"""A call to the resource manager, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.apim.arm.contract import read_json
from auth0_apim_sandbox.apim.arm.errors import ProviderError
from auth0_apim_sandbox.apim.arm.inventory import Document


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
        """The body as a JSON object; raises ArmError when it is none."""
        return read_json(self.body, self.headers.get("content-type"))

    def says(self, parameter: str) -> bool:
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
