"""Destroying environments whose time is over. A dry run unless told otherwise; never one that stays or is protected."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from auth0_apim_environments.engine.errors import LockedError
from auth0_apim_environments.ephemeral.destruction import RevivedError
from auth0_apim_environments.ephemeral.environments import Environments
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.marks.marker import Marker, MarkerError
from auth0_apim_environments.marks.names import environment_name_problem
from auth0_apim_environments.state.lease import Lease, LeaseError

MOST_UNCONFIRMED = 5
"""How many environments may be reaped without naming each of them."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far a reaper's clock may be ahead of that of the machine that wrote a marker."""


class Fate(str, Enum):
    """What a reaper did about an environment."""

    DUE = "due"
    """Its time is over; nothing was done, as told."""
    DESTROYED = "destroyed"
    """Destroyed, and nothing of it is left."""
    LEFT_OVER = "left over"
    """Destroyed, but objects are left; its stack was kept."""
    SPARED = "spared"
    """It was extended, protected or deployed again after the reaper had listed it."""
    BUSY = "busy"
    """Somebody works on it; it is the next reaper's."""
    FAILED = "failed"
    """It could not be destroyed; its stack was kept."""


@dataclass(frozen=True)
class Reaped:
    """What became of one environment.

    Attributes:
        environment: its name.
        fate: what was done.
        seconds: how long that took.
        reason: why it failed or was spared, or who works on it; empty otherwise.
        left: what is left of it, in words.
    """

    environment: str
    fate: Fate
    seconds: float = 0
    reason: str = ""
    left: tuple[str, ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """The same as a JSON document."""
        return {
            "environment": self.environment,
            "fate": self.fate.value,
            "seconds": round(self.seconds, 2),
            "reason": self.reason,
            "left": list(self.left),
        }


class UnconfirmedError(StackError):
    """More environments are due than may be reaped without naming them."""


class Reaper:
    """Finds environments whose time is over, and destroys them one after another.

    Args:
        environments: of one project on one backend.
        lease: held while destroying, so that two reapers do not meet.
        now: the time, for tests.
    """

    def __init__(
        self,
        environments: Environments,
        lease: Lease,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._environments = environments
        self._lease = lease
        self._now = now

    def due(self) -> list[Marker]:
        """The markers of the environments whose time is over, the longest over first.

        A stack without a marker, with one that cannot be read, with a protected one or with the name of an
        environment that stays is never among them.
        """
        return self._due(self._environments.markers()[0])

    def reap(self, *, dry_run: bool = True, confirmed: frozenset[str] = frozenset()) -> list[Reaped]:
        """Destroy what is due; the report names every environment that was, and every stack whose marker cannot be read.

        Args:
            dry_run: only tell which ones they are.
            confirmed: environments that may go however many are due.

        Raises:
            UnconfirmedError: more than `MOST_UNCONFIRMED` are due and not all of them are confirmed.
            LeaseError: another reaper is at work.
            EngineFailureError: the backend could not be asked for its stacks.
        """
        if dry_run:
            markers, unreadable = self._environments.markers()
            return [*(Reaped(each.environment, Fate.DUE) for each in self._due(markers)), *_unread(unreadable)]
        with self._lease:
            markers, unreadable = self._environments.markers()
            due = [marker.environment for marker in self._due(markers)]
            unconfirmed = [name for name in due if name not in confirmed]
            if len(due) > MOST_UNCONFIRMED and unconfirmed:
                raise UnconfirmedError(
                    f"{len(due)} environments are due, and more than {MOST_UNCONFIRMED} go only by name: "
                    + " ".join(f"--confirm {name}" for name in unconfirmed)
                )
            return [*(self._reap(name) for name in due), *_unread(unreadable)]

    def _due(self, markers: Iterable[Marker]) -> list[Marker]:
        return sorted((each for each in markers if self._may_go(each)), key=lambda marker: marker.expires)

    def _may_go(self, marker: Marker) -> bool:
        stays = environment_name_problem(marker.environment) is not None
        return marker.is_expired(self._now() - CLOCK_SKEW) and not marker.protected and not stays

    def _reap(self, name: str) -> Reaped:
        began = time.monotonic()
        try:
            self._lease.renew()
            marker = self._environments.stacks.marker(name)
            if marker is None or not self._may_go(marker):
                return Reaped(name, Fate.SPARED, reason="it was extended or protected meanwhile")
            left = self._environments.destroy(name).left
        except (LockedError, LeaseError) as error:
            return Reaped(name, Fate.BUSY, time.monotonic() - began, str(error))
        except RevivedError as error:
            return Reaped(name, Fate.SPARED, time.monotonic() - began, str(error))
        except StackError as error:
            return Reaped(name, Fate.FAILED, time.monotonic() - began, str(error))
        fate = Fate.LEFT_OVER if left else Fate.DESTROYED
        return Reaped(name, fate, time.monotonic() - began, left=tuple(map(str, left)))


def _unread(errors: Iterable[MarkerError]) -> list[Reaped]:
    """Stacks that nobody can tell the time of: never destroyed, never silently passed over."""
    return [Reaped(error.stack, Fate.FAILED, reason=str(error)) for error in errors]
