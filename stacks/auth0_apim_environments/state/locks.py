"""The engine's locks on a stack, and which of them are abandoned.

A lock of a self-managed backend names its process and never expires; a process that was killed does not release it.
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
    """One lock, as the engine reports it.

    Attributes:
        user: who ran the engine.
        host: the machine.
        pid: the process on that machine.
        since: when it was locked, in RFC 3339.
    """

    user: str
    host: str
    pid: int
    since: str

    @classmethod
    def from_file(cls, text: str) -> "Lock":
        """The lock in a file of a self-managed backend.

        Raises:
            ValueError: the file is not JSON.
            KeyError: it does not name its process.
        """
        document = json.loads(text)
        return cls(document["username"], document["hostname"], int(document["pid"]), document["timestamp"])

    def __str__(self) -> str:
        """Its user, machine and process, for messages."""
        return f"{self.user}@{self.host} (process {self.pid}) since {self.since}"

    def is_abandoned(self) -> bool:
        """Whether its process ran on this machine and has ended.

        A lock of another machine is never abandoned, because its processes cannot be seen here. A process of the same id that
        is not pulumi is a later one.
        """
        if self.host != socket.gethostname():
            return False
        name = _process_name(self.pid)
        return name is None or not name.startswith("pulumi")


def locks_in(output: str) -> tuple[Lock, ...]:
    """The locks that the engine names in its error output."""
    return tuple(
        Lock(found["user"], found["host"], int(found["pid"]), found["since"]) for found in _LOCK.finditer(output)
    )


def _process_name(pid: int) -> str | None:
    """The name of a running process; None when it does not run."""
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
    return "pulumi"  # it runs, and without /proc its name is unknown
