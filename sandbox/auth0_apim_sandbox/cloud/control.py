"""The control endpoint: health, and failures on order."""

from collections.abc import Callable
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
    return metadata.version("pulumi-auth0-apim")


def create_control(status: Callable[[], dict[str, Any]], faults: Faults) -> ASGIApp:
    """`GET /healthz` answers `status` with the version; `POST`, `GET` and `DELETE /faults` order failures,
    show them and cancel them.

    A web page that a browser on this machine shows can reach it too: a foreign `Host` (DNS rebinding) is refused, and so is
    an order that is not `application/json` (a page cannot send that to another origin unasked).
    """

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": version(), **status()})

    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/faults", faults.show, methods=["GET"]),
            Route("/faults", faults.order, methods=["POST"]),
            Route("/faults", faults.cancel, methods=["DELETE"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])],
    )
