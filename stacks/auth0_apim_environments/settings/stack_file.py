"""A stack's settings file: read as a map with a map `config`, written from its source when it has one, and checked.

A person's own pulumi command writes the salt of the stack's secrets into `Pulumi.<stack>.yaml`. Where that must not be in a tracked
file, the settings are in `<stack>.settings.yaml` beside it, and that file is a copy that version control ignores.
"""

import hashlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import stacks_in, write_whole
from auth0_apim_environments.settings.problems import NAMESPACE, Problem, SettingsError, works

_SALT = "encryptionsalt:"


class StackFileError(SettingsError):
    """A settings file that cannot be read; the message names the file and the problem."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__([Problem(str(file), problem, works("config: {…}"))])

    def __str__(self) -> str:
        [found] = self.problems
        return f"{found.key} {found.problem}"


def read_stack_file(file: Path) -> dict[str, Any]:
    """The document in `file`, or in its source while `file` does not exist; its `config` is a map.

    Raises:
        StackFileError: the file does not exist, and the message names the environments that do; or it is no settings file.
    """
    found = file if file.exists() else source_of(file)
    if not found.exists():
        raise StackFileError(file, f"is not there; environments: {', '.join(stacks_in(file.parent)) or 'none'}")
    document = read_document(found)
    if not isinstance(document.get("config"), dict):
        raise StackFileError(found, "has no map 'config'; it begins with `config:` and has keys below")
    return document


def read_document(file: Path) -> dict[str, Any]:
    """The document in `file`, which exists; empty when the file is.

    Raises:
        StackFileError: the file cannot be read, or is no map in YAML.
    """
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StackFileError(file, f"cannot be read ({error})") from None
    except yaml.YAMLError as error:
        raise StackFileError(file, f"is no YAML ({error})") from None
    if not isinstance(document or {}, dict):
        raise StackFileError(file, "is no map; it begins with `config:` and has keys below")
    return document or {}


def source_of(file: Path) -> Path:
    """The path of the tracked file that `Pulumi.<stack>.yaml` is copied from, `<stack>.settings.yaml`; it may not exist."""
    return file.with_name(f"{file.stem.removeprefix('Pulumi.')}.settings.yaml")


def write_stack_file(file: Path) -> None:
    """Copy a settings file from its source, unless somebody has changed it.

    Raises:
        StackFileError: as for `read_stack_file`.
    """
    read_stack_file(file)
    if not copy_from_source(file):
        source = source_of(file).name
        sys.stderr.write(f"{file} was changed and is kept; remove it, and it is written from {source} again\n")


def copy_from_source(file: Path) -> bool:
    """Make `file` a copy of its source, with the salt that `file` has; True as well when it has no source.

    Returns:
        False when somebody has changed `file`, which then stays as it is.
    """
    source = source_of(file)
    if not source.exists():
        return True
    if file.exists() and not is_unchanged_copy(file):
        return False
    text = source.read_text(encoding="utf-8").rstrip("\n") + "\n"
    salt = salt_lines(file.read_text(encoding="utf-8")) if file.exists() else []
    copy = "".join([_header(source, text), text, *salt])
    if not file.exists() or file.read_text(encoding="utf-8") != copy:
        write_whole(file, copy)
    return True


def is_unchanged_copy(file: Path) -> bool:
    """Whether `file` is as `copy_from_source` wrote it, apart from the salt that the engine adds."""
    text = file.read_text(encoding="utf-8", errors="replace")
    first, _, others = text.partition("\n")
    return f"{first}\n" == _header(source_of(file), without_salt(others))


def remove_copy(file: Path) -> None:
    """Remove a settings file that is an unchanged copy of its source."""
    if file.exists() and is_unchanged_copy(file):
        file.unlink()


def salt_lines(text: str) -> list[str]:
    """The lines of a settings file with the salt of the stack's secrets."""
    return [line for line in text.splitlines(keepends=True) if line.startswith(_SALT)]


def without_salt(text: str) -> str:
    """The text of a settings file without the salt of the stack's secrets."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_SALT))


def has_ciphertext(value: object) -> bool:
    """Whether settings have secrets, as the engine writes them: `secure: …`."""
    if isinstance(value, list):
        return any(has_ciphertext(item) for item in value)
    return isinstance(value, dict) and ("secure" in value or any(has_ciphertext(item) for item in value.values()))


def is_encrypted(key: str, value: Any) -> bool:
    """Whether the `value` of a `key` without the namespace is as the engine writes secrets into a stack's file."""
    if not isinstance(value, dict):
        return False
    if key == "databaseConfiguration":
        return bool(value) and all(isinstance(item, dict) and set(item) == {"secure"} for item in value.values())
    return set(value) == {"secure"}


def require_local_backend(file: Path) -> None:
    """Check that the API's backend in the settings `file` accepts connections, if it is on this machine.

    Raises:
        StackFileError: the file cannot be read.
        StackError: nothing listens at `publication.serviceUrl`.
    """
    document = read_stack_file(file)
    try:
        url = document["config"][f"{NAMESPACE}:publication"]["serviceUrl"]
        address = urlsplit(url)
        host, port = address.hostname, address.port
    except (KeyError, TypeError, AttributeError, ValueError):
        return  # the settings' own checks report it
    if host in {"localhost", "127.0.0.1"} and not _is_listening(port or (443 if address.scheme == "https" else 80)):
        raise StackError(
            f"nothing listens at {url}, the publication.serviceUrl of {file}: start your backend, or remove "
            f"`serviceUrl` below {NAMESPACE}:publication to use the sandbox's own"
        )


def _is_listening(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


def _header(source: Path, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"# Copied by `auth0-apim up` from {source.name} ({digest}). Edit {source.name}: an edited copy is not updated.\n"


SECRETS_PROVIDER_VARIABLE = "AUTH0_APIM_SECRETS_PROVIDER"
"""Environment variable with the secrets provider of new stacks whose settings file names none."""


def secrets_provider(settings: Path) -> str | None:
    """The secrets provider of a new stack with the settings file `settings`; None for the backend's default.

    It is the file's `secretsprovider`, else AUTH0_APIM_SECRETS_PROVIDER. Example: `awskms://alias/pulumi?region=eu-west-1`.
    """
    document = yaml.safe_load(settings.read_text(encoding="utf-8")) if settings.exists() else None
    own = document.get("secretsprovider") if isinstance(document, dict) else None
    return str(own) if own else os.environ.get(SECRETS_PROVIDER_VARIABLE)


def keep_secrets_provider(settings: Path, state: Mapping[str, Any]) -> None:
    """Write the secrets provider of an existing stack into its settings file, unless the file names it.

    A fresh checkout has no settings file of a stack that another job created; without these lines in a new file the engine
    takes another provider.

    Args:
        settings: the stack's settings file.
        state: the stack's state as the engine exports it.
    """
    provider = state.get("deployment", {}).get("secrets_providers") or {}
    values = provider.get("state") or {}
    names = {
        "cloud": {"secretsprovider": "url", "encryptedkey": "encryptedkey"},
        "passphrase": {"encryptionsalt": "salt"},
    }
    text = settings.read_text(encoding="utf-8")
    written = yaml.safe_load(text) or {}
    seal = {key: values[name] for key, name in names.get(str(provider.get("type")), {}).items() if key not in written}
    if seal:
        write_whole(settings, text.rstrip("\n") + "\n" + yaml.safe_dump(seal, width=10_000))
