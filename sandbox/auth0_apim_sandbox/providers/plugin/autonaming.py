"""Names that the engine or a provider makes when the program gives none.

https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
"""

import hashlib
import secrets
from dataclasses import dataclass
from enum import Enum


class Mode(Enum):
    """How binding the name that the engine proposes is; the values are those of `CheckRequest.AutonamingOptions.Mode`."""

    PROPOSE = 0
    ENFORCE = 1
    DISABLE = 2


@dataclass(frozen=True)
class Proposal:
    """The stack's autonaming configuration, applied to one resource."""

    name: str
    mode: Mode


@dataclass(frozen=True)
class Naming:
    """How a provider names a resource: the resource's logical name, the separator, and random hexadecimal digits."""

    property: str
    separator: str
    digits: int
    max_length: int
    mark: str = ""
    """An input that the provider adds where the name is random, so that a replacement is made before the old one goes."""

    def is_random(self, proposal: Proposal | None) -> bool:
        """Whether a name made now is another one than the next: of random digits, or of the stack's configuration."""
        return self.digits > 0 or proposal is not None

    def name(self, logical_name: str, seed: bytes, proposal: Proposal | None) -> str | None:
        """A name for a new resource; the same seed gives the same name. None when naming is switched off."""
        if proposal is not None and proposal.mode is not Mode.PROPOSE:
            return proposal.name if proposal.mode is Mode.ENFORCE else None
        if proposal is not None and proposal.name:
            return proposal.name
        suffix = self.separator + (hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(32))[: self.digits]
        return logical_name[: self.max_length - len(suffix)] + suffix
