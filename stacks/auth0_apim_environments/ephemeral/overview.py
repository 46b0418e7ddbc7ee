"""An environment at a glance: whose, how old, how long still, in what state, and what it is made of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from auth0_apim_environments.engine.errors import StackGoneError, UnreadableStateError
from auth0_apim_environments.engine.stacks import Stacks
from auth0_apim_environments.marks.marker import Marker


class EnvironmentState(str, Enum):
    """How far an environment is."""

    EMPTY = "empty"
    """Never deployed, or destroyed and not removed."""
    CHANGING = "changing"
    """An update is under way, or was interrupted."""
    DEPLOYED = "deployed"
    """It has resources."""
    UNREADABLE = "unreadable"
    """Its state cannot be read."""


@dataclass(frozen=True)
class Environment:
    """An environment at a glance.

    Attributes:
        marker: its facts.
        state: how far it is.
        resources: how many of each kind its state has, such as `{"Client": 2}`.
        looked: when this was seen.
    """

    marker: Marker
    state: EnvironmentState
    resources: Mapping[str, int]
    looked: datetime

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.marker.environment

    def document(self) -> dict[str, Any]:
        """The same as a JSON document; times in seconds, negative when over."""
        return {
            "name": self.name,
            "owner": self.marker.owner,
            "created": self.marker.created.isoformat(),
            "expires": self.marker.expires.isoformat(),
            "age": int((self.looked - self.marker.created).total_seconds()),
            "left": int((self.marker.expires - self.looked).total_seconds()),
            "protected": self.marker.protected,
            "state": self.state.value,
            "resources": dict(sorted(self.resources.items())),
        }


def environment_from(stacks: Stacks, marker: Marker, now: datetime) -> Environment | None:
    """What the backend says of the environment of `marker`; None for one that has gone meanwhile."""
    try:
        deployment = stacks.state(marker.environment).get("deployment") or {}
    except StackGoneError:
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
