"""The real pulumi command against a sandbox, with a next step after the failures that people meet."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from auth0_apim_sandbox.cloud import StateFolder, running

from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.stack_file import (
    forget_salt,
    is_as_written,
    read_stack_file,
    source_of,
    write_from_source,
)
from auth0_apim_environments.state.side_files import remove_broken_side_files

# What the CLI says on standard error, and what helps.
_NEXT_STEPS = {
    "incorrect passphrase": (
        "the stack was encrypted with another passphrase than {passphrase} holds: put that one back, or give up the "
        "sandbox and all that is in it: `auth0-apim sandbox stop && rm -r {sandbox}`"
    ),
    "passphrase must be set": 'the passphrase is in {passphrase}: `eval "$(auth0-apim sandbox env)"` sets it',
    "currently locked by": "another pulumi works on it; if none does: `pulumi cancel --stack {stack}`",
    "no stack named": "`auth0-apim up --stack {stack}` creates it",
    "no space left on device": "make room on the disk and run this again, pulumi goes on from where it was",
    "could not find any Pulumi.yaml": "change into the project's folder",
}


@dataclass(frozen=True)
class PulumiCommand:
    """Runs pulumi in a project's folder.

    Attributes:
        project: whose stacks are meant.
        folder: of the sandbox that keeps their state.
        variables: laid over this process's environment.
    """

    project: Project
    folder: StateFolder
    variables: Mapping[str, str]

    def has_stack(self, stack: str) -> bool:
        """Whether `stack` was created: its file in the sandbox's backend, which is quicker to ask than the CLI."""
        return self._state_file(stack).exists()

    def was_interrupted(self, stack: str) -> bool:
        """Whether the state of `stack` has operations that were begun and not ended."""
        return bool(self._deployed(stack).get("pending_operations"))

    def _deployed(self, stack: str) -> dict[str, Any]:
        """The deployment in the state of `stack`; empty where it cannot be read: the engine tells what is wrong with it."""
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

    def ensure_stack(self, stack: str) -> None:
        """Create `stack` if it is not there, with settings that are written anew where they have a source.

        Raises:
            StackError: it has no settings file, or the CLI refused.
        """
        write_settings(self.project, stack)
        if not self.has_stack(stack):
            self.claim_settings(stack)
            self.run("stack", "init", stack)

    def claim_settings(self, stack: str) -> None:
        """Make the settings of a stack that is not in this sandbox ready for it.

        Raises:
            StackError: they hold secrets that were encrypted for another backend; nothing was changed.
        """
        file = self.project.stack_file(stack)
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        if isinstance(document, dict) and ("secretsprovider" in document or _has_ciphertext(document)):
            raise StackError(
                f"{file} holds secrets of another backend than the sandbox's: name that one in PULUMI_BACKEND_URL (or as "
                "`backend: {url: …}` in Pulumi.yaml), with the clouds' credentials, and run pulumi or `up --all-of`"
            )
        forget_salt(file)

    def forget_settings(self, stack: str) -> None:
        """Remove what was written for a stack that is gone: its settings if they are a copy, else the salt in them."""
        file = self.project.stack_file(stack)
        if file.exists() and is_as_written(file):
            file.unlink()
        else:
            forget_salt(file)

    def gateway_urls(self, stack: str) -> set[str]:
        """Where the gateways of the services in the state of `stack` were when it was deployed or refreshed last."""
        outputs = [each.get("outputs") or {} for each in self._deployed(stack).get("resources") or ()]
        return {each["gatewayUrl"] for each in outputs if "gatewayUrl" in each}

    def run(self, *arguments: str) -> None:
        """Run pulumi with its output on the screen; once more where a process that was killed, or had no
        room on the disk, left its lock.

        Raises:
            StackError: it failed; what it said is on the screen, the message adds what to do.
        """
        status, said = self._run(arguments)
        if status != 0 and "unexpected end of JSON" in said and remove_broken_side_files(self._backend_url):
            sys.stderr.write("a process that could not finish its lock runs no more: the lock is removed\n")
            status, said = self._run(arguments)
        if status != 0 and _is_abandoned(said):
            sys.stderr.write("the process that locked the stack runs no more: its lock is released\n")
            self._run(("cancel", _stack_in(arguments), "--yes"))
            status, said = self._run(arguments)
        if status != 0:
            raise StackError(f"`pulumi {' '.join(arguments)}` failed. Next: {self._next_step(said, arguments)}")

    def _run(self, arguments: tuple[str, ...]) -> tuple[int, str]:
        process = subprocess.Popen(
            ["pulumi", *arguments],
            cwd=self.project.root,
            env={**os.environ, **self.variables},
            stderr=subprocess.PIPE,
            text=True,
        )
        said = []
        with process:
            try:
                for line in process.stderr or ():
                    sys.stderr.write(line)
                    said.append(line)
            finally:
                process.wait()  # after Ctrl-C too: pulumi has had it and is writing its state down
        return process.returncode, "".join(said)

    def _next_step(self, said: str, arguments: tuple[str, ...]) -> str:
        if running(self.folder) is None:
            return f"the sandbox has stopped; {self.folder.log} says why. `auth0-apim sandbox start` starts it again"
        stack = _stack_in(arguments)
        for sign, step in _NEXT_STEPS.items():
            if sign in said:
                return step.format(passphrase=self.folder.passphrase, sandbox=self.folder.path, stack=stack)
        return "the reason is above; correct it and run this again, pulumi goes on from where it was"


def _stack_in(arguments: tuple[str, ...]) -> str:
    return arguments[arguments.index("--stack") + 1] if "--stack" in arguments else arguments[-1]


def _is_abandoned(said: str) -> bool:
    if "currently locked by" not in said:
        return False
    from auth0_apim_environments.state.locks import locks_in  # noqa: PLC0415 - loads the engine's whole API

    locks = locks_in(said)
    return bool(locks) and all(lock.is_abandoned() for lock in locks)


def require_settings(project: Project, stack: str) -> None:
    """Make sure that `stack` has a settings file, or a source of one.

    Raises:
        StackFileError: it has none, and the message names those that have, or it cannot be read.
    """
    read_stack_file(project.stack_file(stack))


def write_settings(project: Project, stack: str) -> None:
    """Make sure that the settings file of `stack` is there, as its source is where it has one and nobody has changed it.

    Raises:
        StackFileError: as for `require_settings`.
    """
    require_settings(project, stack)
    file = project.stack_file(stack)
    if not write_from_source(file):
        source = source_of(file).name
        sys.stderr.write(f"{file} was changed and is kept; remove it, and it is written from {source} again\n")


def _has_ciphertext(value: object) -> bool:
    if isinstance(value, list):
        return any(_has_ciphertext(item) for item in value)
    return isinstance(value, dict) and ("secure" in value or any(_has_ciphertext(item) for item in value.values()))
