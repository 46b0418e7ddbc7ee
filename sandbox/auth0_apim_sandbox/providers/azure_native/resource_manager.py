"""A client of the Azure resource manager, with the official provider's habits.

Its endpoints come from `/metadata/endpoints`, its tokens by client credentials from the login endpoint named there
(https://learn.microsoft.com/azure/azure-resource-manager/management/overview). Long-running operations are followed to
their end (https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/async-api-reference.md).
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from auth0_apim_sandbox.providers.plugin.errors import ProviderError

METADATA_VERSION = "2022-09-01"
RETRIED = frozenset({408, 429, 500, 502, 503, 504})
IN_PROGRESS = "AnotherOperationInProgress"
"""The only conflict that is tried again."""
TRIES = 4
TOKEN_MARGIN = 60.0
"""Seconds before its expiry at which a token is no longer used."""
ENDED = frozenset({"Succeeded", "Failed", "Canceled"})


class ResourceManagerError(ProviderError):
    """An error answer of the resource manager; `begun` is whether it ends an operation that had begun well."""

    def __init__(self, status: int, sentence: str, *, begun: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.begun = begun


@dataclass(frozen=True)
class Identity:
    """The service principal that requests are made as."""

    tenant_id: str
    client_id: str
    client_secret: str


class ResourceManager:
    """The resource manager at one endpoint, as one identity."""

    def __init__(self, http: httpx.AsyncClient, endpoint: str, identity: Identity) -> None:
        self._http = http
        self._endpoint = endpoint
        self._identity = identity
        self._token = ""
        self._expires_at = 0.0
        self._lock = asyncio.Lock()

    async def get(self, path: str, api_version: str) -> dict[str, Any]:
        """The document of an id. Raises ResourceManagerError."""
        return _document(await self._checked("GET", path, api_version))

    async def find(self, path: str, api_version: str) -> dict[str, Any] | None:
        """The document of an id, or None when there is none."""
        answer = await self.send("GET", path, api_version)
        return None if answer.status_code == 404 else _document(_checked(answer, "GET", path))

    async def exists(self, path: str, api_version: str) -> bool:
        """Whether there is something that answers only HEAD."""
        answer = await self.send("HEAD", path, api_version)
        return answer.status_code != 404 and _checked(answer, "HEAD", path).status_code < 300

    async def put(
        self, path: str, api_version: str, body: Mapping[str, Any], query: Mapping[str, str]
    ) -> dict[str, Any]:
        """The document that a PUT leaves behind, after a long-running operation if it starts one."""
        answer = await self._checked("PUT", path, api_version, json=dict(body), query=query)
        if await self._followed(answer, path):
            return await self.get(path, api_version)
        return _document(answer)

    async def post(self, path: str, api_version: str) -> dict[str, Any]:
        """The answer to a POST without a body."""
        return _document(await self._checked("POST", path, api_version))

    async def delete(self, path: str, api_version: str) -> None:
        """Deletes; nothing there is no error."""
        answer = await self.send("DELETE", path, api_version)
        if answer.status_code != 404:
            await self._followed(_checked(answer, "DELETE", path), path)

    async def send(self, method: str, path: str, api_version: str, **options: Any) -> httpx.Response:
        """The answer to one request, whatever its status, after the tries that its status asks for."""
        url = path if path.startswith("https://") else f"{self._endpoint}{path}"
        query = {"api-version": api_version, **options.pop("query", {})} if api_version else None
        for attempt in range(TRIES):
            headers = {"Authorization": f"Bearer {await self._bearer()}", "Accept": "application/json"}
            answer = await self._request(method, url, params=query, headers=headers, **options)
            if attempt == TRIES - 1:
                break
            if answer.status_code == 401 and attempt == 0:
                self._expires_at = 0.0  # the service's clock decides; it may have been set, or this machine have slept
                continue
            if not _is_retried(answer):
                break
            await asyncio.sleep(_wait(answer, 0.2 * 4**attempt))
        return answer

    async def _checked(self, method: str, path: str, api_version: str, **options: Any) -> httpx.Response:
        return _checked(await self.send(method, path, api_version, **options), method, path)

    async def _followed(self, answer: httpx.Response, path: str) -> bool:
        """Waits for the end of the operation that an answer starts; False when it starts none.

        The first question is asked at once: the local resource manager is done by then.
        """
        operation = answer.headers.get("Azure-AsyncOperation")
        location = answer.headers.get("Location") if answer.status_code == 202 else None
        while operation:
            answer = await self._checked("GET", operation, "")
            status = answer.json()["status"]
            if status in ENDED:
                if status != "Succeeded":
                    raise ResourceManagerError(
                        answer.status_code, f"The operation on {path} {status}: {_reason(answer)}", begun=True
                    )
                return True
            await asyncio.sleep(_wait(answer, 1.0))
        while location:
            answer = await self.send("GET", location, "")
            if answer.status_code >= 400:
                sentence = f"The operation on {path} failed: {answer.status_code} {_reason(answer)}"
                raise ResourceManagerError(answer.status_code, sentence, begun=True)
            if answer.status_code != 202:
                return True
            await asyncio.sleep(_wait(answer, 1.0))
        return False

    async def _bearer(self) -> str:
        async with self._lock:
            if time.monotonic() >= self._expires_at - TOKEN_MARGIN:
                await self._sign_in()
            return self._token

    async def _sign_in(self) -> None:
        metadata_url = f"{self._endpoint}/metadata/endpoints"
        metadata = _checked(
            await self._request("GET", metadata_url, params={"api-version": METADATA_VERSION}), "GET", metadata_url
        ).json()
        authentication = metadata["authentication"]
        login = authentication["loginEndpoint"].rstrip("/")
        form = {
            "grant_type": "client_credentials",
            "client_id": self._identity.client_id,
            "client_secret": self._identity.client_secret,
            "scope": f"{authentication['audiences'][0].rstrip('/')}/.default",
        }
        answer = await self._request("POST", f"{login}/{self._identity.tenant_id}/oauth2/v2.0/token", data=form)
        if answer.status_code != 200:
            raise ResourceManagerError(
                answer.status_code, f"No token for the resource manager from {login}: {_reason(answer)}"
            )
        token = answer.json()
        self._token, self._expires_at = token["access_token"], time.monotonic() + float(token["expires_in"])

    async def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, url, **options)
        except httpx.TransportError as error:
            raise ProviderError(
                f"The resource manager at {self._endpoint} does not answer ({type(error).__name__}); "
                "is the sandbox running?"
            ) from None


def _checked(answer: httpx.Response, method: str, path: str) -> httpx.Response:
    if answer.status_code >= 400:
        raise ResourceManagerError(answer.status_code, f"{method} {path}: {answer.status_code} {_reason(answer)}")
    return answer


def _document(answer: httpx.Response) -> dict[str, Any]:
    return dict(answer.json()) if answer.content else {}


def _is_retried(answer: httpx.Response) -> bool:
    return answer.status_code in RETRIED or (answer.status_code == 409 and _error(answer).get("code") == IN_PROGRESS)


def _wait(answer: httpx.Response, seconds: float) -> float:
    after = answer.headers.get("Retry-After", "")
    return float(after) if after.isdigit() else seconds


def _error(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return error
    return {"code": error, "message": body.get("error_description", "")} if isinstance(error, str) else {}


def _reason(answer: httpx.Response) -> str:
    error = _error(answer)
    details = "; ".join(
        f"{detail.get('target') or detail.get('code')}: {detail.get('message')}"
        for detail in error.get("details") or []
    )
    parts = [error.get("code") or answer.reason_phrase, error.get("message"), details]
    return ": ".join(part.rstrip(":") for part in parts if part)
