"""A stack's settings file: read as a map with a map `config`, and written where it has a source.

The engine writes into `Pulumi.<stack>.yaml` what seals the stack's secrets. Where that must not be in a tracked file,
the settings are in `<stack>.settings.yaml` beside it, and the engine's file is a copy, which version control ignores.
"""

import hashlib
from pathlib import Path
from typing import Any

import yaml

from auth0_apim_environments.project import write_whole
from auth0_apim_environments.settings.problems import Problem, SettingsError

_SALT = "encryptionsalt:"


class StackFileError(SettingsError):
    """A settings file that cannot be read; the message names the file and what is wrong with it."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__([Problem(str(file), problem, "config: {…}")])

    def __str__(self) -> str:
        [found] = self.problems
        return f"{found.key} {found.problem}"


def read_stack_file(file: Path) -> dict[str, Any]:
    """The document in `file`, or as long as that is not there, in its source; its `config` is a map.

    Raises:
        StackFileError: there is no such file, or it is something else; the message names the environments there are.
    """
    found = file if file.exists() else source_of(file)
    try:
        document = yaml.safe_load(found.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StackFileError(file, f"is not there; environments: {', '.join(_environments(file.parent))}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StackFileError(found, f"cannot be read ({error})") from None
    except yaml.YAMLError as error:
        raise StackFileError(found, f"is no YAML ({error})") from None
    if not isinstance(document, dict) or not isinstance(document.get("config"), dict):
        raise StackFileError(found, "has no map 'config'; it begins with `config:` and has keys below")
    return document


def source_of(file: Path) -> Path:
    """The tracked file that `Pulumi.<stack>.yaml` is a copy of, whether there is one or not: `<stack>.settings.yaml`."""
    return file.with_name(f"{file.stem.removeprefix('Pulumi.')}.settings.yaml")


def write_from_source(file: Path) -> bool:
    """Make `file` a copy of its source, where it has one; the salt in it stays. False if somebody has changed it: then
    it is theirs and stays as it is.
    """
    source = source_of(file)
    if not source.exists():
        return True
    if file.exists() and not is_as_written(file):
        return False
    text = source.read_text(encoding="utf-8").rstrip("\n") + "\n"
    salt = [line for line in _lines(file) if line.startswith(_SALT)] if file.exists() else []
    copy = "".join([_header(source, text), text, *salt])
    if not file.exists() or file.read_text(encoding="utf-8") != copy:
        write_whole(file, copy)
    return True


def is_as_written(file: Path) -> bool:
    """Whether `file` is as `write_from_source` wrote it, but for the salt that the engine adds."""
    first, *others = [*_lines(file), ""]
    return first == _header(source_of(file), "".join(line for line in others if not line.startswith(_SALT)))


def forget_salt(file: Path) -> None:
    """Take the salt that the engine wrote into `file` out again: without its stack it is worth nothing."""
    lines = _lines(file) if file.exists() else []
    kept = [line for line in lines if not line.startswith(_SALT)]
    if kept != lines:
        write_whole(file, "".join(kept))


def _header(source: Path, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"# Written by `auth0-apim up` from {source.name} ({digest}), the file to change; changed here, this one is kept.\n"


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)


def _environments(folder: Path) -> list[str]:
    named = {path.name[7:-5] for path in folder.glob("Pulumi.*.yaml")}
    return sorted(named | {path.name[:-14] for path in folder.glob("*.settings.yaml")}) or ["none"]
