"""The control endpoint: health, and failures on order; and the token that its owner shows here and at telemetry."""

import hmac
from collections.abc import Awaitable, Callable
from importlib import metadata
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from auth0_apim_sandbox.cloud.faults import Faults


def version() -> str:
    """Of this distribution."""
    return metadata.version("auth0-apim-cli")


Endpoint = Callable[[Request], Awaitable[Response]]


def shows(request: Request, token: str) -> bool:
    """Whether `request` carries the bearer `token`."""
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())


def owners(endpoint: Endpoint, token: str) -> Endpoint:
    """`endpoint` for those who show `token`; 401 for all others, as any user of the machine may ask."""

    async def checked(request: Request) -> Response:
        if shows(request, token):
            return await endpoint(request)
        message = (
            "the bearer token of this sandbox is in the file control-header of its folder: curl -H @control-header"
        )
        return JSONResponse({"error": message}, 401, {"WWW-Authenticate": "Bearer"})

    return checked


def create_control(status: Callable[[], dict[str, Any]], faults: Faults, token: str) -> ASGIApp:
    """`GET /healthz` answers `status` with the version to those who show `token`, and to others that it is well;
    `POST`, `GET` and `DELETE /faults` with the token order failures, show them and cancel them.

    A web page that a browser on this machine shows can reach it too: a foreign `Host` (DNS rebinding) is refused, and so is
    an order that is not `application/json` (a page cannot send that to another origin unasked).
    """

    async def healthz(request: Request) -> Response:
        details = {"version": version(), **status()} if shows(request, token) else {}
        return JSONResponse({"status": "ok", **details})

    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/faults", owners(faults.show, token), methods=["GET"]),
            Route("/faults", owners(faults.order, token), methods=["POST"]),
            Route("/faults", owners(faults.cancel, token), methods=["DELETE"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])],
    )
