"""The pulumi command on the stacks of a sandbox, with the next step after common failures."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auth0_apim_sandbox.cloud import StateFolder, running

from auth0_apim_environments.engine.engine_settings import EngineSettings, sandbox_settings
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.stack_file import remove_copy, write_stack_file
from auth0_apim_environments.state.backend_documents import remove_incomplete_files
from auth0_apim_environments.state.locks import locks_in

_NEXT_STEPS = {
    "incorrect passphrase": (
        "the stack was encrypted with another passphrase than the one in {passphrase}: restore that one, or delete the "
        "sandbox with everything in it: `auth0-apim sandbox stop && rm -r {sandbox}`"
    ),
    "passphrase must be set": 'the passphrase is in {passphrase}: `eval "$(auth0-apim sandbox env)"` sets it',
    "currently locked by": "another pulumi process works on the stack; if there is none: `pulumi cancel --stack {stack}`",
    "no stack named": "`auth0-apim up --stack {stack}` creates it",
    "no space left on device": "free space on the disk and run this again, pulumi continues from there",
    "could not find any Pulumi.yaml": "change into the project's folder",
}
"""The next step, by a part of the CLI's error output."""


@dataclass(frozen=True)
class PulumiCommand:
    """Runs pulumi in a project's folder.

    Attributes:
        project: whose stacks are meant.
        folder: of the sandbox that stores their state.
        variables: laid over this process's environment.
    """

    project: Project
    folder: StateFolder
    variables: Mapping[str, str]

    @property
    def settings(self) -> EngineSettings:
        """The settings files in the sandbox."""
        return sandbox_settings(self.project, self.folder)

    def has_stack(self, stack: str) -> bool:
        """Whether `stack` exists: whether the sandbox's backend has its file, because the CLI takes longer to answer."""
        return self._state_file(stack).exists()

    def was_interrupted(self, stack: str) -> bool:
        """Whether the state of `stack` has operations that began and did not end."""
        return bool(self._deployment(stack).get("pending_operations"))

    def gateway_urls(self, stack: str) -> set[str]:
        """The URLs that the gateways of the services in the state of `stack` had at the last deployment or refresh."""
        outputs = [each.get("outputs") or {} for each in self._deployment(stack).get("resources") or ()]
        return {each["gatewayUrl"] for each in outputs if "gatewayUrl" in each}

    def ensure_stack(self, stack: str) -> None:
        """Create `stack` if it does not exist, with a settings file that is copied from its source if it has one.

        Raises:
            StackError: it has no settings file, or the CLI failed.
        """
        write_stack_file(self.project.stack_file(stack))
        if not self.has_stack(stack):
            self.settings.require_own_secrets(stack)
            self.run("stack", "init", stack, "--no-select")

    def remove_settings(self, stack: str) -> None:
        """Remove the settings file of a removed stack, if it is a copy of its source."""
        remove_copy(self.project.stack_file(stack))

    def run(self, *arguments: str) -> None:
        """Run pulumi with its output on the screen; again when a process that was killed, or had no space on the disk, left a lock.

        Raises:
            StackError: pulumi failed. Its output is on the screen, the message has the next step.
        """
        status, output = self._run(arguments)
        if status != 0 and "unexpected end of JSON" in output and remove_incomplete_files(self._backend_url):
            sys.stderr.write("a process ended before it had written its lock: the lock is removed\n")
            status, output = self._run(arguments)
        if status != 0 and _is_abandoned(output):
            sys.stderr.write("the process that locked the stack has ended: its lock is released\n")
            self._run(("cancel", _stack_in(arguments), "--yes"))
            status, output = self._run(arguments)
        if status != 0:
            raise StackError(f"`pulumi {' '.join(arguments)}` failed. Next: {self._next_step(output, arguments)}")

    def _deployment(self, stack: str) -> dict[str, Any]:
        """The deployment in the state of `stack`; empty when it cannot be read, which the engine reports later."""
        try:
            latest = json.loads(self._state_file(stack).read_text(encoding="utf-8"))["checkpoint"]["latest"]
        except (OSError, ValueError, KeyError):
            return {}
        return latest or {}

    @property
    def _backend_url(self) -> str:
        return {**os.environ, **self.variables}.get("PULUMI_BACKEND_URL", "")

    def _state_file(self, stack: str) -> Path:
        return self.folder.backend / ".pulumi" / "stacks" / self.project.name / f"{stack}.json"

    def _run(self, arguments: tuple[str, ...]) -> tuple[int, str]:
        folder, words = self.settings.invocation(_stack_in(arguments), arguments)
        process = subprocess.Popen(
            ["pulumi", *words],
            cwd=folder,
            env={**os.environ, **self.variables},
            stderr=subprocess.PIPE,
            text=True,
        )
        output = []
        with process:
            try:
                for line in process.stderr or ():
                    sys.stderr.write(line)
                    output.append(line)
            finally:
                process.wait()  # after Ctrl-C too: pulumi has received it as well and is writing its state
        return process.returncode, "".join(output)

    def _next_step(self, output: str, arguments: tuple[str, ...]) -> str:
        if running(self.folder) is None:
            return f"the sandbox has stopped; {self.folder.log} says why. `auth0-apim sandbox start` starts it again"
        stack = _stack_in(arguments)
        for sign, step in _NEXT_STEPS.items():
            if sign in output:
                return step.format(passphrase=self.folder.passphrase, sandbox=self.folder.path, stack=stack)
        return "the reason is above; correct it and run this again, pulumi continues from there"


def _stack_in(arguments: tuple[str, ...]) -> str:
    if "--stack" in arguments:
        return arguments[arguments.index("--stack") + 1]
    return next(word for word in reversed(arguments) if not word.startswith("--"))


def _is_abandoned(output: str) -> bool:
    locks = locks_in(output) if "currently locked by" in output else ()
    return bool(locks) and all(lock.is_abandoned() for lock in locks)
