"""The stacks of a project on a backend, by the command of Pulumi's Automation API.

Each method runs as few commands as possible, because starting one takes a fifth of a second. The Automation API's own `Stack`
selects the stack before each operation, and reads the outputs twice and the history after every deployment.
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

from auth0_apim_environments.engine.engine_settings import engine_settings
from auth0_apim_environments.engine.errors import (
    BackendUnavailableError,
    IncompleteStateError,
    LockedError,
    UnreadableStateError,
    with_engine_errors,
)
from auth0_apim_environments.marks import STACK_TAG, Marker
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.stack_file import secrets_provider
from auth0_apim_environments.state.backend_documents import (
    UnknownBackendError,
    documents_of,
    remove_incomplete_files,
)
from auth0_apim_environments.state.locks import Lock

T = TypeVar("T")
OnOutput = Callable[[str], Any]
"""Receives each line of the engine's output."""

_RETRY_WAITS = (0.3, 1.0, 3.0)
"""Seconds to wait before each further try."""


class Stacks:
    """Creates, reads, deploys, destroys and removes stacks.

    Args:
        project: whose program and settings files.
        engine: the Pulumi command to use.
        variables: laid over this process's environment: backend, passphrase, credentials.
    """

    def __init__(self, project: Project, engine: Engine, variables: Mapping[str, str]) -> None:
        self.project = project
        self._command = automation_command(engine)
        self._variables = dict(variables)
        self._backend_url = {**os.environ, **variables}.get("PULUMI_BACKEND_URL", "")
        self.settings = engine_settings(project, self._backend_url)

    def names(self) -> list[str]:
        """Every stack of the project, sorted.

        Raises:
            EngineFailureError: the backend cannot be asked.
        """
        return sorted(path.rpartition("/")[2] for path in self._listed(f".pulumi/stacks/{self.project.name}"))

    def of_other_projects(self) -> dict[str, str]:
        """The other projects' stacks on the backend: the project by the stack's name.

        Raises:
            EngineFailureError: the backend cannot be asked.
        """
        found = [path.split("/")[-2:] for path in self._listed(".pulumi/stacks", "--all")]
        return {parts[1]: parts[0] for parts in found if len(parts) == 2 and parts[0] != self.project.name}

    def marker(self, stack: str) -> Marker | None:
        """The stack's marker; None when the stack is no ephemeral environment.

        Raises:
            MarkerError: the marker cannot be read.
            StackNotFoundError: the stack does not exist.
        """
        tags: dict[str, str] = json.loads(self._query(stack, "stack", "tag", "ls", "--json", "--stack", stack))
        return Marker.from_tag(stack, tags[STACK_TAG]) if STACK_TAG in tags else None

    def mark(self, marker: Marker) -> None:
        """Write a marker into the tag of its stack."""
        stack = marker.environment
        self._query(stack, "stack", "tag", "set", STACK_TAG, marker.tag(), "--stack", stack)

    def create(self, stack: str) -> None:
        """Create an empty stack. In the sandbox its secrets provider is the passphrase, elsewhere that of `secrets_provider`."""
        provider = None if self.settings.are_copies else secrets_provider(self.project.stack_file(stack))
        options = ("--secrets-provider", provider) if provider else ()
        self._query(stack, "stack", "init", stack, "--no-select", *options)

    def state(self, stack: str) -> dict[str, Any]:
        """The stack's state as the engine exports it, secrets encrypted.

        Raises:
            UnreadableStateError: it cannot be read.
        """
        document: dict[str, Any] = json.loads(self._query(stack, "stack", "export", "--stack", stack))
        return document

    def restore(self, stack: str, document: Mapping[str, Any]) -> None:
        """Replace the stack's state by one that `state` returned."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "state.json"
            file.write_text(json.dumps(document), encoding="utf-8")
            self._query(stack, "stack", "import", "--file", str(file), "--stack", stack)

    def reset(self, stack: str) -> None:
        """Replace the stack's state by an empty one."""
        manifest = {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}
        self.restore(stack, {"version": 3, "deployment": {"manifest": manifest}})

    def deploy(self, stack: str, on_output: OnOutput | None = None, *, refresh: bool = False) -> dict[str, Any]:
        """Deploy the project's program and return the stack's outputs, with secrets in plain text.

        Raises:
            EngineFailureError: the deployment failed.
        """
        refreshed = ("--refresh",) if refresh else ()
        options = ("--yes", "--skip-preview", *refreshed, "--stack", stack)
        self._repaired(lambda: with_engine_errors(stack, lambda: self._run(stack, "up", *options, on_output=on_output)))
        outputs: dict[str, Any] = json.loads(
            self._query(stack, "stack", "output", "--json", "--show-secrets", "--stack", stack)
        )
        return outputs

    def destroy(self, stack: str, on_output: OnOutput | None = None) -> None:
        """Delete every resource of the stack's state; when one cannot be deleted, continue with the others.

        Raises:
            EngineFailureError: a resource could not be deleted.
        """
        options = ("--yes", "--skip-preview", "--continue-on-error", "--stack", stack)
        self._repaired(
            lambda: with_engine_errors(stack, lambda: self._run(stack, "destroy", *options, on_output=on_output))
        )

    def remove(self, stack: str) -> None:
        """Remove a stack that has no resources, with its settings file.

        Raises:
            EngineFailureError: the stack has resources.
        """
        self._query(stack, "stack", "rm", stack, "--yes")

    def locks(self, stack: str) -> tuple[Lock, ...] | None:
        """The locks on a stack; None when the backend's files cannot be listed here."""
        try:
            documents = documents_of(self._backend_url, f".pulumi/locks/organization/{self.project.name}/{stack}")
        except UnknownBackendError:
            return None
        texts = [documents.read(name) for name in documents.names() if name.endswith(".json")]
        return tuple(Lock.from_file(text) for text in texts if text is not None)

    def release_abandoned_locks(self, error: LockedError, stack: str) -> None:
        """Release the locks in `error` when all of their processes have ended.

        Raises:
            LockedError: `error` itself, when one of the processes may still run.
        """
        if not error.locks or not all(lock.is_abandoned() for lock in error.locks):
            raise error
        self._query(stack, "cancel", stack, "--yes")

    def _listed(self, folder: str, *options: str) -> list[str]:
        """The names of the backend's stacks, as `pulumi stack ls` with `options` lists them.

        When one state cannot be read, the engine lists none; the stacks are then read from the file names in `folder`.
        """
        try:
            answer: list[dict[str, Any]] = json.loads(self._query("*", "stack", "ls", *options, "--json"))
        except UnreadableStateError:
            files = documents_of(self._backend_url, folder).names()
            return [name.removesuffix(".json") for name in files if name.endswith(".json")]
        return [stack["name"] for stack in answer]

    def _query(self, stack: str, *arguments: str) -> str:
        return self._repaired(
            lambda: retry_unavailable(lambda: with_engine_errors(stack, lambda: self._run(stack, *arguments)))
        )

    def _repaired(self, run: Callable[[], T]) -> T:
        """The result of `run`, which is called again after incomplete files were removed from the backend."""
        try:
            return run()
        except IncompleteStateError:
            if not remove_incomplete_files(self._backend_url):
                raise
            return run()

    def _run(self, stack: str, *arguments: str, on_output: OnOutput | None = None) -> str:
        """The standard output of one command of the engine."""
        folder, words = self.settings.invocation(stack, arguments)
        answer = self._command.run(words, str(folder), self._variables, on_output)
        return str(answer.stdout)


def retry_unavailable(query: Callable[[], T]) -> T:
    """The result of `query`, which is called again while the backend cannot be reached or a file is incomplete.

    Raises:
        BackendUnavailableError: the backend cannot be reached at the last try either.
        IncompleteStateError: the file is incomplete at the last try too.
    """
    for wait in _RETRY_WAITS:
        try:
            return query()
        except (BackendUnavailableError, IncompleteStateError):  # noqa: PERF203 - each try is a process
            time.sleep(wait)
    return query()


def automation_command(engine: Engine) -> PulumiCommand:
    """The engine as the Automation API takes it."""
    # An engine on PATH need not be in a folder called bin, which a root would mean.
    return PulumiCommand(root=None if engine.origin == "path" else str(engine.path.parent.parent))
