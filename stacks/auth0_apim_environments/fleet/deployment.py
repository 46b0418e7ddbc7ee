"""Deploying several environments side by side: one that fails changes nothing for the others."""

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
from pulumi import automation
from pulumi.automation import CommandError

from auth0_apim_environments.errors import StackError
from auth0_apim_environments.fleet.place import Place
from auth0_apim_environments.fleet.workspace import open_stack, pulumi_command
from auth0_apim_environments.verify.deployed_api import parse_outputs
from auth0_apim_environments.verify.proof import open_client, verify

Tell = Callable[[str, str], None]
"""Takes the name of an environment and what happens to it now; called from several threads."""

_GENERAL = "Program exited with non-zero exit code"
"""What the engine adds after a program's own error."""
_COLOUR = re.compile(r"<\{%[^%]*%\}>")


@dataclass(frozen=True)
class Outcome:
    """What became of one environment.

    Attributes:
        environment: its name.
        seconds: how long it took.
        changes: how many resources by what was done: create, update, delete, same, …
        api_url: where its API is; None if it was not deployed.
        checks: what `verify` asked, by what it sent: True for a right answer, False for a wrong one, None for a
            question that could not be asked.
        problem: why it failed; None if it did not.
    """

    environment: str
    seconds: float
    changes: Mapping[str, int] = field(default_factory=dict)
    api_url: str | None = None
    checks: Mapping[str, bool | None] = field(default_factory=dict)
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it is deployed and its API answers as it should."""
        return self.problem is None


def deploy_all(place: Place, names: Sequence[str], parallel: int, tell: Tell) -> list[Outcome]:
    """Deploy the environments `names`, at most `parallel` at a time, and prove each; outcomes in the order of `names`.

    When it is interrupted, those not yet begun are left alone and those under way end as the engine ends them.

    Raises:
        StackError: one of them cannot be worked on here; none was touched.
    """
    place.prepare(names)
    command = pulumi_command(place)
    pool = ThreadPoolExecutor(max_workers=parallel)
    try:
        return list(pool.map(lambda name: _Deployment(place, name, tell).run(command), names))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Deployment:
    """One environment on its way."""

    def __init__(self, place: Place, name: str, tell: Tell) -> None:
        self._place = place
        self._name = name
        self._tell = tell
        self._errors: list[str] = []

    def run(self, command: automation.PulumiCommand) -> Outcome:
        started = time.monotonic()
        changes: Mapping[str, int] = {}
        api_url: str | None = None
        checks: Mapping[str, bool | None] = {}
        try:
            self._tell(self._name, "opening the stack")
            with open_stack(self._place, self._name, command) as stack:
                result = stack.up(on_event=self._see, color="never")
            changes = _changes(result)
            api = parse_outputs(self._name, {key: output.value for key, output in result.outputs.items()})
            api_url = api.api_url
            self._tell(self._name, "asking the API")
            with open_client({**os.environ, **self._place.variables}) as client:
                checks = {check.sent: check.right for check in verify(api, client)}
            problem = _wrong(checks)
        except CommandError as error:
            problem = "\n".join(self._errors) or _said(error)
        except (StackError, httpx.HTTPError, OSError) as error:
            problem = str(error)
        outcome = Outcome(self._name, time.monotonic() - started, changes, api_url, checks, problem)
        self._tell(self._name, "done" if outcome.ok else "failed")
        return outcome

    def _see(self, event: automation.EngineEvent) -> None:
        if (step := event.resource_pre_event) and step.metadata.op not in {"same", "read"}:
            self._tell(self._name, f"{step.metadata.op.value} {step.metadata.urn.rpartition('::')[2]}")
        if (said := event.diagnostic_event) and said.severity == "error" and _GENERAL not in said.message:
            self._errors.append(_COLOUR.sub("", said.message).strip())


def _changes(result: automation.UpResult) -> dict[str, int]:
    counts = result.summary.resource_changes or {}
    return {str(getattr(operation, "value", operation)): count for operation, count in counts.items()}


def _wrong(checks: Mapping[str, bool | None]) -> str | None:
    wrong = [sent for sent, right in checks.items() if right is False]
    return f"the API answers wrongly to: {', '.join(wrong)}" if wrong else None


def _said(error: CommandError) -> str:
    """What the CLI said on standard error; the exception's text holds all of its output."""
    return str(error).partition(" stderr: ")[2].strip() or str(error).strip()
