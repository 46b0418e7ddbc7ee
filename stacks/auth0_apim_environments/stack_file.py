"""A stack's settings file, read: a map with a map `config`, or one sentence that says what it is instead."""

from pathlib import Path
from typing import Any

import yaml

from auth0_apim_environments.problems import Problem, SettingsError


class StackFileError(SettingsError):
    """A settings file that cannot be read; the message names the file and what is wrong with it."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__([Problem(str(file), problem, "config: {…}")])

    def __str__(self) -> str:
        [found] = self.problems
        return f"{found.key} {found.problem}"


def read_stack_file(file: Path) -> dict[str, Any]:
    """The document in `file`, whose `config` is a map.

    Raises:
        StackFileError: there is no such file, or it is something else; the message names the environments there are.
    """
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(path.name[7:-5] for path in file.parent.glob("Pulumi.*.yaml"))) or "none"
        raise StackFileError(file, f"is not there; environments: {known}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StackFileError(file, f"cannot be read ({error})") from None
    except yaml.YAMLError as error:
        raise StackFileError(file, f"is no YAML ({error})") from None
    if not isinstance(document, dict) or not isinstance(document.get("config"), dict):
        raise StackFileError(file, "has no map 'config'; it begins with `config:` and has keys below")
    return document
