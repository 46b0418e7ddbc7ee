"""The control endpoint: health, and failures on order."""

from collections.abc import Callable
from importlib import metadata
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from local_cloud.faults import Faults


def version() -> str:
    """Of this distribution."""
    return metadata.version("pulumi-auth0-apim")


def create_control(status: Callable[[], dict[str, Any]], faults: Faults) -> ASGIApp:
    """`GET /healthz` answers `status` with the version; `POST`, `GET` and `DELETE /faults` order failures,
    show them and cancel them."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": version(), **status()})

    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/faults", faults.show, methods=["GET"]),
            Route("/faults", faults.order, methods=["POST"]),
            Route("/faults", faults.cancel, methods=["DELETE"]),
        ]
    )
