"""How long `auth0-apim sandbox start` takes, from the call to the answer that every part is healthy."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from auth0_apim_sandbox.cloud import StateFolder, stop
from deployment import REPOSITORY
from figures import Figure, in_turn, median_figure


def measure(rounds: int = 7) -> Iterator[Figure]:
    """Seconds of the whole command, with a new state folder (keys and certificates are made) and with the last one."""
    with tempfile.TemporaryDirectory(prefix="auth0-apim-bench-") as name:
        folder = Path(name) / "sandbox"
        seconds = in_turn(rounds, new=lambda: _start(Path(tempfile.mkdtemp(dir=name))), again=lambda: _start(folder))
    yield median_figure("sandbox start, a folder that has been used", seconds["again"], "s", 1.0)
    yield median_figure("sandbox start, a new folder", seconds["new"], "s", 1.0)


def _start(folder: Path) -> float:
    command = [str(Path(sys.executable).with_name("auth0-apim")), "sandbox", "start", "--base-port", "0"]
    started = time.perf_counter()
    environment = {**os.environ, "AUTH0_APIM_SANDBOX": str(folder)}
    subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL, check=True)
    seconds = time.perf_counter() - started
    stop(StateFolder(folder))
    return seconds
