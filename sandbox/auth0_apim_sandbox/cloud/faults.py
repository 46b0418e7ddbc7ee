"""Failures on order: matching requests to a service are answered with an error, held, or the end of the sandbox.

For tests of what a deployment does when a service refuses, or something dies, in the middle of it.
"""

import asyncio
import os
import signal
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY = "*"
_READS = ("GET", "HEAD", "OPTIONS")
_ACTIONS = ("answer", "kill before", "kill after", "hold before", "hold after")


@dataclass
class Fault:
    """What to do, to which requests, how often.

    Attributes:
        service: "tenant", "manager", "vault" or "insights"; `*` for all.
        method: the HTTP method, upper case; `*` for any that changes something.
        path: a part of the request's path; a request for a token never matches `*`.
        status: the HTTP status to answer with.
        body: the JSON document to answer with.
        times: how many requests are still to fail.
        skip: how many matching requests are let through first.
        action: `answer` with `status` and `body`; `kill before` or `after` the service has done what was asked, with
            SIGKILL to the sandbox itself; `hold before` or `after`, until the failures are cancelled.
    """

    service: str
    method: str
    path: str
    status: int = 500
    body: dict[str, object] = field(default_factory=dict)
    times: int = 1
    skip: int = 0
    action: str = "answer"

    def __post_init__(self) -> None:
        """Refuse an action there is none of.

        Raises:
            ValueError: it is none of the five.
        """
        if self.action not in _ACTIONS:
            raise ValueError(f"action must be one of {', '.join(_ACTIONS)}, not {self.action!r}")

    def matches(self, service: str, method: str, path: str) -> bool:
        """Whether a request is meant."""
        if self.method == ANY and (method in _READS or path.startswith("/oauth/") or "/oauth2/" in path):
            return False
        return self.service in (ANY, service) and self.method in (ANY, method) and self.path in path


@dataclass
class Faults:
    """The failures still on order, taken by HTTP on the control port."""

    ordered: list[Fault] = field(default_factory=list)
    held: int = 0
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def around(self, service: str, app: ASGIApp) -> ASGIApp:
        """`app`, except for the requests that are to fail."""

        async def failing(scope: Scope, receive: Receive, send: Send) -> None:
            fault = self._take(service, scope) if self.ordered and scope["type"] == "http" else None
            if fault is None:
                await app(scope, receive, send)
            elif fault.action == "answer":
                await JSONResponse(fault.body, fault.status)(scope, receive, send)
            else:
                await self._interrupt(fault, app, scope, receive, send)

        return failing

    async def order(self, request: Request) -> Response:
        """`POST /faults` with the fields of a `Fault` as application/json: 204; 415 or 400 when they are not."""
        if request.headers.get("content-type") != "application/json":
            return JSONResponse({"error": "a fault is ordered as application/json"}, 415)
        try:
            self.ordered.append(Fault(**await request.json()))
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        self._released.clear()
        return Response(status_code=204)

    async def show(self, _request: Request) -> Response:
        """`GET /faults`: how many failures are on order, and how many requests are held."""
        return JSONResponse({"ordered": len(self.ordered), "held": self.held})

    async def cancel(self, _request: Request) -> Response:
        """`DELETE /faults`: nothing fails any more, and what is held goes on."""
        self.ordered.clear()
        self._released.set()
        return Response(status_code=204)

    async def _interrupt(self, fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Kill or hold at the first byte in, or at the first byte out, when the service has done its work."""
        action, _, moment = fault.action.partition(" ")

        async def interrupted(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._stop(action)
            await send(message)

        if moment == "before":
            await self._stop(action)
        await app(scope, receive, send if moment == "before" else interrupted)

    async def _stop(self, action: str) -> None:
        if action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        self.held += 1
        try:
            await self._released.wait()
        finally:
            self.held -= 1

    def _take(self, service: str, scope: Scope) -> Fault | None:
        for fault in self.ordered:
            if not fault.matches(service, scope["method"], scope["path"]):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times == 0:
                self.ordered.remove(fault)
            return fault
        return None
