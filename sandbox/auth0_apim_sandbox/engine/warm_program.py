"""The ends of a warm Python (`warm_python`): the sandbox offers it, and a language host runs programs in forks of it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from typing_extensions import Self

from auth0_apim_sandbox.engine import warm_python
from auth0_apim_sandbox.engine.toolchain import Toolchain

VARIABLE = "AUTH0_APIM_WARM_PYTHON"
"""Names the socket at which a warm Python is offered, in the environment of the engine."""

_SECONDS_TO_IMPORT = 20.0


class WarmProgram:
    """A program in a fork of a warm Python, with what a language host needs of `asyncio.subprocess.Process`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.returncode: int | None = None

    @classmethod
    async def start(cls, arguments: Sequence[str], toolchain: Toolchain, environment: Mapping[str, str]) -> Self | None:
        """Run a script with its arguments; None where no warm Python is offered, or it is not the program's own."""
        path = os.environ.get(VARIABLE)
        if not path or toolchain.virtualenv is None:
            return None
        request = warm_python.Request(
            interpreter=toolchain.interpreter(),
            virtualenv=str(toolchain.virtualenv),
            arguments=list(arguments),
            environment=dict(environment),
            folder=str(Path.cwd()),
            umask=_umask(),
        )
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            return await cls._begun(Path(path), json.dumps(asdict(request)).encode())
        return None

    @classmethod
    async def _begun(cls, path: Path, request: bytes) -> Self | None:
        """The program of `request`. Nothing has been forked where the answer is not `yes`."""
        with contextlib.ExitStack() as closing:
            connection = closing.enter_context(socket.socket(socket.AF_UNIX))
            connection.setblocking(False)
            with _short(path) as name:
                connection.connect(name)
            reader, writer = await asyncio.open_unix_connection(sock=connection)
            closing.callback(writer.close)
            if await asyncio.wait_for(reader.readline(), _SECONDS_TO_IMPORT) != b"ready\n":
                return None
            socket.send_fds(connection, [warm_python.LENGTH.pack(len(request))], [0, 1, 2])
            writer.write(request)
            if await reader.readline() != b"yes\n":
                return None
            closing.pop_all()
        return cls(reader, writer)

    async def wait(self) -> int:
        """The exit status, when the program has ended; the number of a signal that ended it is negative."""
        if self.returncode is None:
            told = b""
            with contextlib.suppress(ConnectionError):
                told = await self._reader.readline()
            self._writer.close()
            self.returncode = int(told or -signal.SIGKILL)  # it ends with the Python that it is a fork of
        return self.returncode

    def terminate(self) -> None:
        """Ask the program to end."""
        self._writer.write(bytes([signal.SIGTERM]))

    def kill(self) -> None:
        """End the program, and what it has started."""
        self._writer.close()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def listen(path: Path) -> socket.socket:
    """The socket `path`, which only this user can connect to, in place of one that a process before has left."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    with _short(path) as name:
        listener.bind(name)
    path.chmod(0o600)
    listener.listen()
    listener.setblocking(False)
    return listener


async def keep_warm(path: Path) -> None:
    """Offer a warm Python at `path`: start it when the first client connects, and again when it has ended; give up if it fails."""
    if sys.platform != "linux":  # elsewhere a process that has loaded system libraries cannot be forked safely
        return
    with listen(path) as listener:
        status = 0
        while status == 0:
            await _readable(listener.fileno())
            process = start_python(listener)
            await _ended(process)
            status = process.wait()


def start_python(listener: socket.socket, interpreter: str = sys.executable) -> "subprocess.Popen[bytes]":
    """A warm Python that answers at `listener`, for as long as its input is open or a program of its runs."""
    command = [interpreter, "-u", warm_python.__file__, str(listener.fileno())]
    return subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()])


async def _ended(process: "subprocess.Popen[bytes]") -> None:
    """Wait until `process` has ended; close its input at the latest."""
    ended = os.pidfd_open(process.pid)
    try:
        await _readable(ended)
    finally:
        os.close(ended)
        if process.stdin:
            process.stdin.close()


async def _readable(file: int) -> None:
    """Wait until `file` can be read."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(file, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(file)


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name of `path` that is short enough for a socket's address."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
