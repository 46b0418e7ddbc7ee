"""What of this machine scripts may reach."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class MachineAccess:
    """What of this machine scripts may reach, beside nothing.

    A request goes to `localhost` alone, carries what the script gives it and no credential of the machine, and is
    HTTP/1.1, so that a script gets no further than any other user of the machine.

    Attributes:
        databases: the folder whose SQLite files they may open; None for none.
        authority: the certificates that their requests trust, a PEM file; None for those of the system.
        closed_ports: ports of the sandbox's own that no script reaches, such as its control endpoint's.
    """

    databases: Path | None = None
    authority: Path | None = None
    closed_ports: frozenset[int] = frozenset()
