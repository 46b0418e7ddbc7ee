"""The modules `bcrypt` and `bcryptjs`."""

from typing import Any

import bcrypt

from auth0_apim_sandbox.scripts.errors import ModuleError

_MOST_ROUNDS = 14
_BCRYPT_BYTES = 72


def hash_password(data: Any, salt: Any) -> str:
    """`hash(data, salt or rounds)`."""
    given = _bytes(data)
    try:
        return bcrypt.hashpw(given, salt.encode() if isinstance(salt, str) else bcrypt.gensalt(_rounds(salt))).decode()
    except ValueError as error:
        raise ModuleError(f"bcrypt: {error}") from error


def compare(data: Any, known: Any) -> bool:
    """`compare(data, hash)`; what is no hash matches nothing, as in the npm module."""
    if not isinstance(known, str):
        raise ModuleError("data and hash must be strings")
    try:
        return bcrypt.checkpw(_bytes(data), known.encode())
    except ValueError:
        return False


def generate_salt(rounds: Any) -> str:
    """`genSalt(rounds)`."""
    return bcrypt.gensalt(_rounds(rounds)).decode()


def _bytes(data: Any) -> bytes:
    if not isinstance(data, str):
        raise ModuleError("data must be a string and salt must either be a salt string or a number of rounds")
    return data.encode()[:_BCRYPT_BYTES]


def _rounds(rounds: Any) -> int:
    if isinstance(rounds, bool) or not isinstance(rounds, int | float) or not 4 <= rounds <= _MOST_ROUNDS:
        raise ModuleError(f"bcrypt's rounds must be from 4 to {_MOST_ROUNDS} in this sandbox, not {rounds!r}")
    return int(rounds)
