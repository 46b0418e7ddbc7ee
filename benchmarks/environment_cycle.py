"""An ephemeral environment from nothing to nothing: created and proven, destroyed, and both services audited for what is left."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from auth0_apim_sandbox.cloud import Sandbox
from deployment import copy_project
from figures import Figure, in_turn, median_figure

CREATE = ("create", "bench", "--from", "stacks/local.settings.yaml")


def measure(rounds: int = 5) -> Iterator[Figure]:
    """Seconds of the three commands, in a sandbox that runs; each ends with status 0 only if its proof holds."""
    with tempfile.TemporaryDirectory(prefix="auth0-apim-bench-") as name, Sandbox(Path(name) / "sandbox") as sandbox:
        variables = {
            "AUTH0_APIM_SANDBOX": str(sandbox.folder.path),
            "PULUMI_BACKEND_URL": "",
        }  # the shell may have its own
        (folder := Path(name) / "project").mkdir()
        run = partial(_run, copy_project(folder), {**os.environ, **variables})
        seconds = in_turn(
            rounds, create=lambda: run(*CREATE), destroy=lambda: run("destroy", "bench"), audit=lambda: run("audit")
        )
    together = [sum(each) for each in zip(*seconds.values(), strict=True)]
    yield median_figure("ephemeral environment: created, proven, destroyed, audited", together, "s", 10.0)
    for step, taken in seconds.items():
        yield median_figure(f"ephemeral environment: {step}", taken, "s")


def _run(folder: Path, environment: dict[str, str], *words: str) -> float:
    command = [str(Path(sys.executable).with_name("auth0-apim")), "env", *words]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"`auth0-apim env {' '.join(words)}` failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started
