"""Deployment of several environments at the same time; a failure of one does not affect the others."""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pulumi import automation
from pulumi.automation import CommandError

from auth0_apim_environments.clients.http import open_client
from auth0_apim_environments.engine.stacks import Stacks, automation_command
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.fleet.backend import Backend
from auth0_apim_environments.verify.deployed_api import parse_outputs
from auth0_apim_environments.verify.proof import verify

OnProgress = Callable[[str, str], None]
"""Receives the name of an environment and its present step; called from several threads."""

_PROGRAM_FAILED = "Program exited with non-zero exit code"
"""The engine's own error after a program's error."""
_COLOUR = re.compile(r"<\{%[^%]*%\}>")


@dataclass(frozen=True)
class Outcome:
    """The result of deploying one environment.

    Attributes:
        environment: its name.
        seconds: how long it took.
        changes: the number of resources by operation: create, update, delete, same, …
        api_url: of its API; None if it was not deployed.
        checks: the results of `verify`, by what was sent: True if the check passed, False if it failed, None if the
            environment does not allow it.
        problem: why it failed; None if it succeeded.
    """

    environment: str
    seconds: float
    changes: Mapping[str, int] = field(default_factory=dict)
    api_url: str | None = None
    checks: Mapping[str, bool | None] = field(default_factory=dict)
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it was deployed and all checks passed."""
        return self.problem is None


def deploy_all(backend: Backend, names: Sequence[str], parallel: int, on_progress: OnProgress) -> list[Outcome]:
    """Deploy the environments `names`, at most `parallel` at the same time, and verify each.

    When it is interrupted, no further deployment begins, and the engine ends those that are running.

    Returns:
        The outcomes in the order of `names`.

    Raises:
        StackError: one of them cannot be deployed from here; nothing was changed.
    """
    backend.prepare(names)
    stacks = Stacks(backend.project, backend.engine, {**backend.variables, "PULUMI_BACKEND_URL": backend.url})
    pool = ThreadPoolExecutor(max_workers=parallel)
    try:
        return list(pool.map(lambda name: _Deployment(backend, name, on_progress).run(stacks), names))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Deployment:
    """The deployment of one environment."""

    def __init__(self, backend: Backend, name: str, on_progress: OnProgress) -> None:
        self._backend = backend
        self._name = name
        self._on_progress = on_progress
        self._errors: list[str] = []

    def run(self, stacks: Stacks) -> Outcome:
        started = time.monotonic()
        changes: Mapping[str, int] = {}
        api_url: str | None = None
        checks: Mapping[str, bool | None] = {}
        try:
            self._on_progress(self._name, "opening the stack")
            with open_stack(self._backend, self._name, stacks) as stack:
                copy = stacks.settings.file(self._name)
                result = stack.up(
                    on_event=self._handle,
                    color="never",
                    config_file=str(copy) if copy else None,
                    show_secrets=False,  # of the settings in the history, for which the engine reads the project's own file
                )
            changes = _changes(result)
            api = parse_outputs(self._name, {key: output.value for key, output in result.outputs.items()})
            api_url = api.api_url
            self._on_progress(self._name, "verifying the API")
            with open_client({**os.environ, **self._backend.variables}) as client:
                checks = {check.sent: check.right for check in verify(api, client)}
            problem = _failed_checks(checks)
        except CommandError as error:
            problem = "\n".join(self._errors) or _error_output(error)
        except (StackError, httpx.HTTPError, OSError) as error:
            problem = str(error)
        outcome = Outcome(self._name, time.monotonic() - started, changes, api_url, checks, problem)
        self._on_progress(self._name, "done" if outcome.ok else "failed")
        return outcome

    def _handle(self, event: automation.EngineEvent) -> None:
        if (step := event.resource_pre_event) and step.metadata.op not in {"same", "read"}:
            self._on_progress(self._name, f"{step.metadata.op.value} {step.metadata.urn.rpartition('::')[2]}")
        if (
            (message := event.diagnostic_event)
            and message.severity == "error"
            and _PROGRAM_FAILED not in message.message
        ):
            self._errors.append(_COLOUR.sub("", message.message).strip())


def _changes(result: automation.UpResult) -> dict[str, int]:
    counts = result.summary.resource_changes or {}
    return {str(getattr(operation, "value", operation)): count for operation, count in counts.items()}


def _failed_checks(checks: Mapping[str, bool | None]) -> str | None:
    failed = [sent for sent, right in checks.items() if right is False]
    return f"the API answers wrongly to: {', '.join(failed)}" if failed else None


def _error_output(error: CommandError) -> str:
    """The CLI's standard error; the exception's text has all of its output."""
    return str(error).partition(" stderr: ")[2].strip() or str(error).strip()


@contextmanager
def open_stack(backend: Backend, name: str, stacks: Stacks) -> Iterator[automation.Stack]:
    """The stack of environment `name`, which is created if it does not exist, in a work folder of its own.

    The folder has links to the project's files, so that program and settings are the project's, while the engine stores the
    selected stack for this folder alone. Parallel runs do not affect each other then.

    Raises:
        automation.CommandError: the engine failed.
        StackError: the stack could not be created.
    """
    with tempfile.TemporaryDirectory(prefix=f"auth0-apim-{name}-") as folder:
        for entry in backend.project.root.iterdir():
            (Path(folder) / entry.name).symlink_to(entry)
        options = automation.LocalWorkspaceOptions(
            work_dir=folder,
            env_vars=dict(backend.variables),
            pulumi_command=automation_command(backend.engine),
        )
        workspace = automation.LocalWorkspace(**vars(options))
        try:
            stack = automation.Stack.select(name, workspace)
        except automation.StackNotFoundError:
            stacks.create(name)
            stack = automation.Stack.select(name, workspace)
        yield stack
