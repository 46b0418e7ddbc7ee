"""HTTP servers on sockets that are bound already, many in one event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

_GRACE = 1
# Seconds a connection may idle. Longer than clients keep one (httpx: 5), so that no request meets a closed one.
_KEEP_ALIVE = 75


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell who waits for it."""
        await super().startup(sockets)
        self.answering.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process: it has many servers."""
        yield


class Listener:
    """One application on one socket, from `start` to `stop`."""

    def __init__(self, app: ASGIApp, listening: socket.socket, certificate: Path | None = None) -> None:
        self._socket = listening
        self._server = _Server(
            uvicorn.Config(
                app,
                http="httptools",
                loop="none",
                lifespan="off",
                ws="none",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # there is no proxy in front: X-Forwarded-* would be a caller's own word
                ssl_certfile=certificate,
                ssl_keyfile=certificate,
                timeout_graceful_shutdown=_GRACE,
                timeout_keep_alive=_KEEP_ALIVE,
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Answer requests from now on."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        await self._server.answering.wait()

    async def stop(self) -> None:
        """Finish the requests under way, for a second at most, and close the socket."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()
