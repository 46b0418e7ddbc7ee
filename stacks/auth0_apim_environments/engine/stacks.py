"""The stacks of a project on a backend, through the command of Pulumi's Automation API.

Each method is as few commands as can be, because each costs a fifth of a second before it begins: the Automation API's
own `Stack` selects the stack before, and asks for outputs twice and for the history after every deployment.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from auth0_apim_sandbox.engine.engine import Engine
from pulumi.automation import PulumiCommand

from auth0_apim_environments.engine.errors import (
    BackendAwayError,
    HalfWrittenStateError,
    LockedError,
    UnreadableStateError,
    asking_engine,
)
from auth0_apim_environments.marks.marker import STACK_TAG, Marker
from auth0_apim_environments.project import Project
from auth0_apim_environments.state.backend_documents import UnknownBackendError, documents_of
from auth0_apim_environments.state.locks import Lock
from auth0_apim_environments.state.secrets_provider import secrets_provider
from auth0_apim_environments.state.side_files import remove_broken_side_files

T = TypeVar("T")
Say = Callable[[str], Any]
"""Receives a line of what the engine says."""

_PATIENCE = (0.3, 1.0, 3.0)
"""Seconds to wait before each further try of a backend that cannot be reached."""


class Stacks:
    """Creates, reads, deploys, destroys and removes stacks.

    Args:
        project: whose program and settings files.
        engine: the Pulumi command to use.
        variables: laid over this process's environment: backend, passphrase, credentials.
    """

    def __init__(self, project: Project, engine: Engine, variables: Mapping[str, str]) -> None:
        self.project = project
        root = None if engine.origin == "path" else str(engine.path.parent.parent)
        self._command = PulumiCommand(root=root)
        self._variables = dict(variables)
        self._backend_url = {**os.environ, **variables}.get("PULUMI_BACKEND_URL", "")

    def names(self) -> list[str]:
        """Every stack of the project, sorted.

        Raises:
            EngineFailureError: the backend cannot be asked.
        """
        return sorted(path.rpartition("/")[2] for path in self._listed(f".pulumi/stacks/{self.project.name}"))

    def elsewhere(self) -> dict[str, str]:
        """The project of each stack of the backend that is another project's.

        Raises:
            EngineFailureError: the backend cannot be asked.
        """
        found = [path.split("/")[-2:] for path in self._listed(".pulumi/stacks", "--all")]
        return {parts[1]: parts[0] for parts in found if len(parts) == 2 and parts[0] != self.project.name}

    def marker(self, stack: str) -> Marker | None:
        """The stack's marker; None for a stack that stays.

        Raises:
            MarkerError: it has one that cannot be read.
            StackGoneError: there is no such stack.
        """
        tags: dict[str, str] = json.loads(self._ask(stack, "stack", "tag", "ls", "--json", "--stack", stack))
        return Marker.from_tag(stack, tags[STACK_TAG]) if STACK_TAG in tags else None

    def mark(self, marker: Marker) -> None:
        """Write the marker of its stack."""
        stack = marker.environment
        self._ask(stack, "stack", "tag", "set", STACK_TAG, marker.tag(), "--stack", stack)

    def create(self, stack: str) -> None:
        """Create an empty stack; its secrets provider is its file's or the variable's, in the sandbox the passphrase."""
        in_sandbox = "PULUMI_BACKEND_URL" in self._variables
        provider = None if in_sandbox else secrets_provider(self.project.stack_file(stack))
        sealed = ("--secrets-provider", provider) if provider else ()
        self._ask(stack, "stack", "init", stack, "--no-select", *sealed)

    def state(self, stack: str) -> dict[str, Any]:
        """The stack's state as the engine exports it, secrets encrypted.

        Raises:
            UnreadableStateError: it cannot be read.
        """
        document: dict[str, Any] = json.loads(self._ask(stack, "stack", "export", "--stack", stack))
        return document

    def restore(self, stack: str, document: Mapping[str, Any]) -> None:
        """Put a state, as `state` gave it, back in place of the stack's own."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "state.json"
            file.write_text(json.dumps(document), encoding="utf-8")
            self._ask(stack, "stack", "import", "--file", str(file), "--stack", stack)

    def forget(self, stack: str) -> None:
        """Put an empty state in place of the stack's own, which nobody can read any more."""
        manifest = {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}
        self.restore(stack, {"version": 3, "deployment": {"manifest": manifest}})

    def deploy(self, stack: str, say: Say | None = None, *, refresh: bool = False) -> dict[str, Any]:
        """Deploy the project's program; the stack's outputs, secrets readable.

        Raises:
            EngineFailureError: it did not end well.
        """
        refreshed = ("--refresh",) if refresh else ()
        options = ("--yes", "--skip-preview", *refreshed, "--stack", stack)
        self._mended(lambda: asking_engine(stack, lambda: self._run("up", *options, on_output=say)))
        outputs: dict[str, Any] = json.loads(
            self._ask(stack, "stack", "output", "--json", "--show-secrets", "--stack", stack)
        )
        return outputs

    def destroy(self, stack: str, say: Say | None = None) -> None:
        """Delete every resource of the stack's state, carrying on past those that cannot be.

        Raises:
            EngineFailureError: a resource is left.
        """
        options = ("--yes", "--skip-preview", "--continue-on-error", "--stack", stack)
        self._mended(lambda: asking_engine(stack, lambda: self._run("destroy", *options, on_output=say)))

    def remove(self, stack: str) -> None:
        """Remove a stack that has no resources, with its settings file.

        Raises:
            EngineFailureError: it has resources; nothing is forced.
        """
        self._ask(stack, "stack", "rm", stack, "--yes")

    def locks(self, stack: str) -> tuple[Lock, ...] | None:
        """The locks on a stack; None on a backend whose files cannot be listed here."""
        try:
            documents = documents_of(self._backend_url, f".pulumi/locks/organization/{self.project.name}/{stack}")
        except UnknownBackendError:
            return None
        texts = [documents.read(name) for name in documents.names() if name.endswith(".json")]
        return tuple(Lock.from_file(text) for text in texts if text is not None)

    def release_abandoned_locks(self, error: LockedError, stack: str) -> None:
        """Release the locks in `error` when none of their processes runs any more.

        Raises:
            LockedError: the same, when one of them may still run.
        """
        if not error.locks or not all(lock.is_abandoned() for lock in error.locks):
            raise error
        self._ask(stack, "cancel", stack, "--yes")

    def _listed(self, folder: str, *options: str) -> list[str]:
        """The backend's stacks, as the engine lists them with `options`: names, behind their project's where it says that.

        One state that cannot be read makes the engine refuse to list any; then the backend's own files in `folder` are listed.
        """
        try:
            answer: list[dict[str, Any]] = json.loads(self._ask("*", "stack", "ls", *options, "--json"))
        except UnreadableStateError:
            files = documents_of(self._backend_url, folder).names()
            return [name.removesuffix(".json") for name in files if name.endswith(".json")]
        return [stack["name"] for stack in answer]

    def _ask(self, stack: str, *arguments: str) -> str:
        return self._mended(lambda: patiently(lambda: asking_engine(stack, lambda: self._run(*arguments))))

    def _mended(self, ask: Callable[[], T]) -> T:
        """What `ask` answers, asked once more where files that were cut off had kept the engine from beginning."""
        try:
            return ask()
        except HalfWrittenStateError:
            if not remove_broken_side_files(self._backend_url):
                raise
            return ask()

    def _run(self, *arguments: str, on_output: Say | None = None) -> str:
        """What one command of the engine's says on its standard output."""
        answer = self._command.run(list(arguments), str(self.project.root), self._variables, on_output)
        return str(answer.stdout)


def patiently(ask: Callable[[], T]) -> T:
    """What `ask` answers, asked again after a while as long as the backend cannot be reached or a file is half written.

    Raises:
        BackendAwayError: it still cannot after the last try.
        HalfWrittenStateError: the file still ends too early then.
    """
    for wait in _PATIENCE:
        try:
            return ask()
        except (BackendAwayError, HalfWrittenStateError):  # noqa: PERF203 - each try is a process
            time.sleep(wait)
    return ask()
