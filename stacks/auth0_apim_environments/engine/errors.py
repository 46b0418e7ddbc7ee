"""Failures of the engine, as one class for each kind that a caller handles."""

import re
from collections.abc import Callable
from typing import TypeVar

from pulumi.automation import CommandError

from auth0_apim_environments.errors import StackError
from auth0_apim_environments.state.locks import Lock, locks_in

T = TypeVar("T")

_DECRYPTION_FAILED = ("incorrect passphrase", "passphrase must be set", "unable to decrypt", "error decrypting")
_UNREADABLE = (
    "could not deserialize",
    "invalid character",
    "cannot unmarshal",
    "unknown stack",
)
_INCOMPLETE = re.compile(r"unexpected end of JSON|(error|checkpoint|tags file): (unexpected )?EOF\b")
"""The error for a file that another process is writing at that moment, or did not finish."""
_UNREADABLE_FILE = re.compile(
    r"(failed to load|snapshot integrity|unmarshal|decod\w+).*(checkpoint|deployment|snapshot)", re.IGNORECASE
)
_BACKEND_UNAVAILABLE = re.compile(
    r"unable to open bucket|could not list bucket|could not (read|write|create) .*\.pulumi|read \.pulumi/meta|"
    r"connection (refused|reset)|no such host|i/o timeout|RequestCanceled|ServiceUnavailable|"
    r"StatusCode: 50[0234]|\b50[234] (Bad Gateway|Service Unavailable|Gateway Timeout)",
    re.IGNORECASE,
)
_ERROR_LINE = re.compile(r"^\s*(?:error:|\* )\s*(.+)$", re.IGNORECASE)


class EngineFailureError(StackError):
    """A command of the engine failed; the message has the engine's own words."""


class LockedError(EngineFailureError):
    """Other processes, which may have ended, hold locks on the stack.

    Attributes:
        locks: the locks.
    """

    def __init__(self, stack: str, locks: tuple[Lock, ...]) -> None:
        holders = ", ".join(map(str, locks)) or "another update"
        super().__init__(f"stack '{stack}' is locked by {holders}")
        self.locks = locks


class StackNotFoundError(EngineFailureError):
    """The backend has no such stack."""


class UnreadableStateError(EngineFailureError):
    """The stack's state cannot be read."""


class IncompleteStateError(UnreadableStateError):
    """The file of a state is incomplete: it is being written, or its writer was killed."""


class SecretsDecryptionError(EngineFailureError):
    """The stack's secrets cannot be decrypted with this process's passphrase or keys."""


class BackendUnavailableError(EngineFailureError):
    """The backend cannot be reached."""


class ProtectedResourceError(EngineFailureError):
    """A resource is protected from deletion."""


def with_engine_errors(stack: str, run: Callable[[], T]) -> T:
    """The result of `run`, which runs a command of the engine on a stack.

    Raises:
        EngineFailureError: the command failed; one of the subclasses where the kind of failure is known.
    """
    try:
        return run()
    except CommandError as error:
        raise engine_failure(stack, str(error)) from None


def engine_failure(stack: str, output: str) -> EngineFailureError:
    """The error for the engine's error output."""
    if "currently locked by" in output or "Another update is currently in progress" in output:
        return LockedError(stack, locks_in(output))
    if re.search(r"no stack named .* found", output):
        return StackNotFoundError(f"there is no stack '{stack}'")
    reason = "; ".join(dict.fromkeys(_reasons(output))) or output.strip()[-500:]
    kind, text = _kind_of(output)
    return kind(f"{text.format(stack=stack)}: {reason}")


def _kind_of(output: str) -> tuple[type[EngineFailureError], str]:
    if any(sign in output for sign in _DECRYPTION_FAILED):
        return SecretsDecryptionError, "the secrets of stack '{stack}' cannot be decrypted"
    if "is protected" in output:
        return ProtectedResourceError, "stack '{stack}' has a protected resource"
    if _BACKEND_UNAVAILABLE.search(output) and "Resources:" not in output:
        return BackendUnavailableError, "the backend of stack '{stack}' cannot be reached"
    if _INCOMPLETE.search(output):
        return IncompleteStateError, "the state of stack '{stack}' cannot be read"
    if any(sign in output for sign in _UNREADABLE) or _UNREADABLE_FILE.search(output):
        return UnreadableStateError, "the state of stack '{stack}' cannot be read"
    return EngineFailureError, "the engine failed on stack '{stack}'"


def _reasons(output: str) -> list[str]:
    found = [
        match[1].strip() for line in output.splitlines() if (match := _ERROR_LINE.match(line.replace("stderr: ", "")))
    ]
    return [reason for reason in found if reason not in ("update failed", "resource deletion failed")]
