"""An ephemeral environment as data: its specification, its time to live, and its summary."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from auth0_apim_environments.engine.errors import StackNotFoundError, UnreadableStateError
from auth0_apim_environments.engine.stacks import Stacks
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.marks import Marker

DEFAULT_TTL = timedelta(hours=4)


class EphemeralEnvironmentError(StackError):
    """An environment cannot be created, extended or destroyed; the message has the reason and what works."""


@dataclass(frozen=True)
class EnvironmentSpec:
    """The specification of an environment that is created.

    Attributes:
        template: the settings file that it is created from; the project's `Pulumi.ephemeral.yaml` when absent.
        assignments: `key=value`, each of which replaces a setting of the template.
        ttl: its time to live.
        owner: its owner; this process's user when absent.
        protected: whether it is neither reaped nor destroyed, until it is extended without protection.
    """

    template: Path | None = None
    assignments: Sequence[str] = ()
    ttl: timedelta = DEFAULT_TTL
    owner: str | None = None
    protected: bool = False


_SPAN = re.compile(r"(?:(?P<days>[0-9]{1,3})d)?(?:(?P<hours>[0-9]{1,4})h)?(?:(?P<minutes>[0-9]{1,5})m)?")
LONGEST = timedelta(days=30)
"""The longest time to live of an ephemeral environment."""


class DurationError(ValueError):
    """A text that is no time to live between a minute and 30 days."""


def parse_duration(text: str) -> timedelta:
    """The time to live in `text`.

    Raises:
        DurationError: there is none, or it is shorter than a minute or longer than 30 days.
    """
    match = _SPAN.fullmatch(text)
    span = timedelta(**{unit: int(value) for unit, value in match.groupdict("0").items()}) if match else timedelta()
    if not timedelta(minutes=1) <= span <= LONGEST:
        raise DurationError(
            f"{text!r} is no time to live: write days, hours and minutes, up to 30d; such as 4h or 1h30m"
        )
    return span


def show_duration(span: timedelta) -> str:
    """The two largest units, such as `3h 20m`; a negative span begins with `-`."""
    seconds = int(abs(span).total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    units = [f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if count][:2]
    return ("-" if span < timedelta() else "") + (" ".join(units) or f"{seconds}s")


class EnvironmentState(str, Enum):
    """The state of an environment's deployment."""

    EMPTY = "empty"
    """It was never deployed, or it was destroyed and its stack was not removed."""
    CHANGING = "changing"
    """An update is running, or was interrupted."""
    DEPLOYED = "deployed"
    """It has resources."""
    UNREADABLE = "unreadable"
    """Its state cannot be read."""


@dataclass(frozen=True)
class Environment:
    """An environment's summary.

    Attributes:
        marker: its marker.
        state: of its deployment.
        resources: the number of resources by kind, such as `{"Client": 2}`.
        read_at: when its state was read.
    """

    marker: Marker
    state: EnvironmentState
    resources: Mapping[str, int]
    read_at: datetime

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.marker.environment

    def document(self) -> dict[str, Any]:
        """The same as a JSON document; times in seconds, negative once it has expired."""
        return {
            "name": self.name,
            "owner": self.marker.owner,
            "created": self.marker.created.isoformat(),
            "expires": self.marker.expires.isoformat(),
            "age": int((self.read_at - self.marker.created).total_seconds()),
            "left": int((self.marker.expires - self.read_at).total_seconds()),
            "protected": self.marker.protected,
            "state": self.state.value,
            "resources": dict(sorted(self.resources.items())),
        }


def environment_from(stacks: Stacks, marker: Marker, now: datetime) -> Environment | None:
    """The summary of the environment of `marker`; None when its stack was removed in the meantime."""
    try:
        deployment = stacks.state(marker.environment).get("deployment") or {}
    except StackNotFoundError:
        return None
    except UnreadableStateError:
        return Environment(marker, EnvironmentState.UNREADABLE, {}, now)
    kinds = Counter(
        resource["type"].rpartition(":")[2] for resource in deployment.get("resources") or () if resource.get("custom")
    )
    counts = {kind: count for kind, count in kinds.items() if kind not in ("auth0", "azure-native")}
    if deployment.get("pending_operations"):
        return Environment(marker, EnvironmentState.CHANGING, counts, now)
    return Environment(marker, EnvironmentState.DEPLOYED if counts else EnvironmentState.EMPTY, counts, now)
