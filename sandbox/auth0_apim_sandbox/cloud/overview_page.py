"""The overview page, how a browser gets to see it, and what asks for the control token.

A cookie would go to every port of this machine, whoever listens there; so the page keeps what it shows its data with in the
storage of its own origin. It gets that for a code, good once and for a minute, which stands behind the `#` of a link: what
stands there is sent to nobody and is in no log.
"""

import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

Endpoint = Callable[[Request], Awaitable[Response]]

_FILES = Path(__file__).with_name("page")
_LIFETIME = 60
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def shows(request: Request, token: str) -> bool:
    """Whether `request` carries the bearer `token`."""
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())


def owners(endpoint: Endpoint, *tokens: str) -> Endpoint:
    """`endpoint` for those who show one of `tokens`; 401 for all others, as any user of the machine may ask."""

    async def checked(request: Request) -> Response:
        if any(shows(request, token) for token in tokens):
            return await endpoint(request)
        message = (
            "the bearer token of this sandbox is in the file control-header of its folder: curl -H @control-header"
        )
        return JSONResponse({"error": message}, 401, {"WWW-Authenticate": "Bearer"})

    return checked


class Overview:
    """`GET /overview` is the page, for everybody and without a word of what is deployed; its script gets the rest.

    `POST /overview/links` with the control token answers a link that opens it; `POST /overview/sessions` gives a token for the
    code of a link; `GET /overview/data` answers `data()` to who shows that token or the control's.
    """

    def __init__(
        self, data: Callable[[], dict[str, Any]], token: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._data = data
        self._token = token
        self._clock = clock
        self._session = secrets.token_urlsafe(32)
        self._codes: dict[str, float] = {}

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        files = {"": "overview.html", "/overview.js": "overview.js", "/overview.css": "overview.css"}
        return [
            *(Route(f"/overview{path}", _file(name), methods=["GET"]) for path, name in files.items()),
            Route("/overview/links", owners(self._link, self._token), methods=["POST"]),
            Route("/overview/sessions", self._open, methods=["POST"]),
            Route("/overview/data", owners(self._show, self._token, self._session), methods=["GET"]),
        ]

    async def _link(self, request: Request) -> Response:
        code = secrets.token_urlsafe(32)
        self._codes = {each: ends for each, ends in self._codes.items() if ends > self._clock()}
        self._codes[code] = self._clock() + _LIFETIME
        return JSONResponse({"url": f"{request.base_url}overview#{code}"}, headers=_HEADERS)

    async def _open(self, request: Request) -> Response:
        try:
            code = json.loads(await request.body())["code"]
            ends = self._codes.pop(code, 0)
        except (ValueError, TypeError, KeyError):
            ends = 0
        if ends <= self._clock():
            return JSONResponse({"error": "the link has been used or is older than a minute"}, 403, _HEADERS)
        return JSONResponse({"token": self._session}, headers=_HEADERS)

    async def _show(self, request: Request) -> Response:
        del request
        return JSONResponse(self._data(), headers=_HEADERS)


def _file(name: str) -> Endpoint:
    async def answer(request: Request) -> Response:
        del request
        return FileResponse(_FILES / name, headers=_HEADERS)

    return answer
