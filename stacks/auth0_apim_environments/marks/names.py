"""Names that many environments can have at once in one tenant and one API Management service.

A named object is `<base>-env-<environment>`: valid wherever its base is, readable backwards, and never the same for
two environments or two bases. The name is the mark of ownership of objects that can carry no other.
"""

import re
from hashlib import sha256

LONGEST_ENVIRONMENT_NAME = 24
"""Characters: with the separator it leaves 21 of the 50 that API Management's shortest names have."""

NEVER_EPHEMERAL = frozenset(
    ("local", "dev", "development", "test", "qa", "stage", "staging", "prod", "production", "live", "main", "ephemeral")
)
"""Names of environments that stay; none of them can be created or destroyed as one that goes."""

_SEPARATOR = "-env-"
_ENVIRONMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DIGEST = 8


def environment_name_problem(value: str) -> str | None:
    """An ephemeral environment's name: 1 to 24 lower-case letters, digits and single dashes between them."""
    if value in NEVER_EPHEMERAL:
        return f"must not be {value!r}, a name of environments that stay"
    if not _ENVIRONMENT.fullmatch(value) or len(value) > LONGEST_ENVIRONMENT_NAME:
        return (
            f"must be 1 to {LONGEST_ENVIRONMENT_NAME} lower-case letters, digits and single dashes between them, "
            f"not {value!r}"
        )
    if "env" in value.split("-"):
        return f"must not have the part 'env', which separates names, as {value!r} has"
    return None


def named(base: str, environment: str, longest: int) -> str:
    """The name of the object that `base` is the name of in the template.

    Args:
        base: a valid name of at least one character.
        environment: a valid name of an environment.
        longest: characters that the service allows; a longer base is cut, and a digest of it added.
    """
    suffix = f"{_SEPARATOR}{environment}"
    room = longest - len(suffix)
    if len(base) > room:
        digest = sha256(base.encode()).hexdigest()[:_DIGEST]
        base = f"{base[: room - _DIGEST - 1].rstrip('-. ')}-{digest}"
    return base + suffix


def environment_of(name: str) -> str | None:
    """The environment whose object has this name; None for an object of no ephemeral environment."""
    base, separator, environment = name.rpartition(_SEPARATOR)
    if not separator or not base or environment_name_problem(environment) is not None:
        return None
    return environment
