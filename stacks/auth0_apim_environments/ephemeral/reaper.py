"""Destroying environments whose time is over. A dry run unless told otherwise; never one that stays or is protected."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from typing import Any

from auth0_apim_environments.deployed_api import StackError
from auth0_apim_environments.ephemeral.engine_errors import LockedError
from auth0_apim_environments.ephemeral.environments import Environments
from auth0_apim_environments.ephemeral.lease import Lease
from auth0_apim_environments.ephemeral.marker import Marker, MarkerError
from auth0_apim_environments.ephemeral.names import environment_name_problem

MOST_UNCONFIRMED = 5
"""How many environments may be reaped without naming each of them."""


class Fate(str, Enum):
    """What a reaper did about an environment."""

    DUE = "due"
    """Its time is over; nothing was done, as told."""
    DESTROYED = "destroyed"
    """Destroyed, and nothing of it is left."""
    LEFT_OVER = "left over"
    """Destroyed, but objects are left; its stack was kept."""
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
        reason: why it failed, or who works on it; empty otherwise.
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
        found = []
        for name in self._environments.stacks.names():
            try:
                marker = self._environments.stacks.marker(name)
            except MarkerError:
                continue
            if marker is not None and self._may_go(marker):
                found.append(marker)
        return sorted(found, key=lambda marker: marker.expires)

    def reap(self, *, dry_run: bool = True, confirmed: frozenset[str] = frozenset()) -> list[Reaped]:
        """Destroy what is due; the report names every environment that was.

        Args:
            dry_run: only tell which ones they are.
            confirmed: environments that may go however many are due.

        Raises:
            UnconfirmedError: more than `MOST_UNCONFIRMED` are due and not all of them are confirmed.
            LeaseError: another reaper is at work.
            EngineFailureError: the backend could not be asked for its stacks.
        """
        if dry_run:
            return [Reaped(marker.environment, Fate.DUE) for marker in self.due()]
        with self._lease:
            due = [marker.environment for marker in self.due()]
            unconfirmed = [name for name in due if name not in confirmed]
            if len(due) > MOST_UNCONFIRMED and unconfirmed:
                raise UnconfirmedError(
                    f"{len(due)} environments are due, and more than {MOST_UNCONFIRMED} go only by name: "
                    + " ".join(f"--confirm {name}" for name in unconfirmed)
                )
            return [self._reap(name) for name in due]

    def _may_go(self, marker: Marker) -> bool:
        stays = environment_name_problem(marker.environment) is not None
        return marker.is_expired(self._now()) and not marker.protected and not stays

    def _reap(self, name: str) -> Reaped:
        self._lease.renew()
        began = time.monotonic()
        try:
            left = self._environments.destroy(name).left
        except LockedError as error:
            return Reaped(name, Fate.BUSY, time.monotonic() - began, str(error))
        except StackError as error:
            return Reaped(name, Fate.FAILED, time.monotonic() - began, str(error))
        fate = Fate.LEFT_OVER if left else Fate.DESTROYED
        return Reaped(name, fate, time.monotonic() - began, left=tuple(map(str, left)))
