"""The ingestion endpoint, as an ASGI application, and a look at what it has taken in.

https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete; answers as Azure's clients read them: how many items
came, how many were good, and what is wrong with each of the others.
"""

from collections import deque
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from auth0_apim_sandbox.insights.items import Item, UnreadableError, problem, read_items

MOST_KEPT = 10_000
"""Items that are kept, in memory; the oldest make room."""

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a body that are read at most."""


Endpoint = Callable[[Request], Awaitable[Response]]


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
