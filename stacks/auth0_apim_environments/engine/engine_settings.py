"""The settings files that the engine reads and writes.

The engine writes the salt of a stack's secrets into its settings file. In a sandbox that salt is of use in this clone alone, so there
the engine works on a copy below the sandbox's state folder, and the project's file stays as it is. On any other backend the
file is the project's own, because whoever deploys the stack needs what the engine writes there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from auth0_apim_sandbox.cloud import StateFolder

from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project, write_whole
from auth0_apim_environments.settings.stack_file import (
    has_ciphertext,
    read_document,
    salt_lines,
    source_of,
    without_salt,
)

_RUN_THE_PROGRAM = ("preview", "up")
_COPIED_KEYS = ("name", "description", "config")


@dataclass(frozen=True)
class EngineSettings:
    """The settings files of a project's stacks on one backend. `engine_settings` and `sandbox_settings` make one.

    Attributes:
        project: whose stacks these are.
        folder: has a Pulumi.yaml and the files; the project's own folder when they are no copies.
    """

    project: Project
    folder: Path

    @property
    def are_copies(self) -> bool:
        """Whether the engine works on copies."""
        return self.folder != self.project.root

    def invocation(self, stack: str, arguments: Sequence[str]) -> tuple[Path, list[str]]:
        """The working directory of a pulumi command on `stack`, and its arguments.

        A command that runs the program runs where the program is, any other one beside the settings.

        Raises:
            StackFileError: the settings cannot be read.
        """
        file = self.file(stack)
        if file is None:
            return self.project.root, list(arguments)
        if arguments[0] in _RUN_THE_PROGRAM:
            return self.project.root, [*arguments, "--config-file", str(file)]
        return self.folder, list(arguments)

    def file(self, stack: str) -> Path | None:
        """The up-to-date file that a command takes by `--config-file`; None when it finds the project's own by itself.

        Raises:
            StackFileError: the settings cannot be read.
        """
        if not self.are_copies:
            return None
        self._update(stack)
        return self._copy(stack)

    def require_own_secrets(self, stack: str) -> None:
        """Check that a stack which is not in the sandbox yet can be created there.

        Raises:
            StackError: its settings have secrets that were encrypted for another backend.
        """
        file = self.project.stack_file(stack)
        document = read_document(file)
        if "secretsprovider" in document or has_ciphertext(document):
            raise StackError(
                f"{file} has secrets that were encrypted for another backend than the sandbox's: set PULUMI_BACKEND_URL to "
                "that backend (or `backend: {url: …}` in Pulumi.yaml), export the clouds' credentials, and run pulumi or "
                "`up --all-of`"
            )

    def _copy(self, stack: str) -> Path:
        return self.folder / f"Pulumi.{stack}.yaml"

    def _update(self, stack: str) -> None:
        """Copy what has changed. The salt in the copy stays, unless the project's file has secrets, whose salt is in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_changed(self.folder / "Pulumi.yaml", yaml.safe_dump(_project_of(self.project)))
        file, copy = self.project.stack_file(stack), self._copy(stack)
        original = file if file.exists() else source_of(file)
        if not original.exists():  # a stack whose settings were deleted is destroyed with the last copy
            if not copy.exists():
                write_whole(copy, "config: {}\n")
            return
        text = original.read_text(encoding="utf-8")
        if not has_ciphertext(read_document(original)):
            salt = salt_lines(copy.read_text(encoding="utf-8")) if copy.exists() else []
            text = "".join([without_salt(text).rstrip("\n") + "\n", *salt])
        _write_changed(copy, text)


def engine_settings(project: Project, backend_url: str) -> EngineSettings:
    """The settings files on the backend of that URL, which may be a sandbox's."""
    address = urlsplit(backend_url)
    folder = StateFolder(Path(address.path).parent)
    is_sandbox = address.scheme == "file" and Path(address.path) == folder.backend and folder.passphrase.exists()
    return sandbox_settings(project, folder) if is_sandbox else EngineSettings(project, project.root)


def sandbox_settings(project: Project, folder: StateFolder) -> EngineSettings:
    """The settings files in the sandbox of that state folder."""
    return EngineSettings(project, folder.path / "settings" / project.name)


def _project_of(project: Project) -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load((project.root / "Pulumi.yaml").read_text(encoding="utf-8"))
    runtime = declared["runtime"]
    name = runtime["name"] if isinstance(runtime, dict) else runtime
    return {**{key: declared[key] for key in _COPIED_KEYS if key in declared}, "runtime": name}


def _write_changed(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        write_whole(file, text)
