"""Application Insights' ingestion endpoint, as an ASGI application, and a look at what it has taken in.

Telemetry items are envelopes of the schema's version 2, one a line or in an array, as they are or compressed
(https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete). Answers are as Azure's clients read them: how many
items came, how many were good, and what is wrong with each of the others.
"""

import json
import zlib
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

MOST_KEPT = 10_000
"""Items that are kept, in memory; the oldest make room."""

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a body that are read at most."""

Endpoint = Callable[[Request], Awaitable[Response]]
Item = dict[str, Any]
_GZIP = 16 + zlib.MAX_WBITS
_TEXTS = ("name", "time", "iKey")


def create_insights(owners: Callable[[Endpoint], Endpoint]) -> ASGIApp:
    """`POST /v2.1/track` and `/v2/track` take items in, for any instrumentation key.

    `GET /telemetry` answers them, oldest first: all, or those of an instrumentation key (`iKey`) or of an operation
    (`operation_Id`). `DELETE /telemetry` forgets them. Both are the sandbox's own: Azure has a query language instead.

    Args:
        owners: makes of an endpoint one that answers the sandbox's owner alone, as what callers sent is in telemetry.
    """
    insights = _Insights()
    routes = [
        Route("/v2.1/track", insights.track, methods=["POST"]),
        Route("/v2/track", insights.track, methods=["POST"]),
        Route("/telemetry", owners(insights.show), methods=["GET"]),
        Route("/telemetry", owners(insights.forget), methods=["DELETE"]),
    ]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])
    return Starlette(routes=routes, middleware=[hosts])


class _Insights:
    def __init__(self) -> None:
        self._items: deque[Item] = deque(maxlen=MOST_KEPT)

    async def track(self, request: Request) -> Response:
        """Take in what is good; 200 when all is, 206 when some is, 400 when none is."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return _answer(413, 0, 0, [{"index": 0, "statusCode": 413, "message": "The payload is too large."}])
        try:
            items = read_items(bytes(body), request.headers.get("content-encoding", ""), LARGEST_BODY)
        except UnreadableError as error:
            return _answer(400, 0, 0, [{"index": 0, "statusCode": 400, "message": str(error)}])
        problems = [problem(item) for item in items]
        good = [item for item, wrong in zip(items, problems, strict=True) if wrong is None]
        errors = [
            {"index": index, "statusCode": 400, "message": wrong} for index, wrong in enumerate(problems) if wrong
        ]
        self._items.extend(good)
        status = 200 if not errors else 206 if good else 400
        return _answer(status, len(items), len(good), errors)

    async def show(self, request: Request) -> Response:
        """The items that were asked for."""
        key, operation = request.query_params.get("iKey"), request.query_params.get("operation_Id")
        found = [
            item
            for item in self._items
            if key in (None, item["iKey"]) and operation in (None, item.get("tags", {}).get("ai.operation.id"))
        ]
        return JSONResponse({"value": found})

    async def forget(self, _request: Request) -> Response:
        """Start over."""
        self._items.clear()
        return Response(status_code=204)


def _answer(status: int, received: int, accepted: int, errors: list[dict[str, object]]) -> Response:
    return JSONResponse({"itemsReceived": received, "itemsAccepted": accepted, "errors": errors}, status)


class UnreadableError(Exception):
    """A body that holds no items at all; the message says why."""


def read_items(body: bytes, encoding: str, largest: int) -> list[Any]:
    """The items in `body`, good ones and others.

    Args:
        body: as it was sent.
        encoding: `gzip`, or empty.
        largest: bytes of the body at most, when it is not compressed any more.

    Raises:
        UnreadableError: the body cannot be read, or has no items.
    """
    text = _text(body, encoding.strip().lower(), largest)
    try:
        if text.lstrip().startswith("["):
            items: list[Any] = json.loads(text)
        else:
            items = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise UnreadableError("The payload is not JSON: an array of items, or one item a line.") from None
    if not items:
        raise UnreadableError("The payload has no items.")
    return items


def problem(item: Any) -> str | None:
    """What is wrong with an item, None when nothing is."""
    if not isinstance(item, dict):
        return "The item is not an object."
    for name in _TEXTS:
        if not isinstance(item.get(name), str) or not item[name]:
            return f"Field '{name}' on type 'Envelope' is required but missing or empty."
    try:
        datetime.fromisoformat(item["time"].replace("Z", "+00:00"))
    except ValueError:
        return "Field 'time' on type 'Envelope' is not a point in time."
    if not isinstance(item.get("tags", {}), dict):
        return "Field 'tags' on type 'Envelope' is not an object."
    data = item.get("data")
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("baseType"), str)
        or not isinstance(data.get("baseData"), dict)
    ):
        return "Field 'data' on type 'Envelope' must have 'baseType' and 'baseData'."
    return None


def _text(body: bytes, encoding: str, largest: int) -> str:
    try:
        return _plain(body, encoding, largest).decode("utf-8")
    except (UnicodeDecodeError, zlib.error):
        raise UnreadableError("The payload is not UTF-8, or not the gzip that Content-Encoding says.") from None


def _plain(body: bytes, encoding: str, largest: int) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise UnreadableError(f"Content-Encoding '{encoding}' is not supported; use gzip.")
    decompressor = zlib.decompressobj(_GZIP)
    plain = decompressor.decompress(body, largest)
    if decompressor.unconsumed_tail or not decompressor.eof:
        raise UnreadableError(f"The payload is longer than {largest} bytes, or is cut short.")
    return plain
