"""The reaper destroys ephemeral environments that have expired, except protected ones. By default it only lists them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from auth0_apim_environments.engine.errors import LockedError
from auth0_apim_environments.ephemeral.destruction import RedeployedError
from auth0_apim_environments.ephemeral.environments import Environments
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.marks import Marker, MarkerError, environment_name_problem
from auth0_apim_environments.state.lease import Lease, LeaseError

MOST_UNCONFIRMED = 5
"""The number of environments that are reaped without a confirmation for each of them."""

CLOCK_SKEW = timedelta(minutes=5)
"""By how much a reaper's clock may be ahead of the clock of the machine that wrote a marker."""


class ReapStatus(str, Enum):
    """What the reaper did with an environment."""

    EXPIRED = "expired"
    """It has expired, and the reaper only lists it."""
    DESTROYED = "destroyed"
    """It was destroyed, and nothing of it is left."""
    LEFT_OVER = "left over"
    """It was destroyed, but resources are left; its stack was kept."""
    SKIPPED = "skipped"
    """It was extended, protected or deployed again after the reaper had listed it."""
    BUSY = "busy"
    """Another process works on it; the next reaper tries again."""
    FAILED = "failed"
    """It could not be destroyed; its stack was kept."""


@dataclass(frozen=True)
class Reaped:
    """The reaper's report on one environment.

    Attributes:
        environment: its name.
        status: what the reaper did with it.
        seconds: how long that took.
        reason: why it failed or was skipped, or which process works on it; otherwise empty.
        left: the resources that are left, for people.
    """

    environment: str
    status: ReapStatus
    seconds: float = 0
    reason: str = ""
    left: tuple[str, ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """The same as a JSON document."""
        return {
            "environment": self.environment,
            "status": self.status.value,
            "seconds": round(self.seconds, 2),
            "reason": self.reason,
            "left": list(self.left),
        }


class UnconfirmedError(StackError):
    """More environments have expired than are reaped without a confirmation for each of them."""


class Reaper:
    """Finds the environments that have expired, and destroys them one after another.

    Args:
        environments: of one project on one backend.
        lease: held while destroying, so that only one reaper works at a time.
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

    def expired(self) -> list[Marker]:
        """The markers of the environments that have expired, in the order of their expiry.

        A stack without a marker, with a marker that cannot be read, with a protected one, or with the name of an
        environment that is never ephemeral is never among them.
        """
        return self._expired(self._environments.markers()[0])

    def reap(self, *, dry_run: bool = True, confirmed: frozenset[str] = frozenset()) -> list[Reaped]:
        """Destroy the environments that have expired.

        The report has every environment that has expired, and every stack whose marker cannot be read.

        Args:
            dry_run: only list them.
            confirmed: environments that are destroyed however many have expired.

        Raises:
            UnconfirmedError: more than `MOST_UNCONFIRMED` have expired and not all of them are confirmed.
            LeaseError: another reaper is working.
            EngineFailureError: the backend's stacks could not be listed.
        """
        if dry_run:
            markers, unreadable = self._environments.markers()
            return [
                *(Reaped(each.environment, ReapStatus.EXPIRED) for each in self._expired(markers)),
                *_unreadable(unreadable),
            ]
        with self._lease:
            markers, unreadable = self._environments.markers()
            expired = [marker.environment for marker in self._expired(markers)]
            unconfirmed = [name for name in expired if name not in confirmed]
            if len(expired) > MOST_UNCONFIRMED and unconfirmed:
                raise UnconfirmedError(
                    f"{len(expired)} environments have expired, and more than {MOST_UNCONFIRMED} are destroyed only when each is confirmed: "
                    + " ".join(f"--confirm {name}" for name in unconfirmed)
                )
            return [*(self._reap(name) for name in expired), *_unreadable(unreadable)]

    def _expired(self, markers: Iterable[Marker]) -> list[Marker]:
        return sorted((each for each in markers if self._may_be_reaped(each)), key=lambda marker: marker.expires)

    def _may_be_reaped(self, marker: Marker) -> bool:
        is_ephemeral = environment_name_problem(marker.environment) is None
        return marker.is_expired(self._now() - CLOCK_SKEW) and not marker.protected and is_ephemeral

    def _reap(self, name: str) -> Reaped:
        began = time.monotonic()
        try:
            self._lease.renew()
            marker = self._environments.stacks.marker(name)
            if marker is None or not self._may_be_reaped(marker):
                return Reaped(name, ReapStatus.SKIPPED, reason="it was extended or protected in the meantime")
            left = self._environments.destroy(name).left
        except (LockedError, LeaseError) as error:
            return Reaped(name, ReapStatus.BUSY, time.monotonic() - began, str(error))
        except RedeployedError as error:
            return Reaped(name, ReapStatus.SKIPPED, time.monotonic() - began, str(error))
        except StackError as error:
            return Reaped(name, ReapStatus.FAILED, time.monotonic() - began, str(error))
        fate = ReapStatus.LEFT_OVER if left else ReapStatus.DESTROYED
        return Reaped(name, fate, time.monotonic() - began, left=tuple(map(str, left)))


def _unreadable(errors: Iterable[MarkerError]) -> list[Reaped]:
    """The report on stacks whose expiry is unknown: they are neither destroyed nor ignored."""
    return [Reaped(error.stack, ReapStatus.FAILED, reason=str(error)) for error in errors]
