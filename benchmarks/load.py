"""Requests that an ASGI application answers in a second of one core.

The application runs as the sandbox runs it (uvicorn, httptools, uvloop), over http, in a process of its own, pinned to the first core that this process may use. The
load comes from here, pinned to the last one, over keep-alive connections that each have one request under way. What is divided by is the CPU
time that the application's process used, so that a core which other processes use too counts only for what the application had of it.
"""

import asyncio
import contextlib
import multiprocessing
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, cast

import uvloop
from auth0_apim_sandbox.cloud.listeners import Listener
from starlette.types import ASGIApp

CONNECTIONS = 32
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

Application = Callable[..., AbstractAsyncContextManager[ASGIApp]]


@dataclass(frozen=True)
class Server:
    """An application that is served, by its port and its process."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """The CPU time it has used, in the kernel and out of it (proc(5), `/proc/pid/stat`)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def served(application: Application, *arguments: Any) -> Iterator[Server]:
    """Run `application(*arguments)` on one core, and this process on another."""
    cores = os.sched_getaffinity(0)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    ready = multiprocessing.Event()
    process = multiprocessing.Process(
        target=_serve, args=(listener, min(cores), ready, application, arguments), daemon=True
    )
    process.start()
    os.sched_setaffinity(0, {max(cores)})
    try:
        if not ready.wait(20):
            raise RuntimeError("the server did not start")
        yield Server(listener.getsockname()[1], process.pid or 0)
    finally:
        os.sched_setaffinity(0, cores)
        process.terminate()
        process.join()
        listener.close()


def _serve(
    listener: socket.socket, core: int, ready: Event, application: Application, arguments: tuple[Any, ...]
) -> None:
    os.sched_setaffinity(0, {core})

    async def run() -> None:
        async with application(*arguments) as app:
            await Listener(app, listener).start()
            ready.set()
            await asyncio.Event().wait()

    uvloop.run(run())


class _Caller(asyncio.Protocol):
    """One connection that sends the same request again as soon as its answer is complete."""

    def __init__(self, request: bytes, is_right: Callable[[bytes], bool]) -> None:
        self.answered = 0
        self.wrong: bytes | None = None
        self._request = request
        self._is_right = is_right
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count the answer when it is complete and send the next request."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or length is None or len(body) < int(length[1]):
            return
        self.answered += 1
        if not (head.startswith(b"HTTP/1.1 200") and self._is_right(body)):
            self.wrong = self._received
        self._received = b""
        self._transport.write(self._request)


def requests_per_second(
    server: Server, request: bytes, is_right: Callable[[bytes], bool], seconds: float, warm_up: float = 1.0
) -> float:
    """Requests answered within `seconds` for each second of CPU time, counted after `warm_up`.

    Raises:
        RuntimeError: an answer was not 200 or `is_right` refused its body.
    """

    async def run() -> float:
        callers = [_Caller(request, is_right) for _ in range(CONNECTIONS)]
        waiting = iter(callers)
        loop = asyncio.get_running_loop()
        transports = [
            (await loop.create_connection(lambda: next(waiting), "127.0.0.1", server.port))[0]
            for _ in range(CONNECTIONS)
        ]
        await asyncio.sleep(warm_up)
        before, used = sum(caller.answered for caller in callers), server.cpu_seconds()
        await asyncio.sleep(seconds)
        rate = (sum(caller.answered for caller in callers) - before) / (server.cpu_seconds() - used)
        for transport in transports:
            transport.abort()
        if wrong := next((caller.wrong for caller in callers if caller.wrong), None):
            raise RuntimeError(f"an answer was not the expected one: {wrong.decode(errors='replace')}")
        return rate

    return float(uvloop.run(run()))
