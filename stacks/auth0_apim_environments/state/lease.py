"""A lease in a backend's storage, which one process at a time holds.

Each change of holder creates the document with the next number, which fails if it exists; the highest number counts. When a
holder dies, its lease expires and the next process creates the next number; of two that try at once, one succeeds.
"""

import json
import os
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from typing_extensions import Self

from auth0_apim_environments.errors import StackError
from auth0_apim_environments.state.backend_documents import Documents, documents_of

LEASES = ".auth0-apim/leases"
"""The folder of a backend in which leases are, beside the engine's own folder."""


class LeaseError(StackError):
    """Another process holds the lease."""


def lease_on(backend_url: str, name: str) -> "Lease":
    """The lease of that name on a backend.

    Raises:
        UnknownBackendError: as for `documents_of`.
    """
    return Lease(documents_of(backend_url, LEASES), name)


class Lease:
    """A context in which no other process holds the lease of the same name.

    Args:
        documents: in which the lease is stored.
        name: what is leased.
        seconds: until it expires when it is not renewed.
        now: the time in epoch seconds.
    """

    def __init__(
        self, documents: Documents, name: str, seconds: float = 1800, now: Callable[[], float] = time.time
    ) -> None:
        self._documents = documents
        self._prefix = f"{name}."
        self._seconds = seconds
        self._now = now
        self._number = 0

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Take the lease.

        Raises:
            LeaseError: another process holds it.
        """
        number, holder = self._current()
        if holder is not None and holder["until"] > self._now():
            raise self._held(holder)
        self._write(number + 1, self._now() + self._seconds)

    def renew(self) -> None:
        """Hold the lease for its full time from now on.

        Raises:
            LeaseError: it expired, and another process took it.
        """
        self._write(self._number + 1, self._now() + self._seconds)

    def release(self) -> None:
        """Release the lease, unless another process has it."""
        self._documents.create(self._name(self._number + 1), self._text(0))

    def _current(self) -> tuple[int, dict[str, Any] | None]:
        numbers = [
            int(name.removeprefix(self._prefix)) for name in self._documents.names() if self._is_this_lease(name)
        ]
        highest = max(numbers, default=0)
        text = self._documents.read(self._name(highest)) if highest else None
        return highest, None if text is None else json.loads(text)

    def _write(self, number: int, until: float) -> None:
        if not self._documents.create(self._name(number), self._text(until)):
            raise self._held(self._current()[1] or {})
        self._number = number
        for name in self._documents.names():
            if self._is_this_lease(name) and int(name.removeprefix(self._prefix)) < number:
                self._documents.delete(name)

    def _is_this_lease(self, name: str) -> bool:
        return name.startswith(self._prefix) and name.removeprefix(self._prefix).isdigit()

    def _name(self, number: int) -> str:
        return f"{self._prefix}{number:012}"

    def _text(self, until: float) -> str:
        return json.dumps({"holder": f"{socket.gethostname()} (process {os.getpid()})", "until": until})

    def _held(self, holder: dict[str, Any]) -> LeaseError:
        return LeaseError(f"another {self._prefix.rstrip('.')} is at work: {holder.get('holder', 'unknown')}")
