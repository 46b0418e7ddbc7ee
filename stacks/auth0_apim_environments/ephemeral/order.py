"""What is asked of an environment that comes and goes, and why it cannot be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from auth0_apim_environments.errors import StackError

DEFAULT_TTL = timedelta(hours=4)


class LifeError(StackError):
    """An environment cannot be created, extended or destroyed as asked; the message says why and what works."""


@dataclass(frozen=True)
class Order:
    """How an environment is to be.

    Attributes:
        template: the settings it is made from; the project's `Pulumi.ephemeral.yaml` when absent.
        assignments: `key=value`, laid over those.
        ttl: how long it is to live.
        owner: whose it is; this process's user when absent.
        protected: never reaped or destroyed until it is extended without.
    """

    template: Path | None = None
    assignments: Sequence[str] = ()
    ttl: timedelta = DEFAULT_TTL
    owner: str | None = None
    protected: bool = False
