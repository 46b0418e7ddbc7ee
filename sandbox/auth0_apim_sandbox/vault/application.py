"""The data plane of one vault, as an ASGI application.

https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups. Secrets only: keys, certificates, backup and restore are
refused.
"""

import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from auth0_apim_sandbox.store import Store, StoreError
from auth0_apim_sandbox.vault.access import Gatekeeper
from auth0_apim_sandbox.vault.bodies import (
    NewSecret,
    SecretChange,
    bundle,
    deleted_bundle,
    deleted_item,
    item,
    properties,
    read_body,
)
from auth0_apim_sandbox.vault.secret_store import SecretStore
from auth0_apim_sandbox.vault.vault_error import VaultError, bad_parameter, unsupported

API_VERSIONS = (
    *("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6"),
    *("2025-07-01", "2026-04-01"),
)
"""Versions that are answered, all in the same shape."""

LARGEST_PAGE = 25


def create_vault(
    store: Store, url: str, authority: str, fetch: httpx.AsyncClient, clock: Callable[[], float] = time.time
) -> ASGIApp:
    """A vault over `store`.

    Args:
        store: holds the secrets.
        url: absolute URL under which the vault is reached, without a trailing slash; secrets' identifiers start with it.
        authority: absolute URL of the directory's tenant, whose tokens it accepts, without a trailing slash.
        fetch: gets the directory's keys; it must trust the local CA.
        clock: seconds since 1970.
    """
    vault = _Vault(url, SecretStore(store, clock), Gatekeeper(authority, fetch, clock))
    routes = [
        Route("/secrets", vault.answering(vault.list_secrets), methods=["GET"]),
        Route("/secrets/{name}", vault.answering(vault.set), methods=["PUT"]),
        Route("/secrets/{name}", vault.answering(vault.delete), methods=["DELETE"]),
        Route("/secrets/{name}", vault.answering(vault.get), methods=["GET"]),
        Route("/secrets/{name}/", vault.answering(vault.get), methods=["GET"]),
        Route("/secrets/{name}/versions", vault.answering(vault.list_versions), methods=["GET"]),
        Route("/secrets/{name}/{version}", vault.answering(vault.get), methods=["GET"]),
        Route("/secrets/{name}/{version}", vault.answering(vault.change), methods=["PATCH"]),
        Route("/deletedsecrets", vault.answering(vault.list_deleted), methods=["GET"]),
        Route("/deletedsecrets/{name}", vault.answering(vault.get_deleted), methods=["GET"]),
        Route("/deletedsecrets/{name}", vault.answering(vault.purge), methods=["DELETE"]),
        Route("/deletedsecrets/{name}/recover", vault.answering(vault.recover), methods=["POST"]),
        Route("/{path:path}", vault.answering(vault.refuse), methods=["GET", "PUT", "POST", "PATCH", "DELETE"]),
    ]
    return Starlette(routes=routes)


Answer = Callable[[Request, bytes], Response]


class _Vault:
    def __init__(self, url: str, secrets: SecretStore, gatekeeper: Gatekeeper) -> None:
        self._url = url
        self._secrets = secrets
        self._gatekeeper = gatekeeper

    def answering(self, answer: Answer) -> Callable[[Request], Any]:
        """`answer` behind the checks that every call passes, its refusals as documents."""

        async def endpoint(request: Request) -> Response:
            try:
                await self._gatekeeper.check(request.headers.get("authorization"))
                _check_api_version(request)
                response = answer(request, await request.body())
            except VaultError as error:
                response = JSONResponse(error.body(), error.status, headers=error.headers)
            except StoreError as failure:
                response = JSONResponse(VaultError(500, "InternalError", str(failure)).body(), 500)
            response.headers["x-ms-request-id"] = str(uuid.uuid4())
            response.headers["Cache-Control"] = "no-cache"
            return response

        return endpoint

    def set(self, request: Request, body: bytes) -> Response:
        secret, version = self._secrets.set(request.path_params["name"], read_body(NewSecret, body))
        return JSONResponse(bundle(self._url, secret, version))

    def get(self, request: Request, _body: bytes) -> Response:
        secret, version = self._secrets.get(request.path_params["name"], request.path_params.get("version", ""))
        return JSONResponse(bundle(self._url, secret, version))

    def change(self, request: Request, body: bytes) -> Response:
        change = read_body(SecretChange, body)
        secret, version = self._secrets.change(request.path_params["name"], request.path_params["version"], change)
        return JSONResponse(properties(self._url, secret, version))

    def list_secrets(self, request: Request, _body: bytes) -> Response:
        return self._page(request, [item(self._url, secret) for secret in self._secrets.all()])

    def list_versions(self, request: Request, _body: bytes) -> Response:
        secret, versions = self._secrets.versions(request.path_params["name"])
        return self._page(request, [properties(self._url, secret, version) for version in versions])

    def delete(self, request: Request, _body: bytes) -> Response:
        return JSONResponse(deleted_bundle(self._url, self._secrets.delete(request.path_params["name"])))

    def list_deleted(self, request: Request, _body: bytes) -> Response:
        return self._page(request, [deleted_item(self._url, secret) for secret in self._secrets.all_deleted()])

    def get_deleted(self, request: Request, _body: bytes) -> Response:
        return JSONResponse(deleted_bundle(self._url, self._secrets.deleted(request.path_params["name"])))

    def recover(self, request: Request, _body: bytes) -> Response:
        secret, version = self._secrets.recover(request.path_params["name"])
        return JSONResponse(properties(self._url, secret, version))

    def purge(self, request: Request, _body: bytes) -> Response:
        self._secrets.purge(request.path_params["name"])
        return Response(status_code=204)

    def refuse(self, request: Request, _body: bytes) -> Response:
        raise unsupported(f"{request.method} {request.url.path}")

    def _page(self, request: Request, items: list[dict[str, Any]]) -> Response:
        size = _number(request, "maxresults", LARGEST_PAGE)
        if not 1 <= size <= LARGEST_PAGE:
            raise bad_parameter(f"maxresults must be from 1 to {LARGEST_PAGE}.")
        start = _number(request, "$skiptoken", 0)
        following = start + size
        link = f"{self._url}{request.url.path}?api-version={quote(request.query_params['api-version'])}"
        more = f"{link}&$skiptoken={following}&maxresults={size}" if following < len(items) else None
        return JSONResponse({"value": items[start:following], "nextLink": more})


def _check_api_version(request: Request) -> None:
    version = request.query_params.get("api-version")
    if version is None:
        raise bad_parameter("The request is missing the api-version query parameter.")
    if version not in API_VERSIONS:
        raise bad_parameter(f"The specified version ({version}) is not recognized. Use {', '.join(API_VERSIONS)}.")


def _number(request: Request, parameter: str, default: int) -> int:
    text = request.query_params.get(parameter, str(default))
    if not text.isdecimal():
        raise bad_parameter(f"{parameter} must be a number.")
    return int(text)
