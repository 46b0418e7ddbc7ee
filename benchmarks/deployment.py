"""Programs deployed by the real engine into a sandbox of the benchmark's own."""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auth0_apim_sandbox.cloud import Sandbox
from auth0_apim_sandbox.engine import warm_program
from auth0_apim_sandbox.engine.engine import find_or_install

REPOSITORY = Path(__file__).resolve().parents[1]
PROGRAMS = Path(__file__).resolve().parent / "programs"
_OPENAPI = REPOSITORY / "examples" / "basic-calculator" / "openapi.json"


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds on the clock, and seconds of CPU time of it and everything it started."""

    seconds: float
    cpu_seconds: float


class Program:
    """A program in a folder of its own, with a stack `local`.

    Args:
        folder: where the program is.
        sandbox: what it deploys into.
        variables: environment variables for the program and the engine.
    """

    def __init__(self, folder: Path, sandbox: Sandbox, variables: Mapping[str, str] | None = None) -> None:
        engine = find_or_install(lambda step: print(step.text))
        self._folder = folder
        self._environment = {**os.environ, **sandbox.environment(engine), **(variables or {})}
        del self._environment[warm_program.VARIABLE]  # the clouds offer none, and what is measured is a program's own
        self._pulumi("stack", "init", "local")

    def up(self, *options: str) -> Cost:
        """Deploy: the whole command.

        Raises:
            RuntimeError: it failed; the message is what it said.
        """
        return self._pulumi("up", "--stack", "local", "--yes", *options)

    def _pulumi(self, *arguments: str) -> Cost:
        started, used = time.perf_counter(), _children_cpu_seconds()
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        cost = Cost(time.perf_counter() - started, _children_cpu_seconds() - used)
        if done.returncode != 0:
            raise RuntimeError(f"`pulumi {' '.join(arguments)}` failed in {self._folder}:\n{done.stdout}{done.stderr}")
        return cost


def _children_cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def benchmark_program(
    name: str, parent: Path, sandbox: Sandbox, variables: Mapping[str, str] | None = None, folder: str = ""
) -> Program:
    """The program called `name` in benchmarks/programs, copied below `parent`, with the tutorial's OpenAPI document."""
    copy = parent / (folder or name)
    shutil.copytree(PROGRAMS / name, copy)
    shutil.copy(_OPENAPI, copy)
    (copy / ".venv").symlink_to(REPOSITORY / ".venv")
    return Program(copy, sandbox, {"CALCULATOR_URL": sandbox.calculator_url, **(variables or {})})


def tutorial(parent: Path, sandbox: Sandbox) -> Program:
    """The project itself: `__main__.py` with the settings of the local environment."""
    folder = parent / "tutorial"
    folder.mkdir()
    copy_project(folder)
    shutil.copy(folder / "stacks" / "local.settings.yaml", folder / "stacks" / "Pulumi.local.yaml")
    return Program(folder, sandbox)


def copy_project(folder: Path) -> Path:
    """Copy the project into `folder`, without what anybody has written into its own; answers the folder."""
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(REPOSITORY / file, folder)
    (folder / "stacks").mkdir()
    for settings in ("local.settings.yaml", "Pulumi.ephemeral.yaml"):
        shutil.copy(REPOSITORY / "stacks" / settings, folder / "stacks")
    shutil.copytree(REPOSITORY / "examples", folder / "examples")
    (folder / ".venv").symlink_to(REPOSITORY / ".venv")
    return folder
