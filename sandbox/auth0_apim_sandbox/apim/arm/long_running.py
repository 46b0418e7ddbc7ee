"""Long-running operations, as clients of the provider walk through them.

The local manager is done when it answers, so every operation that it has named has ended when somebody asks: it has
succeeded, or it says why not.
https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/async-api-reference.md, and the live service:
before 2024-05-01 `Location` alone, from then on `Azure-AsyncOperation` as well.
"""

import secrets
from typing import Any
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.errors import ArmError, missing
from auth0_apim_sandbox.apim.arm.request import ArmRequest

FIRST_WITH_STATUS = "2024-05-01"
"""The api-version from which children of a service have the status of an operation, and say `provisioningState`."""

RETRY_AFTER = "1"
"""Seconds between two questions; without it clients wait for 10 to 60."""


class LongRunning:
    """The operations of this process, by their ids."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._results: dict[str, ArmError | None] = {}

    def start_on_child(
        self, request: ArmRequest, service_id: str, final_status: int, refusal: ArmError | None = None
    ) -> dict[str, str]:
        """Start an operation on a child of a service; answers the headers that tell the client where to ask.

        Args:
            request: the call that starts it.
            service_id: id of the service.
            final_status: the status that `Location` answers in the end: 200, 201 or 204.
            refusal: what the operation ends with where it does not succeed.
        """
        operation, version = self._start(secrets.token_hex(12), refusal), request.version
        url = f"{self._endpoint}{quote(request.path)}?api-version={version}"
        headers = {
            "Location": f"{url}&asyncId={operation}&asyncCode={final_status}",
            "Retry-After": RETRY_AFTER,
        }
        if version >= FIRST_WITH_STATUS:
            status_url = f"{self._endpoint}{service_id}/tenant/operationResults/{operation}?api-version={version}"
            headers["Azure-AsyncOperation"] = status_url
        return headers

    def start_on_service(self, request: ArmRequest, service_id: str) -> dict[str, str]:
        """Start an operation on a service itself; answers the headers that tell the client where to ask."""
        operation, version = self._start(secrets.token_urlsafe(24)), request.version
        url = f"{self._endpoint}{service_id}/operationResults/{operation}?api-version={version}"
        headers = {"Location": url, "Retry-After": RETRY_AFTER}
        if version >= "2022-08-01":
            headers |= {"Location": f"{url}&asyncResponse", "Azure-AsyncOperation": f"{url}&asyncResponse"}
        return headers

    def status(self, operation: str) -> Response:
        """The answer about an operation.

        Raises:
            ArmError: 404, there is none with this id.
        """
        if operation not in self._results:
            raise missing("OperationResult")
        refusal = self._results[operation]
        return JSONResponse({"status": "Failed", **refusal.body()} if refusal else {"status": "Succeeded"})

    def final_status(self, request: ArmRequest) -> int | None:
        """The status that the end of an operation gives to a GET of its `Location`, None for any other GET.

        Raises:
            ArmError: the operation was refused.
        """
        code, operation = request.query.get("asyncCode", ""), request.query.get("asyncId", "")
        if code not in ("200", "201", "204") or operation not in self._results:
            return None
        if refusal := self._results[operation]:
            raise refusal
        return int(code)

    def _start(self, operation: str, refusal: ArmError | None = None) -> str:
        self._results[operation] = refusal
        return operation


def in_progress(document: dict[str, Any]) -> dict[str, Any]:
    """A child resource that is being made, as the provider answers it."""
    frame = {name: document[name] for name in ("id", "type", "name")}
    return {**frame, "properties": {"ProvisioningState": "InProgress"}}
