"""The control endpoint: health, failures on order, the overview; and the token that its owner shows here and at telemetry."""

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
from auth0_apim_sandbox.cloud.overview_page import Overview, owners, shows


def version() -> str:
    """Of this distribution."""
    return metadata.version("auth0-apim-cli")


def create_control(
    status: Callable[[], dict[str, Any]], faults: Faults, overview: Callable[[], dict[str, Any]], token: str
) -> ASGIApp:
    """`GET /healthz` answers `status` with the version to those who show `token`, and to others that it is well;
    `POST`, `GET` and `DELETE /faults` with the token order failures, show them and cancel them; `/overview` is a page (see `Overview`).

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
            *Overview(overview, token).routes(),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])],
    )
