"""Failures on order: the next matching requests to a service are answered with an error instead of by it.

For tests of what a deployment does when a service refuses in the middle of it.
"""

from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass
class Fault:
    """What to answer, to which requests, how often.

    Attributes:
        service: "tenant" or "manager".
        method: the HTTP method, upper case.
        path: a part of the request's path.
        status: the HTTP status to answer with.
        body: the JSON document to answer with.
        times: how many requests are still to fail.
    """

    service: str
    method: str
    path: str
    status: int
    body: dict[str, object]
    times: int = 1


@dataclass
class Faults:
    """The failures still on order, taken by HTTP on the control port."""

    ordered: list[Fault] = field(default_factory=list)

    def around(self, service: str, app: ASGIApp) -> ASGIApp:
        """`app`, except for the requests that are to fail."""

        async def failing(scope: Scope, receive: Receive, send: Send) -> None:
            fault = self._take(service, scope) if self.ordered and scope["type"] == "http" else None
            answer: ASGIApp = app if fault is None else JSONResponse(fault.body, fault.status)
            await answer(scope, receive, send)

        return failing

    async def order(self, request: Request) -> Response:
        """`POST /faults` with the fields of a `Fault`: 204, or 400 when they are not."""
        try:
            self.ordered.append(Fault(**await request.json()))
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return Response(status_code=204)

    async def cancel(self, _request: Request) -> Response:
        """`DELETE /faults`: nothing fails any more."""
        self.ordered.clear()
        return Response(status_code=204)

    def _take(self, service: str, scope: Scope) -> Fault | None:
        for fault in self.ordered:
            if fault.service == service and fault.method == scope["method"] and fault.path in scope["path"]:
                fault.times -= 1
                if fault.times == 0:
                    self.ordered.remove(fault)
                return fault
        return None
