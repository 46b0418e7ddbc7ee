"""Hashes of user passwords: bcrypt with 10 rounds, as Auth0 keeps them.

Hashing takes tens of milliseconds on purpose: callers on an event loop run these functions in a thread.
"""

import bcrypt

_ROUNDS = 10
MAX_PASSWORD_BYTES = 72
"""bcrypt reads no more than this; a longer password is refused rather than cut."""


def hash_password(password: str) -> str:
    """A salted bcrypt hash in its modular crypt format, `$2b$10$…`.

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
