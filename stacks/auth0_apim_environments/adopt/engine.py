"""The engine's part of an adoption: the program's resources, the import, and the changes of the next `up`."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auth0_apim_environments.engine.engine_settings import engine_settings
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project

_NO_CHANGE = ("same", "refresh", "read")


@dataclass(frozen=True)
class Change:
    """One change that an `up` would make.

    Attributes:
        resource: the resource's name.
        operation: the engine's operation: `create`, `update`, `replace` or `delete`.
        differences: the change of each property, by its path: `add`, `update` or `delete`.
    """

    resource: str
    operation: str
    differences: Mapping[str, str]


class Engine:
    """The pulumi command on one stack.

    Args:
        project: the stack's project.
        stack: its name.
        variables: laid over this process's environment.
    """

    def __init__(self, project: Project, stack: str, variables: Mapping[str, str]) -> None:
        self._stack = stack
        self._variables = {**os.environ, **variables}
        self._settings = engine_settings(project, self._variables.get("PULUMI_BACKEND_URL", ""))

    def ensure_stack(self) -> None:
        """Create the stack if it does not exist.

        Raises:
            StackError: the engine failed.
        """
        self._run("stack", "select", "--create")

    def is_empty(self) -> bool:
        """Whether the stack has no resources.

        Raises:
            StackError: it cannot be read.
        """
        deployment = json.loads(self._run("stack", "export"))["deployment"] or {}
        return not deployment.get("resources")

    def planned_resources(self) -> dict[str, Any]:
        """The program's resources that are not in the state, as an import file without ids.

        Raises:
            StackError: the program failed.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "planned.json"
            self._run("preview", "--import-file", str(file), "--json")
            planned: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return planned

    def import_resources(self, file: Path) -> None:
        """Import the resources of an import file into the state; the services are only read.

        Raises:
            StackError: a resource does not exist, or the engine failed.
        """
        self._run(
            "import",
            "--file",
            str(file.absolute()),
            "--yes",
            "--skip-preview",
            "--generate-code=false",
            "--protect=false",
        )

    def changes(self) -> list[Change]:
        """The changes that an `up` would make.

        Raises:
            StackError: the program failed.
        """
        steps = json.loads(self._run("preview", "--json"))["steps"]
        return [_change(step) for step in steps if step["op"] not in _NO_CHANGE]

    def _run(self, *arguments: str) -> str:
        options = ("--stack", self._stack, "--non-interactive", "--color", "never")
        folder, words = self._settings.invocation(self._stack, [*arguments, *options])
        try:
            done = subprocess.run(
                ["pulumi", *words], cwd=folder, env=self._variables, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise StackError("pulumi is not on PATH; `auth0-apim engine` installs it") from None
        if done.returncode != 0:
            output = (done.stdout + done.stderr).strip()
            raise StackError(f"`pulumi {' '.join(arguments)}` failed: {output[-2000:]}")
        return done.stdout


def _change(step: Mapping[str, Any]) -> Change:
    differences: dict[str, str] = {}
    for path, difference in (step.get("detailedDiff") or {}).items():
        name, element, _ = path.partition("[")
        kind = "update" if element else str(difference["kind"])
        differences[name] = kind.removesuffix("-replace")
    return Change(step["urn"].rpartition("::")[2], step["op"], differences)
