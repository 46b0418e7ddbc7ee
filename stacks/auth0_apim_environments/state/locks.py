"""Locks that the engine leaves on a stack, and which of them nobody will ever release.

A self-managed backend's lock says who made it and never expires; a process that was killed leaves it for good.
"""

import json
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

_LOCK = re.compile(r"created by (?P<user>\S+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")


@dataclass(frozen=True)
class Lock:
    """One lock, as the engine tells of it.

    Attributes:
        user: who ran the engine.
        host: on which machine.
        pid: as which process there.
        since: when, in RFC 3339.
    """

    user: str
    host: str
    pid: int
    since: str

    @classmethod
    def from_file(cls, text: str) -> "Lock":
        """The lock in a file of a self-managed backend.

        Raises:
            ValueError: the file is none.
            KeyError: it does not say who made it.
        """
        document = json.loads(text)
        return cls(document["username"], document["hostname"], int(document["pid"]), document["timestamp"])

    def __str__(self) -> str:
        """Who holds it, in words."""
        return f"{self.user}@{self.host} (process {self.pid}) since {self.since}"

    def is_abandoned(self) -> bool:
        """Whether its process was one of this machine and runs no more.

        A lock of another machine is never taken for abandoned: nobody here can tell. A process id that is in use
        again by something other than pulumi is another process.
        """
        if self.host != socket.gethostname():
            return False
        name = _process_name(self.pid)
        return name is None or not name.startswith("pulumi")


def locks_in(said: str) -> tuple[Lock, ...]:
    """The locks that a refusal of the engine names."""
    return tuple(
        Lock(found["user"], found["host"], int(found["pid"]), found["since"]) for found in _LOCK.finditer(said)
    )


def _process_name(pid: int) -> str | None:
    """The name of a process that runs; None for one that does not."""
    command = Path(f"/proc/{pid}/comm")
    if Path("/proc/self").exists():
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            return None if state in "ZX" else command.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, ProcessLookupError):
            return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return "pulumi"  # it runs, and what it is cannot be seen here
