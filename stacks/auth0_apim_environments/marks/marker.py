"""What says that a stack, and each object of it, belongs to an environment that goes: whose, since when, until when.

The marker is a tag of the stack, which every backend keeps apart from the state; a state that is lost or cannot be
read takes nothing of it along. The same facts are on the objects themselves.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from auth0_apim_environments.errors import StackError

STACK_TAG = "auth0-apim:ephemeral"
ENVIRONMENT_MARK = "auth0-apim-environment"
"""Metadata and tag of every object that can have some; its value is the environment's name."""

LONGEST_OWNER = 100
"""Characters: with it the marker still fits into the 256 that Pulumi Cloud gives a tag."""

_DESCRIPTION = re.compile(rf"\[{ENVIRONMENT_MARK}: ([a-z0-9-]+)\]\s*\Z")
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class MarkerError(StackError):
    """A stack's tag that is no marker, though it has the marker's name.

    Attributes:
        stack: whose tag it is.
    """

    def __init__(self, stack: str, problem: str) -> None:
        super().__init__(f"the tag {STACK_TAG} of stack '{stack}' {problem}")
        self.stack = stack


@dataclass(frozen=True)
class Marker:
    """An ephemeral environment's facts.

    Attributes:
        environment: its name, which is the stack's.
        owner: who asked for it.
        created: when, in UTC.
        expires: from when on it may be reaped, in UTC.
        protected: never reaped or destroyed, whatever its time.
    """

    environment: str
    owner: str
    created: datetime
    expires: datetime
    protected: bool = False

    @classmethod
    def begin(cls, environment: str, owner: str, now: datetime, ttl: timedelta, *, protected: bool = False) -> "Marker":
        """The marker of an environment that is created now, to the second."""
        start = now.astimezone(timezone.utc).replace(microsecond=0)
        return cls(environment, owner, start, start + ttl, protected)

    @classmethod
    def from_tag(cls, environment: str, text: str) -> "Marker":
        """The marker in a stack's tag.

        Raises:
            MarkerError: it is none, or another environment's.
        """
        try:
            document: dict[str, Any] = json.loads(text)
            marker = cls(
                environment=str(document["environment"]),
                owner=str(document["owner"]),
                created=_time(document["created"]),
                expires=_time(document["expires"]),
                protected=_flag(document["protected"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise MarkerError(environment, f"cannot be read: {error}") from None
        if marker.environment != environment:
            raise MarkerError(environment, f"is that of '{marker.environment}'")
        return marker

    def tag(self) -> str:
        """The text of the stack's tag; it fits into Pulumi Cloud's 256 characters."""
        return json.dumps(
            {**self._times(), "environment": self.environment, "owner": self.owner, "protected": self.protected},
            ensure_ascii=False,
        )

    def marks(self) -> dict[str, str]:
        """Metadata and tags for the environment's objects."""
        times = {f"auth0-apim-{name}": value for name, value in self._times().items()}
        return {ENVIRONMENT_MARK: self.environment, "auth0-apim-owner": self.owner, **times}

    def extended(self, now: datetime, ttl: timedelta) -> "Marker":
        """The same, living `ttl` from now on."""
        return replace(self, expires=now.astimezone(timezone.utc).replace(microsecond=0) + ttl)

    def is_expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return now >= self.expires

    def _times(self) -> dict[str, str]:
        return {"created": self.created.strftime(_TIME), "expires": self.expires.strftime(_TIME)}


def owner_problem(value: str) -> str | None:
    """An owner: 1 to 100 printable characters, none of them a space at an end."""
    if value.strip() != value or not value.isprintable() or not 1 <= len(value) <= LONGEST_OWNER:
        return f"must be 1 to {LONGEST_OWNER} printable characters, not {value[:LONGEST_OWNER]!r}"
    return None


def described(text: str, environment: str) -> str:
    """A description with the environment's mark at its end, for objects that carry nothing else."""
    return f"{text} [{ENVIRONMENT_MARK}: {environment}]"


def environment_in(description: str | None) -> str | None:
    """The environment whose mark a description carries at its end; one before that is somebody's text."""
    match = _DESCRIPTION.search(description or "")
    return match[1] if match else None


def environment_among(marks: Mapping[str, Any] | None) -> str | None:
    """The environment that metadata or tags name."""
    value = (marks or {}).get(ENVIRONMENT_MARK)
    return value if isinstance(value, str) else None


def _flag(value: object) -> bool:
    """True or false: of a text that somebody wrote by hand nobody knows which it means."""
    if not isinstance(value, bool):
        raise TypeError(f"'protected' is {value!r}, which is neither true nor false")
    return value


def _time(text: str) -> datetime:
    """A moment in RFC 3339; in any zone, as somebody may have written it by hand, but never in none."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} says no zone; an example that works: 2026-03-01T12:00:00Z")
    return moment.astimezone(timezone.utc)
