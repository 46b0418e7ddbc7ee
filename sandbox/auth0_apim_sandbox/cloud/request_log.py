"""A line for every request, with nothing in it that could be a secret: no query, no headers, no body."""

import contextlib
import sys
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timezone

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEPT = 200


@dataclass(frozen=True)
class Entry:
    """A request that has been answered.

    Attributes:
        time: when, in UTC, to the millisecond.
        part: which part of the sandbox.
        method: the HTTP method.
        path: the path, without its query; control characters are escaped.
        status: the HTTP status, 0 where the connection was cut off before.
        milliseconds: how long it took.
        refusal: of a call that the gateway refused, the policy and the reason.
    """

    time: str
    part: str
    method: str
    path: str
    status: int
    milliseconds: float
    refusal: str | None

    def __str__(self) -> str:
        refusal = f" refused by {self.refusal}" if self.refusal else ""
        status = self.status or "aborted"
        return f"{self.time} {self.part} {self.method} {self.path} {status} {self.milliseconds:.1f}ms{refusal}"


class RequestLog:
    """Writes lines to standard output, and keeps the last calls of gateways for who wants to see them.

    Attributes:
        calls: the last 200 requests to gateways, the oldest first.
    """

    def __init__(self) -> None:
        self.calls: deque[Entry] = deque(maxlen=_KEPT)

    def logged(self, part: str, app: ASGIApp) -> ASGIApp:
        """`app`, with a line for each request: time, part, method, path, status, milliseconds, who refused it and why."""

        async def logging(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            started = time.perf_counter()
            status = 0

            async def watch(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, watch)
            finally:
                self._add(part, scope, status, (time.perf_counter() - started) * 1000)

        return logging

    def _add(self, part: str, scope: Scope, status: int, milliseconds: float) -> None:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        path, refusal = _printable(scope["path"]), scope.get("refusal")
        entry = Entry(f"{now}Z", part, scope["method"], path, status, milliseconds, refusal and _printable(refusal))
        if part == "gateway":
            self.calls.append(entry)
        with contextlib.suppress(OSError):  # a full disk costs the line, not the answer
            sys.stdout.write(f"{entry}\n")
            sys.stdout.flush()


def _printable(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")
