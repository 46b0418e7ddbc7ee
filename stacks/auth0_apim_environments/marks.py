"""Marks: how a stack, and each of its resources, shows which ephemeral environment it belongs to.

A stack has a marker in a tag, which every backend stores apart from the state, so that it survives a state that is lost or
cannot be read. The resources have the same facts in metadata and tags, or in their descriptions, or in their names. A name
is `<base>-env-<environment>`: valid wherever its base is, and different for any two environments or bases.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

from auth0_apim_environments.errors import StackError

STACK_TAG = "auth0-apim:ephemeral"
ENVIRONMENT_MARK = "auth0-apim-environment"
"""The key of a resource's metadata or tag whose value is the environment's name."""

HEADER = "# Written by `auth0-apim env create`; `auth0-apim env destroy` removes it.\n"
"""The first line of an environment's settings file."""

LONGEST_OWNER = 100
"""The longest owner with which a marker fits into the 256 characters of a tag in Pulumi Cloud."""

_DESCRIPTION = re.compile(rf"\[{ENVIRONMENT_MARK}: ([a-z0-9-]+)\]\s*\Z")
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class MarkerError(StackError):
    """A stack's marker cannot be read.

    Attributes:
        stack: the stack.
    """

    def __init__(self, stack: str, problem: str) -> None:
        super().__init__(f"the tag {STACK_TAG} of stack '{stack}' {problem}")
        self.stack = stack


@dataclass(frozen=True)
class Marker:
    """The facts about an ephemeral environment.

    Attributes:
        environment: its name, which is the stack's.
        owner: its owner.
        created: when it was created, in UTC.
        expires: when a reaper may destroy it, in UTC.
        protected: whether it is neither reaped nor destroyed.
    """

    environment: str
    owner: str
    created: datetime
    expires: datetime
    protected: bool = False

    @classmethod
    def begin(cls, environment: str, owner: str, now: datetime, ttl: timedelta, *, protected: bool = False) -> "Marker":
        """The marker of an environment that is created now, in whole seconds."""
        start = now.astimezone(timezone.utc).replace(microsecond=0)
        return cls(environment, owner, start, start + ttl, protected)

    @classmethod
    def from_tag(cls, environment: str, text: str) -> "Marker":
        """The marker in a stack's tag.

        Raises:
            MarkerError: the tag is no marker, or that of another environment.
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
        """Metadata and tags for the environment's resources."""
        times = {f"auth0-apim-{name}": value for name, value in self._times().items()}
        return {ENVIRONMENT_MARK: self.environment, "auth0-apim-owner": self.owner, **times}

    def extended(self, now: datetime, ttl: timedelta) -> "Marker":
        """The same marker with an expiry `ttl` from now on."""
        return replace(self, expires=now.astimezone(timezone.utc).replace(microsecond=0) + ttl)

    def is_expired(self, now: datetime) -> bool:
        """Whether the environment has expired."""
        return now >= self.expires

    def _times(self) -> dict[str, str]:
        return {"created": self.created.strftime(_TIME), "expires": self.expires.strftime(_TIME)}


def is_environment_file(path: Path) -> bool:
    """Whether a settings file is that of an ephemeral environment."""
    return path.exists() and path.read_text(encoding="utf-8", errors="replace").startswith(HEADER)


def owner_problem(value: str) -> str | None:
    """An owner: 1 to 100 printable characters, none of them a space at an end."""
    if value.strip() != value or not value.isprintable() or not 1 <= len(value) <= LONGEST_OWNER:
        return f"must be 1 to {LONGEST_OWNER} printable characters, not {value[:LONGEST_OWNER]!r}"
    return None


def mark_description(text: str, environment: str) -> str:
    """A description with the environment's mark at its end, for resources without metadata and tags."""
    return f"{text} [{ENVIRONMENT_MARK}: {environment}]"


def environment_in(description: str | None) -> str | None:
    """The environment whose mark is at the end of a description; a mark elsewhere is ordinary text."""
    match = _DESCRIPTION.search(description or "")
    return match[1] if match else None


def environment_among(marks: Mapping[str, Any] | None) -> str | None:
    """The environment in a resource's metadata or tags."""
    value = (marks or {}).get(ENVIRONMENT_MARK)
    return value if isinstance(value, str) else None


def _flag(value: object) -> bool:
    """A boolean; a text that was written by hand is refused, because its meaning is unclear."""
    if not isinstance(value, bool):
        raise TypeError(f"'protected' is {value!r}, and must be true or false")
    return value


def _time(text: str) -> datetime:
    """A time in RFC 3339, in any time zone because it may be written by hand."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; example: 2026-03-01T12:00:00Z")
    return moment.astimezone(timezone.utc)


LONGEST_ENVIRONMENT_NAME = 24
"""The longest name of an environment; with the separator it leaves 21 of the 50 characters of API Management's shortest names."""

NEVER_EPHEMERAL = frozenset(
    ("local", "dev", "development", "test", "qa", "stage", "staging", "prod", "production", "live", "main", "ephemeral")
)
"""Names of permanent environments, which an ephemeral one cannot have."""

_SEPARATOR = "-env-"
_ENVIRONMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DIGEST = 8


def environment_name_problem(value: str) -> str | None:
    """An ephemeral environment's name: 1 to 24 lower-case letters, digits and single dashes between them."""
    if value in NEVER_EPHEMERAL:
        return f"must not be {value!r}, the name of a permanent environment"
    if not _ENVIRONMENT.fullmatch(value) or len(value) > LONGEST_ENVIRONMENT_NAME:
        return (
            f"must be 1 to {LONGEST_ENVIRONMENT_NAME} lower-case letters, digits and single dashes between them, "
            f"not {value!r}"
        )
    if "env" in value.split("-"):
        return f"must not contain the part 'env', which separates base and environment in names, as {value!r} does"
    return None


def name_in_environment(base: str, environment: str, longest: int) -> str:
    """The name of a resource in an environment.

    Args:
        base: the resource's name in the template.
        environment: the environment's name.
        longest: the longest name that the service takes; a longer base is cut, and a digest of it is added.
    """
    suffix = f"{_SEPARATOR}{environment}"
    room = longest - len(suffix)
    if len(base) > room:
        digest = sha256(base.encode()).hexdigest()[:_DIGEST]
        base = f"{base[: room - _DIGEST - 1].rstrip('-. ')}-{digest}"
    return base + suffix


def environment_of(name: str) -> str | None:
    """The environment in a resource's name; None when the name is not that of an ephemeral environment's resource."""
    base, separator, environment = name.rpartition(_SEPARATOR)
    if not separator or not base or environment_name_problem(environment) is not None:
        return None
    return environment
