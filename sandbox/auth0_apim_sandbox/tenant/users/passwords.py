"""Users' passwords: their hashes, and which ones a connection accepts: strength, dictionary, personal data, history.

Hashing takes tens of milliseconds on purpose: callers on an event loop run these functions in a thread.
https://auth0.com/docs/authenticate/database-connections/password-strength and
https://auth0.com/docs/authenticate/database-connections/password-options
"""

import re
import string
from typing import Any

import bcrypt

from auth0_apim_sandbox.store.store import Document

_ROUNDS = 10
MAX_PASSWORD_BYTES = 72
"""bcrypt reads no more than this; a longer password is refused rather than cut."""
_SPECIAL = frozenset(string.punctuation + " ")
_MINIMUM_LENGTH = {"none": 1, "low": 6, "fair": 8, "good": 8, "excellent": 10}
_MAXIMUM_HISTORY = 24
COMMON_PASSWORDS = frozenset(
    [
        "000000",
        "111111",
        "112233",
        "121212",
        "123123",
        "123321",
        "123456",
        "1234567",
        "12345678",
        "123456789",
        "1234567890",
        "1q2w3e4r",
        "654321",
        "666666",
        "abc123",
        "admin",
        "admin123",
        "dragon",
        "football",
        "iloveyou",
        "letmein",
        "login",
        "master",
        "monkey",
        "passw0rd",
        "password",
        "password1",
        "password123",
        "princess",
        "qwerty",
        "qwerty123",
        "qwertyuiop",
        "shadow",
        "starwars",
        "sunshine",
        "superman",
        "trustno1",
        "welcome",
        "welcome1",
    ]
)
"""A short form of Auth0's list of the 10,000 most common passwords, which is not published with the documentation."""


def hash_password(password: str) -> str:
    """A salted bcrypt hash with 10 rounds, as Auth0 keeps it, in the modular crypt format `$2b$10$…`.

    Raises:
        ValueError: the password has more than 72 bytes in UTF-8.
    """
    secret = password.encode()
    if len(secret) > MAX_PASSWORD_BYTES:
        raise ValueError(f"Password is too long: {len(secret)} bytes, the limit is {MAX_PASSWORD_BYTES} bytes in UTF-8")
    return bcrypt.hashpw(secret, bcrypt.gensalt(_ROUNDS)).decode()


def verify_password(password: str, password_hash: str) -> bool:
    """Whether `password` is the one that was hashed; compared in constant time."""
    secret = password.encode()
    return len(secret) <= MAX_PASSWORD_BYTES and bcrypt.checkpw(secret, password_hash.encode())


class PasswordError(Exception):
    """A password that the connection's policy refuses; `name` is Auth0's name of the rule."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def check_password(options: dict[str, Any], password: str, user: Document) -> None:
    """Refuse a password that is too weak, too common or about its user.

    Args:
        options: the connection's options.
        user: the user the password is for; only the names in it are read.

    Raises:
        PasswordError: the first rule that the password breaks.
    """
    if len(password.encode()) > MAX_PASSWORD_BYTES or not _is_strong(options, password):
        raise PasswordError("PasswordStrengthError", "Password is too weak")
    dictionary = options.get("password_dictionary") or {}
    words = {word.lower() for word in dictionary.get("dictionary", [])} | COMMON_PASSWORDS
    if dictionary.get("enable") and password.lower() in words:
        raise PasswordError("PasswordDictionaryError", "Password is too common")
    if (options.get("password_no_personal_info") or {}).get("enable") and _is_personal(password, user):
        raise PasswordError("PasswordNoUserInfoError", "Password contains user information")


def check_history(options: dict[str, Any], password: str, stored: Document) -> None:
    """Refuse a password that the user has had before, where the connection remembers; slow, run it in a thread.

    Args:
        stored: the user's document in `auth0.passwords`.

    Raises:
        PasswordError: `PasswordHistoryError`.
    """
    for password_hash in remembered(options, stored):
        if verify_password(password, password_hash):
            raise PasswordError("PasswordHistoryError", "Password has previously been used")


def remembered(options: dict[str, Any], stored: Document) -> list[str]:
    """The hashes of the passwords that may not be used again, newest first; empty when the history is off."""
    history = options.get("password_history") or {}
    if not history.get("enable") or "hash" not in stored:
        return []
    hashes: list[str] = [stored["hash"], *stored.get("history", [])]
    return hashes[: min(history.get("size", 5), _MAXIMUM_HISTORY)]


def _is_strong(options: dict[str, Any], password: str) -> bool:
    level = options.get("passwordPolicy") or "none"
    complexity = options.get("password_complexity_options") or {}
    if len(password) < complexity.get("min_length", _MINIMUM_LENGTH[level]):
        return False
    lower, upper, digit, special = _classes(password)
    if level == "fair":
        return lower and upper and digit
    if level in ("good", "excellent"):
        enough = sum((lower, upper, digit, special)) >= 3
        return enough and (level == "good" or not re.search(r"(.)\1\1", password, re.DOTALL))
    return True


def _classes(password: str) -> tuple[bool, bool, bool, bool]:
    return (
        any(character.islower() for character in password),
        any(character.isupper() for character in password),
        any(character.isdigit() for character in password),
        any(character in _SPECIAL for character in password),
    )


def _is_personal(password: str, user: Document) -> bool:
    metadata = user.get("user_metadata") or {}
    words = [user.get(name) for name in ("name", "username", "nickname")]
    words += [metadata.get(name) for name in ("name", "first", "last")]
    words.append((user.get("email") or "").partition("@")[0])
    return any(isinstance(word, str) and word and word.lower() in password.lower() for word in words)
