"""What the engine says when it cannot go on, as kinds of error that a caller can act on."""

import re
from collections.abc import Callable
from typing import TypeVar

from pulumi.automation import CommandError

from auth0_apim_environments.errors import StackError
from auth0_apim_environments.state.locks import Lock, locks_in

T = TypeVar("T")

_SECRETS_LOST = ("incorrect passphrase", "passphrase must be set", "unable to decrypt", "error decrypting")
_UNREADABLE = (
    "could not deserialize",
    "invalid character",
    "cannot unmarshal",
    "unknown stack",
)
_HALF_WRITTEN = re.compile(r"unexpected end of JSON|(error|checkpoint|tags file): (unexpected )?EOF\b")
"""What is said of a file that another process is writing at that moment, or never finished."""
_UNREADABLE_FILE = re.compile(
    r"(failed to load|snapshot integrity|unmarshal|decod\w+).*(checkpoint|deployment|snapshot)", re.IGNORECASE
)
_BACKEND_AWAY = re.compile(
    r"unable to open bucket|could not list bucket|could not (read|write|create) .*\.pulumi|read \.pulumi/meta|"
    r"connection (refused|reset)|no such host|i/o timeout|RequestCanceled|ServiceUnavailable|"
    r"StatusCode: 50[0234]|\b50[234] (Bad Gateway|Service Unavailable|Gateway Timeout)",
    re.IGNORECASE,
)
_ERROR_LINE = re.compile(r"^\s*(?:error:|\* )\s*(.+)$", re.IGNORECASE)


class EngineFailureError(StackError):
    """The engine could not do what it was asked; the message is its own."""


class LockedError(EngineFailureError):
    """The stack is locked by other processes, which may be dead.

    Attributes:
        locks: who holds them.
    """

    def __init__(self, stack: str, locks: tuple[Lock, ...]) -> None:
        holders = ", ".join(map(str, locks)) or "another update"
        super().__init__(f"stack '{stack}' is being worked on by {holders}")
        self.locks = locks


class StackGoneError(EngineFailureError):
    """There is no such stack in the backend."""


class UnreadableStateError(EngineFailureError):
    """The stack's state cannot be read."""


class HalfWrittenStateError(UnreadableStateError):
    """A state's file ends too early: it is being written, or its writer was killed."""


class SecretsLostError(EngineFailureError):
    """The stack's secrets cannot be decrypted with what this process has."""


class BackendAwayError(EngineFailureError):
    """The backend cannot be reached."""


class ProtectedResourceError(EngineFailureError):
    """A resource is protected from deletion."""


def asking_engine(stack: str, ask: Callable[[], T]) -> T:
    """What `ask` answers; its failure as one of this module's errors.

    Raises:
        EngineFailureError: or the more telling one of its kinds.
    """
    try:
        return ask()
    except CommandError as error:
        raise engine_failure(stack, str(error)) from None


def engine_failure(stack: str, said: str) -> EngineFailureError:
    """The error for what the command line said."""
    if "currently locked by" in said or "Another update is currently in progress" in said:
        return LockedError(stack, locks_in(said))
    if re.search(r"no stack named .* found", said):
        return StackGoneError(f"there is no stack '{stack}'")
    reason = "; ".join(dict.fromkeys(_reasons(said))) or said.strip()[-500:]
    kind, text = _kind_of(said)
    return kind(f"{text.format(stack=stack)}: {reason}")


def _kind_of(said: str) -> tuple[type[EngineFailureError], str]:
    if any(sign in said for sign in _SECRETS_LOST):
        return SecretsLostError, "the secrets of stack '{stack}' cannot be decrypted"
    if "is protected" in said:
        return ProtectedResourceError, "stack '{stack}' has a protected resource"
    if _BACKEND_AWAY.search(said) and "Resources:" not in said:
        return BackendAwayError, "the backend of stack '{stack}' cannot be reached"
    if _HALF_WRITTEN.search(said):
        return HalfWrittenStateError, "the state of stack '{stack}' cannot be read"
    if any(sign in said for sign in _UNREADABLE) or _UNREADABLE_FILE.search(said):
        return UnreadableStateError, "the state of stack '{stack}' cannot be read"
    return EngineFailureError, "the engine failed on stack '{stack}'"


def _reasons(said: str) -> list[str]:
    found = [
        match[1].strip() for line in said.splitlines() if (match := _ERROR_LINE.match(line.replace("stderr: ", "")))
    ]
    return [reason for reason in found if reason not in ("update failed", "resource deletion failed")]
