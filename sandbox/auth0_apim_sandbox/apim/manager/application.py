"""The resource manager as an ASGI application: every call is parsed, authenticated and handed to its kind."""

import logging
import time
import traceback
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from auth0_apim_sandbox.apim.arm.calls import Manager, ServiceHost
from auth0_apim_sandbox.apim.arm.errors import ArmError, ValidationFailed
from auth0_apim_sandbox.apim.arm.inventory import Inventory
from auth0_apim_sandbox.apim.arm.key_vault import KeyVault, principal_of
from auth0_apim_sandbox.apim.arm.long_running import LongRunning
from auth0_apim_sandbox.apim.arm.request import ArmRequest, read_request
from auth0_apim_sandbox.apim.manager.directory import Directory, DirectoryError
from auth0_apim_sandbox.apim.manager.metadata import endpoints
from auth0_apim_sandbox.apim.manager.routing import route
from auth0_apim_sandbox.apim.resources.named_values import refresh_secrets
from auth0_apim_sandbox.apim.services.resource_groups import write_group
from auth0_apim_sandbox.apim.services.service import open_gateways
from auth0_apim_sandbox.apim.tracing import Tracing
from auth0_apim_sandbox.store import Store, StoreError

_log = logging.getLogger(__name__)
_UNEXPECTED = "The local resource manager met an unexpected error."
_NO_CACHE = {
    "Cache-Control": "no-cache",
    "Pragma": "no-cache",
    "Expires": "-1",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


def create_resource_manager(  # noqa: PLR0913 - everything that a resource manager is of
    store: Store,
    endpoint: str,
    host: ServiceHost,
    fetch: httpx.AsyncClient,
    clock: Callable[[], float] = time.time,
    *,
    vault_url: str | None = None,
    portal_host: str = "developer.localhost",
) -> "ResourceManager":
    """Azure's resource manager with `Microsoft.ApiManagement`, its directory and its metadata, over `store`.

    Args:
        store: holds the documents; the resource group `local` is made in a new one.
        endpoint: absolute URL under which the application is reached, without a trailing slash.
        host: opens a gateway for every service.
        fetch: fetches OpenID documents, linked API documents and linked policies; it must trust the local CA.
        clock: seconds since 1970.
        vault_url: absolute URL of the Key Vault that named values may refer to, without a trailing slash.
        portal_host: authority below which services have their developer portals: `https://{service}.{portal_host}`.
    """
    directory = Directory(store, endpoint, clock)
    vault = KeyVault(vault_url, fetch, directory.identity_token)
    operations = LongRunning(endpoint)
    tracing = partial(Tracing, store)
    parts = (endpoint, host, fetch, vault, operations, portal_host, tracing, clock)
    manager = Manager(Inventory(store), directory.client, *parts)
    if not manager.inventory.resources:
        with manager.inventory.transaction():
            write_group(manager, "local", "westeurope", {})
    return ResourceManager(manager, directory)


class ResourceManager:
    """See `create_resource_manager`."""

    def __init__(self, manager: Manager, directory: Directory) -> None:
        self._manager = manager
        self._directory = directory

    def identity_token(self, service_id: str, resource: str, client_id: str | None) -> str:
        """The access token of a service's managed identity for `resource`: of the one with `client_id`, else of its own.

        Raises:
            LookupError: the service has no such identity.
        """
        service = self._manager.inventory.get(service_id)
        try:
            principal = principal_of(service or {"name": service_id}, client_id)
        except ValidationFailed as error:
            raise LookupError(error.problems[0][1]) from None
        return self._directory.identity_token(principal, resource.rstrip("/"))

    async def open_gateways(self) -> None:
        """Open the gateways of the services in the store; the process around calls this once, before the first request."""
        await open_gateways(self._manager)

    async def refresh_secrets(self) -> None:
        """Read anew what is due of the secrets that named values have in vaults; the process around calls this regularly."""
        await refresh_secrets(self._manager)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"the resource manager speaks HTTP, not {scope['type']}")
        sent = Request(scope, receive)
        try:
            response = await self._answer(await read_request(sent))
        except ArmError as error:
            response = _error(error)
        except DirectoryError as error:
            response = JSONResponse(error.body(self._manager.clock()), error.status)
        except StoreError as error:
            response = _error(ArmError(500, "InternalServerError", str(error)))
        except Exception as error:  # noqa: BLE001 - clients read an error document, whatever has happened
            # Where it happened and not its message, which may quote what was sent.
            _log.error("an unexpected %s:\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            response = _error(ArmError(500, "InternalServerError", _UNEXPECTED))
        _identify(sent, response)
        await response(scope, receive, send)

    async def _answer(self, request: ArmRequest) -> Response:
        segments = [segment for segment in request.path.split("/") if segment]
        if segments[:2] == ["metadata", "endpoints"] and request.method == "GET":
            return self._metadata(request)
        directory_answer = self._directory_answer(request, segments)
        if directory_answer is not None:
            return JSONResponse(directory_answer)
        self._directory.check(request.headers.get("authorization"))
        return await route(self._manager, request, segments)

    def _metadata(self, request: ArmRequest) -> Response:
        version = request.query.get("api-version", "2015-01-01")
        return JSONResponse(endpoints(self._manager.endpoint, self._manager.client.tenant_id, version))

    def _directory_answer(self, request: ArmRequest, segments: list[str]) -> dict[str, Any] | None:
        """The directory's answer, None when the path is not one of the directory's."""
        tenant, rest = (segments[0], "/".join(segments[1:])) if segments else ("", "")
        if request.method == "POST" and rest in ("oauth2/v2.0/token", "oauth2/token"):
            version = 2 if "v2.0" in rest else 1
            return self._directory.token(tenant, version, request.body, request.headers.get("authorization"))
        if request.method == "GET" and rest in (
            "v2.0/.well-known/openid-configuration",
            ".well-known/openid-configuration",
        ):
            return self._directory.openid_configuration(tenant)
        if request.method == "GET" and rest in ("discovery/v2.0/keys", "discovery/keys"):
            return self._directory.keys(tenant)
        return None


def _error(error: ArmError) -> Response:
    return JSONResponse(error.body(), error.status, headers={**error.headers, "x-ms-error-code": error.code})


def _identify(sent: Request, response: Response) -> None:
    """Add the headers that every answer carries."""
    client_request_id = sent.headers.get("x-ms-client-request-id")
    request_id = str(uuid.uuid4())
    response.headers["x-ms-request-id"] = request_id
    response.headers["x-ms-correlation-request-id"] = sent.headers.get("x-ms-correlation-request-id") or request_id
    if response.headers.get("Content-Type") == "application/json":
        response.headers["Content-Type"] = "application/json; charset=utf-8"
    if client_request_id and sent.headers.get("x-ms-return-client-request-id", "").lower() == "true":
        response.headers["x-ms-client-request-id"] = client_request_id
    for name, value in _NO_CACHE.items():
        response.headers[name] = value


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
