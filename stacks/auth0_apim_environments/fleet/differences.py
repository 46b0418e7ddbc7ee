"""The differences between two environments: their settings and, if both are deployed, their outputs."""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from auth0_apim_environments.fleet.backend import Backend
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.stack_file import read_stack_file

MASK = "[secret]"
_ABSENT = object()


@dataclass(frozen=True)
class Values:
    """Settings or outputs of one environment.

    Attributes:
        plain: values by key; parts of maps have keys with dots.
        secret: secret values by key: their plain text, or None when it is unknown.
        unread: why they could not be read; None if they were.
    """

    plain: Mapping[str, Any] = field(default_factory=dict)
    secret: Mapping[str, Any] = field(default_factory=dict, repr=False)
    unread: str | None = None


@dataclass(frozen=True)
class Difference:
    """One key whose values differ.

    Attributes:
        key: the setting's or output's key.
        first: its value in the first environment as JSON, masked if it is a secret; None if it has none.
        second: the same for the second environment.
    """

    key: str
    first: str | None
    second: str | None


def differences(first: Values, second: Values) -> list[Difference]:
    """The keys whose values differ, sorted. Secrets are compared by their plain text, if it is known."""
    keys = sorted({*first.plain, *first.secret, *second.plain, *second.secret})
    return [Difference(key, _shown(first, key), _shown(second, key)) for key in keys if _differ(first, second, key)]


def uncompared(first: Values, second: Values) -> list[str]:
    """The keys of secrets that both environments have and whose plain text is unknown."""
    return sorted(key for key, value in first.secret.items() if value is None and key in second.secret)


def read_settings(project: Project, name: str) -> Values:
    """The settings in the file of environment `name`; encrypted ones have no plain text.

    Raises:
        StackFileError: as for `read_stack_file`.
    """
    document = read_stack_file(project.stack_file(name))
    plain: dict[str, Any] = {}
    secret: dict[str, None] = {}
    for key, value in document["config"].items():
        _flatten(key, value, plain, secret)
    return Values(plain, secret)


def read_outputs(backend: Backend, name: str) -> Values:
    """The outputs of environment `name`; `unread` has the reason when they cannot be read."""
    plain = _query_outputs(backend, name, "--show-secrets")
    masked = _query_outputs(backend, name)
    if isinstance(plain, str) or isinstance(masked, str):
        return Values(unread=plain if isinstance(plain, str) else str(masked))
    secret = {key for key, value in masked.items() if value == MASK}
    return Values(
        {key: value for key, value in plain.items() if key not in secret}, {key: plain[key] for key in secret}
    )


def _query_outputs(backend: Backend, name: str, *options: str) -> dict[str, Any] | str:
    """The outputs, or the CLI's error output."""
    command = [str(backend.engine.path), "stack", "output", "--stack", name, "--json", "--non-interactive", *options]
    variables = {**os.environ, **backend.variables}
    answer = subprocess.run(
        command, cwd=backend.project.root, env=variables, capture_output=True, text=True, check=False
    )
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


@dataclass(frozen=True)
class Comparison:
    """The comparison of two environments.

    Attributes:
        names: of the two environments.
        settings: keys of their settings files whose values differ.
        outputs: outputs that differ; None if those of one environment cannot be read.
        uncompared: secret settings that both have, which are not decrypted.
        unread: why outputs could not be read, by environment.
    """

    names: tuple[str, str]
    settings: list[Difference]
    outputs: list[Difference] | None
    uncompared: list[str]
    unread: dict[str, str]

    @property
    def any(self) -> bool:
        """Whether any compared value differs."""
        return bool(self.settings or self.outputs)

    def as_json(self) -> str:
        """One JSON document; values are JSON texts, secrets are masked."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)

    def as_tables(self) -> Group:
        """Tables for people."""
        parts = [self._table("Settings", self.settings)]
        if self.outputs is not None:
            parts.append(self._table("Outputs", self.outputs))
        notes = [f"outputs of {name} not compared: {reason}" for name, reason in self.unread.items()]
        if self.uncompared:
            notes.append(f"secrets set in both, not compared: {', '.join(self.uncompared)}")
        return Group(*parts, *(escape(note) for note in notes))

    def _table(self, what: str, found: Iterable[Difference]) -> Table | str:
        table = Table(title=f"{what} that differ", title_justify="left")
        for heading in ("key", *self.names):
            table.add_column(escape(heading), overflow="fold")
        for each in found:
            table.add_row(*(escape("-" if text is None else text) for text in (each.key, each.first, each.second)))
        return table if table.row_count else f"{what}: no difference."


def compare(names: tuple[str, str], settings: tuple[Values, Values], outputs: tuple[Values, Values]) -> Comparison:
    """The comparison of the settings and outputs of two environments."""
    unread = {name: values.unread for name, values in zip(names, outputs, strict=True) if values.unread}
    return Comparison(
        names,
        differences(*settings),
        None if unread else differences(*outputs),
        uncompared(*settings),
        unread,
    )
