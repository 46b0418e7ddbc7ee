"""What of ephemeral environments is in the two services, found by the objects' own marks and names, not by a state."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import httpx

from auth0_apim_environments.errors import StackError


@dataclass(frozen=True, order=True)
class Remnant:
    """One object of an environment.

    Attributes:
        environment: whose it is, by its own mark.
        kind: what it is, such as "client" or "api".
        name: as people know it.
        id: as the service, and the engine's state, know it.
    """

    environment: str
    kind: str
    name: str
    id: str

    def __str__(self) -> str:
        """Kind, name and id, for reports."""
        return f"{self.kind} '{self.name}' ({self.id})"


class Service(Protocol):
    """A service that environments have objects in."""

    kinds: tuple[str, ...]
    """The kinds of its objects, in the order in which they are deleted."""

    def remnants(self) -> Iterable[Remnant]:
        """Every marked object of every environment."""

    def details(self, environment: str) -> Iterable[Remnant]:
        """What an environment's objects consist of and go with: an API's policy, a product's APIs."""

    def hindrances(self, environment: str, ids: Iterable[str]) -> Iterable[Remnant]:
        """What keeps the objects with these ids, an environment's, from being deleted: subscriptions to its products."""

    def delete(self, remnant: Remnant) -> None:
        """Delete one object; one that is gone is fine."""


class AuditError(StackError):
    """A service could not be asked, or did not delete what it was asked to."""


class Audit:
    """Asks both services. Made by `open_audit`."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._services = tuple(services)

    def remnants(self, environment: str | None = None) -> list[Remnant]:
        """The objects of `environment`, or of every ephemeral one, sorted.

        Raises:
            AuditError: a service could not be asked: what is left is then not known.
        """
        found: list[Remnant] = []
        for service in self._services:
            with _told("cannot be asked what is left"):
                found += service.remnants()
        return sorted(remnant for remnant in found if environment in {None, remnant.environment})

    def details(self, environment: str) -> list[Remnant]:
        """What the objects of `environment` consist of and go with.

        Raises:
            AuditError: as for `remnants`.
        """
        found: list[Remnant] = []
        for service in self._services:
            with _told("cannot be asked for details"):
                found += service.details(environment)
        return found

    def hindrances(self, environment: str, ids: Iterable[str]) -> list[Remnant]:
        """What keeps the objects of `environment` with these ids from being deleted.

        Raises:
            AuditError: as for `remnants`.
        """
        found: list[Remnant] = []
        for service in self._services:
            with _told("cannot be asked who subscribes"):
                found += service.hindrances(environment, ids)
        return found

    def sweep(self, remnants: Iterable[Remnant]) -> None:
        """Delete these objects, those that others hang on last.

        Raises:
            AuditError: one could not be deleted.
        """
        waiting = list(remnants)
        for service in self._services:
            for kind in service.kinds:
                for remnant in (each for each in waiting if each.kind == kind):
                    with _told(f"did not delete {remnant}"):
                        service.delete(remnant)


class _told:  # noqa: N801 - reads as what it does
    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, httpx.HTTPStatusError):
            answer = error.response
            raise AuditError(f"{answer.url.host} {self._what}: {answer.status_code} {answer.text[:200]}") from None
        if isinstance(error, httpx.TransportError):
            raise AuditError(f"a service {self._what}: {error}") from None
        if isinstance(error, (ValueError, KeyError)):
            raise AuditError(
                f"a service {self._what}: its answer is another than the documented one ({error})"
            ) from None
