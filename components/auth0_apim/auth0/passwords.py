"""What a database asks of its users' passwords, before Auth0 is asked."""

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import groupby
from typing import Any

from auth0_apim.component.inputs import Rule

DEFAULT_MINIMUM_LENGTH = 12
"""Characters; Auth0's own policies ask for 10 at most."""

_LONGEST = 72
"""Bytes, where bcrypt, Auth0's hash, stops reading."""


class PasswordPolicy(Enum):
    """How a database connection judges a password, by Auth0's names (Auth0, "Password Strength")."""

    NONE = "none"
    """At least one character."""
    LOW = "low"
    """At least 6 characters."""
    FAIR = "fair"
    """At least 8 characters, with lower case, upper case and a digit."""
    GOOD = "good"
    """At least 8 characters, of three of the four classes lower case, upper case, digit, special character."""
    EXCELLENT = "excellent"
    """At least 10 characters, of three of the four classes, none more than twice in a row."""


def minimum_password_length_problem(value: float) -> str | None:
    """The shortest password: 1 to 72 characters, where a hash stops reading."""
    if isinstance(value, bool) or value != int(value) or not 1 <= value <= _LONGEST:
        return f"must be a whole number of characters from 1 to {_LONGEST}, not {value!r}"
    return None


def password_problem(value: Mapping[str, Any]) -> str | None:
    """A `password` under a `policy` with a `minimum_length`, of a user with an `email` and a `username`.

    `minimum_length` takes the place of the policy's own (Auth0, "Password Options"). Nothing of the password is quoted.
    """
    password: str = value["password"]
    problem = _length_problem(password, int(value["minimum_length"])) or _policy_problem(password, value["policy"])
    if problem is None and _has_personal_information(password, [value["email"].partition("@")[0], value["username"]]):
        return "must not contain the user's name or the local part of the e-mail address"
    return problem


def _length_problem(password: str, minimum: int) -> str | None:
    if len(password) < minimum:
        return f"must be at least {minimum} characters long"
    if len(password.encode()) > _LONGEST:
        return f"must be at most {_LONGEST} bytes long in UTF-8"
    return None


def _policy_problem(password: str, policy: str) -> str | None:
    lower, upper, digit, special = _character_classes(password)
    if policy == "fair" and not (lower and upper and digit):
        return "must have a lower case letter, an upper case letter and a digit (policy fair)"
    if policy in ("good", "excellent") and lower + upper + digit + special < 3:
        return f"must have three of: lower case, upper case, digit, special character (policy {policy})"
    if policy == "excellent" and any(len(list(run)) > 2 for _, run in groupby(password)):
        return "must not have a character more than twice in a row (policy excellent)"
    return None


def _character_classes(password: str) -> tuple[bool, bool, bool, bool]:
    return (
        any("a" <= character <= "z" for character in password),
        any("A" <= character <= "Z" for character in password),
        any("0" <= character <= "9" for character in password),
        any(character.isascii() and not character.isalnum() for character in password),
    )


def _has_personal_information(password: str, names: Sequence[str | None]) -> bool:
    # A name of one or two characters would refuse good passwords by chance.
    return any(name is not None and len(name) >= 3 and name.lower() in password.lower() for name in names)


MINIMUM_PASSWORD_LENGTH = Rule(minimum_password_length_problem, DEFAULT_MINIMUM_LENGTH)
"""The shortest password that a database takes, in characters."""
