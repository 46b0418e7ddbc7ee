"""The result of one check."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        subject: what was checked.
        observed: what was found, for people; never a secret.
        right: whether an `up` can succeed; None when the check was impossible.
        remedy: what to do about a problem or a warning.
    """

    subject: str
    observed: str
    right: bool | None
    remedy: str = ""


def right(subject: str, observed: str) -> Finding:
    """The check passed."""
    return Finding(subject, observed, right=True)


def warning(subject: str, observed: str, remedy: str) -> Finding:
    """The check passed, but something should be changed."""
    return Finding(subject, observed, True, remedy)


def wrong(subject: str, observed: str, remedy: str) -> Finding:
    """The check failed: an `up` would fail, or its result would not work."""
    return Finding(subject, observed, False, remedy)


def unknown(subject: str, observed: str, remedy: str) -> Finding:
    """The check was impossible."""
    return Finding(subject, observed, None, remedy)
