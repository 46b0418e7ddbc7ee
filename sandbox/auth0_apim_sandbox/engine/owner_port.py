"""A gRPC server on a port of the loopback interface that answers one user of the machine: the one whose process it is.

The engine sends no credential to what it attaches to or starts, and the loopback interface is open to every user of the
machine. The kernel knows whose a connection is. So the server itself listens on a socket in a folder that only its owner
enters, and the port hands on to it the connections of its owner; all others are closed before a byte is read.
"""

import asyncio
import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import grpc.aio

LOOPBACK = "127.0.0.1"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""Linux's lists of sockets with their owners: https://docs.kernel.org/networking/proc_net_tcp.html"""

_ESTABLISHED = "01"
_MAPPED = bytes(10) + b"\xff\xff"
_CHUNK = 1 << 16
Address = tuple[str, int]


class OwnerPort:
    """The port in front of `server`, which must not listen anywhere else; from `listen` to `close`.

    Each connection has a peer name of its own (`context.peer()`), as it would have without the port between.

    Args:
        server: is started and stopped by the caller.
        tell: gets a line of text for every connection that is refused.
    """

    def __init__(self, server: grpc.aio.Server, tell: Callable[[str], object]) -> None:
        # Not in the state folder, whose path may be too long for the address of such a socket (108 bytes).
        self._folder = tempfile.TemporaryDirectory(prefix="auth0-apim-")
        self._inner = f"{self._folder.name}/server"
        self._tell = tell
        self._numbers = itertools.count()
        self._connections: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server | None = None
        server.add_insecure_port(f"unix:{self._inner}")

    async def listen(self, port: int) -> int:
        """Answer on `port`, 0 for a free one, from now on. Returns the port.

        Raises:
            OSError: it is taken.
        """
        self._listening = await asyncio.start_server(self._accept, LOOPBACK, port)
        taken: int = self._listening.sockets[0].getsockname()[1]
        return taken

    async def close(self) -> None:
        """Free the port and end the connections."""
        if self._listening is not None:
            self._listening.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._folder.cleanup()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - for the type: a stream server calls this in a task
        self._connections.add(task)
        try:
            client, server = writer.get_extra_info("peername")[:2], writer.get_extra_info("sockname")[:2]
            owner = await asyncio.to_thread(owner_of, client, server)
            if owner == os.geteuid():
                await self._hand_on(reader, writer)
            else:
                self._tell(f"port {server[1]} refused a connection of {_named(owner)}: it answers its owner alone\n")
        except (OSError, asyncio.CancelledError):  # either side may go at any time; `close` ends the rest
            pass
        finally:
            writer.close()
            self._connections.discard(task)

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = f"{self._folder.name}/{next(self._numbers)}"
        with socket.socket(socket.AF_UNIX) as inner:
            inner.setblocking(False)
            inner.bind(name)
            await asyncio.get_running_loop().sock_connect(inner, self._inner)
            Path(name).unlink()  # noqa: ASYNC240 - no file to wait for
            inner_reader, inner_writer = await asyncio.open_unix_connection(sock=inner)
            with contextlib.closing(inner_writer):
                await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(_CHUNK):
        target.write(chunk)
        await target.drain()
    target.close()


def owner_of(client: Address, server: Address) -> int | None:
    """The user id of whoever has the `client` end of an established connection to `server` on this machine.

    None where that cannot be found out, so that whoever asks refuses.
    """
    for table, family in zip(TABLES, (socket.AF_INET, socket.AF_INET6), strict=True):
        if table.exists() and (owner := owner_in(table.read_text(), client, server, family)) is not None:
            return owner
    return None if TABLES[0].exists() else _owner_by_lsof(client, server)


def owner_in(table: str, client: Address, server: Address, family: socket.AddressFamily) -> int | None:
    """The owner in the text of one of `TABLES`. Other states than established show root for a socket without owner."""
    ends = [_as_listed(client, family), _as_listed(server, family), _ESTABLISHED]
    rows = (line.split() for line in table.splitlines()[1:] if ends[0] in line)
    return next((int(columns[7]) for columns in rows if columns[1:4] == ends), None)


def _as_listed(address: Address, family: socket.AddressFamily) -> str:
    packed = socket.inet_aton(address[0])
    packed = packed if family == socket.AF_INET else _MAPPED + packed
    words = (int.from_bytes(packed[start : start + 4], sys.byteorder) for start in range(0, len(packed), 4))
    return "".join(f"{word:08X}" for word in words) + f":{address[1]:04X}"


def _owner_by_lsof(client: Address, server: Address) -> int | None:
    """Ourselves, when one of our processes has that end; `lsof` lists the sockets of those processes on every Unix."""
    found = shutil.which("lsof", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        return None
    user = os.geteuid()
    selection = [f"-iTCP@{client[0]}:{client[1]}", "-sTCP:ESTABLISHED", "-u", str(user)]
    listed = subprocess.run([found, "-nP", "-a", "-Fn", *selection], capture_output=True, text=True, check=False)
    line = f"n{client[0]}:{client[1]}->{server[0]}:{server[1]}"
    return user if line in listed.stdout.splitlines() else None


def _named(owner: int | None) -> str:
    return "somebody unknown" if owner is None else f"user {owner}"
