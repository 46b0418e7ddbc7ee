"""The port map, and the sockets behind it: on the loopback interface only."""

import contextlib
import errno
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

LOOPBACK = "127.0.0.1"
DEFAULT_BASE = 14300
PORTAL_NAME = "developer.localhost"
"""Below it services have their developer portals: browsers, and resolvers that follow RFC 6761, lead it to this machine."""
_RANGE = 100
_LAST_BASE = 32600  # Linux gives the ports from 32768 on to clients
_SANDBOX = "auth0_apim_sandbox.cloud"  # in the process's arguments, before its folder
_GATEWAY_OFFSET = 10
# Held from the start, the tenant's first: whoever has it has the whole range.
_HTTP_PARTS = {
    "tenant": "tenant",
    "manager": "resource manager",
    "calculator": "calculator",
    "control": "control endpoint",
    "vault": "vault",
    "insights": "ingestion endpoint",
    "portals": "developer portals",
}


class PortError(Exception):
    """A port cannot be used; the message names it, who has it where that is known, and the way out.

    Attributes:
        reason: the message without the way out.
    """

    def __init__(self, reason: str, way_out: str = "") -> None:
        super().__init__(reason + way_out)
        self.reason = reason


@dataclass(frozen=True)
class Ports:
    """Where the parts of a sandbox listen; 0 stands for any free port.

    Attributes:
        tenant: the Auth0 tenant, https.
        manager: Azure's resource manager, https.
        calculator: the backend, http.
        auth0_provider: the engine's endpoint for auth0, gRPC.
        azure_native_provider: the engine's endpoint for azure-native, gRPC.
        control: health and control, http.
        vault: a Key Vault, https.
        insights: the ingestion endpoint of Application Insights, https.
        portals: the developer portals of all services, by host name, https.
        gateways: the first gateway, https; its http port is one higher, the next gateway two.
    """

    tenant: int = 0
    manager: int = 0
    calculator: int = 0
    auth0_provider: int = 0
    azure_native_provider: int = 0
    control: int = 0
    vault: int = 0
    insights: int = 0
    portals: int = 0
    gateways: int = 0

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        """The fixed map above `base`; with base 0 every port is any free one.

        Raises:
            PortError: the map does not fit below 65536, or starts among the system's ports.
        """
        if base == 0:
            return cls()
        if not 1024 <= base <= 65000:
            raise PortError(f"base port {base} is out of range: take one from 1024 to 65000, or 0 for free ports")
        first = (base, base + 1, base + 2, base + 3, base + 4)
        return cls(*first, base + 5, base + 6, base + 7, base + 8, base + _GATEWAY_OFFSET)


class Claim(NamedTuple):
    """The ports of one sandbox, which nobody else can take any more.

    Attributes:
        ports: the map; the ports of provider endpoints and gateways in it are listened on later.
        sockets: a listening socket for every other part, by its name in the map.
        passed_over: why a map before this one could not be taken; None for the first one.
    """

    ports: Ports
    sockets: dict[str, socket.socket]
    passed_over: str | None


def claim(candidates: Iterable[Ports]) -> Claim:
    """Listen on the first map of `candidates` whose ports are all free.

    Raises:
        PortError: none is free; says what is wrong with the first.
    """
    refusals: list[PortError] = []
    for ports in candidates:
        try:
            sockets = _listen_on(ports)
        except PortError as error:  # noqa: PERF203 - each try asks the system
            refusals.append(error)
        else:
            taken = replace(ports, **{name: port_of(found) for name, found in sockets.items()})
            return Claim(taken, sockets, refusals[0].reason if refusals else None)
    raise refusals[0]


def ranges() -> Iterator[Ports]:
    """The maps above 14300, 14400 and so on, of which a sandbox takes the first that is free."""
    return map(Ports.from_base, range(DEFAULT_BASE, _LAST_BASE + 1, _RANGE))


def _listen_on(ports: Ports) -> dict[str, socket.socket]:
    """A socket for every HTTP part, or none; the ports that are listened on later are tried."""
    with contextlib.ExitStack() as opened:
        sockets = {name: opened.enter_context(listen(getattr(ports, name), part)) for name, part in _HTTP_PARTS.items()}
        for port, part in (
            (ports.auth0_provider, "auth0 provider"),
            (ports.azure_native_provider, "azure-native provider"),
            (ports.gateways, "first gateway"),
            (ports.gateways and ports.gateways + 1, "first gateway"),
        ):
            if port:
                listen(port, part).close()
        opened.pop_all()
    return sockets


def listen(port: int, part: str) -> socket.socket:
    """A listening socket on the loopback interface for `part` of the sandbox.

    Raises:
        PortError: the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise _explained(error, port, part) from error
    listener.setblocking(False)
    return listener


def port_of(listener: socket.socket) -> int:
    """The port a listening socket has."""
    port: int = listener.getsockname()[1]
    return port


def _explained(error: OSError, port: int, part: str) -> PortError:
    if error.errno != errno.EADDRINUSE:
        return PortError(f"port {port}, for the {part}, cannot be used: {error.strerror}")
    reason = f"port {port}, for the {part}, is taken{_holder(port)}"
    return PortError(reason, ". Stop that, or choose other ports with --base-port.")


def _holder(port: int) -> str:
    """Who listens on `port`, as the end of a sentence; empty where it cannot be found out."""
    process = _process(port)
    if process is None:
        return ""
    words = (process / "cmdline").read_text().split("\0")
    if _SANDBOX in words:
        folder = words[words.index(_SANDBOX) + 1]
        return f" by the sandbox of {folder} (`auth0-apim sandbox stop` there ends it)"
    return f" by {(process / 'comm').read_text().strip()} (process {process.name})"


def _process(port: int) -> Path | None:
    """The folder below /proc of the process that listens on `port`, where there is one and it is ours."""
    inode = _listening_inode(port)
    links = Path("/proc").glob("[0-9]*/fd/*") if inode else ()
    link = next((link for link in links if _leads_to(link, f"socket:[{inode}]")), None)
    return link.parents[1] if link else None


def _leads_to(link: Path, target: str) -> bool:
    try:
        return str(link.readlink()) == target
    except OSError:  # processes end, and other people's are closed to us
        return False


def _listening_inode(port: int) -> str | None:
    table = Path("/proc/net/tcp")
    for line in table.read_text().splitlines()[1:] if table.exists() else ():
        columns = line.split()
        if columns[3] == "0A" and int(columns[1].rpartition(":")[2], 16) == port:
            return columns[9]
    return None
