"""What differs between two environments: their settings and, where both are deployed, their outputs."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auth0_apim_environments.fleet.place import Place
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.stack_file import read_stack_file

MASK = "[secret]"
_ABSENT = object()


@dataclass(frozen=True)
class Values:
    """Settings or outputs of one environment.

    Attributes:
        plain: values by key; parts of maps have keys with dots.
        secret: secret values by key: their plain text, or None where it is not known.
        unread: why there are none, if they could not be read.
    """

    plain: Mapping[str, Any] = field(default_factory=dict)
    secret: Mapping[str, Any] = field(default_factory=dict, repr=False)
    unread: str | None = None


@dataclass(frozen=True)
class Difference:
    """One key that differs.

    Attributes:
        key: the setting's or output's key.
        first: JSON of its value in the first environment, masked if it is a secret; None if it has none.
        second: the same of the second.
    """

    key: str
    first: str | None
    second: str | None


def differences(first: Values, second: Values) -> list[Difference]:
    """The keys that differ, sorted. Two secrets differ if their plain texts do; unknown ones are not compared."""
    keys = sorted({*first.plain, *first.secret, *second.plain, *second.secret})
    return [Difference(key, _shown(first, key), _shown(second, key)) for key in keys if _differ(first, second, key)]


def uncompared(first: Values, second: Values) -> list[str]:
    """Keys of secrets that both have, whose plain text is not known."""
    return sorted(key for key, value in first.secret.items() if value is None and key in second.secret)


def read_settings(project: Project, name: str) -> Values:
    """The settings in the file of environment `name`; encrypted ones without their plain text.

    Raises:
        StackFileError: there is no such file, or it has no settings.
    """
    document = read_stack_file(project.stack_file(name))
    plain: dict[str, Any] = {}
    secret: dict[str, None] = {}
    for key, value in document["config"].items():
        _flatten(key, value, plain, secret)
    return Values(plain, secret)


def read_outputs(place: Place, name: str) -> Values:
    """The outputs of environment `name`, asked of the engine; `unread` says why where it has none."""
    plain = _ask_outputs(place, name, "--show-secrets")
    masked = _ask_outputs(place, name)
    if isinstance(plain, str) or isinstance(masked, str):
        return Values(unread=plain if isinstance(plain, str) else str(masked))
    secret = {key for key, value in masked.items() if value == MASK}
    return Values(
        {key: value for key, value in plain.items() if key not in secret}, {key: plain[key] for key in secret}
    )


def _ask_outputs(place: Place, name: str, *options: str) -> dict[str, Any] | str:
    """The outputs, or what the CLI said instead."""
    command = [str(place.engine.path), "stack", "output", "--stack", name, "--json", "--non-interactive", *options]
    variables = {**os.environ, **place.variables}
    answer = subprocess.run(command, cwd=place.project.root, env=variables, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return answer.stderr.strip().removeprefix("error: ")
    outputs: dict[str, Any] = json.loads(answer.stdout)
    return outputs


def _flatten(key: str, value: Any, plain: dict[str, Any], secret: dict[str, None]) -> None:
    if not isinstance(value, dict) or not value:
        plain[key] = value
    elif set(value) == {"secure"}:
        secret[key] = None
    else:
        for part, inner in value.items():
            _flatten(f"{key}.{part}", inner, plain, secret)


def _differ(first: Values, second: Values, key: str) -> bool:
    if key in first.secret and key in second.secret:
        return bool(first.secret[key] != second.secret[key])
    return bool(first.plain.get(key, _ABSENT) != second.plain.get(key, _ABSENT)) or (
        (key in first.secret) != (key in second.secret)
    )


def _shown(values: Values, key: str) -> str | None:
    if key in values.secret:
        return MASK
    return json.dumps(values.plain[key], ensure_ascii=False) if key in values.plain else None
