"""What doctor says about one thing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One row.

    Attributes:
        subject: what was looked at.
        observed: what is there, in words; never a secret.
        right: whether an `up` can go on; None where it could not be looked at.
        remedy: what to do, where it is not right, or where a warning goes with it.
    """

    subject: str
    observed: str
    right: bool | None
    remedy: str = ""


def right(subject: str, observed: str) -> Finding:
    """All is well."""
    return Finding(subject, observed, right=True)


def warning(subject: str, observed: str, remedy: str) -> Finding:
    """An `up` would succeed, and leave something that somebody should know of."""
    return Finding(subject, observed, True, remedy)


def wrong(subject: str, observed: str, remedy: str) -> Finding:
    """An `up` would fail, or make what does not work."""
    return Finding(subject, observed, False, remedy)


def unknown(subject: str, observed: str, remedy: str) -> Finding:
    """It could not be looked at."""
    return Finding(subject, observed, None, remedy)
