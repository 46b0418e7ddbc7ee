"""A line for every request, with nothing in it that could be a secret: no query, no headers, no body."""

import contextlib
import sys
import time
from datetime import datetime, timezone

from starlette.types import ASGIApp, Message, Receive, Scope, Send


def logged(part: str, app: ASGIApp) -> ASGIApp:
    """`app`, with a line on standard output for each request: time, part, method, path, status, milliseconds."""

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
            milliseconds = (time.perf_counter() - started) * 1000
            _write(part, scope["method"], scope["path"], status, milliseconds)

    return logging


def _write(part: str, method: str, path: str, status: int, milliseconds: float) -> None:
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    printable = path.encode("unicode_escape").decode("ascii")
    with contextlib.suppress(OSError):  # a full disk costs the line, not the answer
        sys.stdout.write(f"{now}Z {part} {method} {printable} {status or 'aborted'} {milliseconds:.1f}ms\n")
        sys.stdout.flush()
