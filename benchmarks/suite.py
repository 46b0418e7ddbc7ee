"""How long the tests that need no engine take (`make test-fast`), held against what this machine takes to import both SDKs."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator

from deployment import REPOSITORY
from figures import Figure, in_turn, median_figure, ratios

_PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
_PARALLEL = ["--numprocesses", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]


def measure(rounds: int = 1) -> Iterator[Figure]:
    """The number of all tests; seconds of the fast ones as `make test-fast` runs them, and in imports of both SDKs."""
    yield median_figure("tests, all that are collected", [float(_collected())], "tests")
    seconds = in_turn(rounds, imports=_imports, fast=lambda: _seconds([*_PYTEST, *_PARALLEL, "-m", "not live"]))
    yield median_figure("tests without the engine", seconds["fast"], "s", 90.0)
    yield median_figure(
        "tests without the engine, over importing both SDKs", ratios(seconds["fast"], seconds["imports"]), "x"
    )


def _collected() -> int:
    said = subprocess.run([*_PYTEST, "--collect-only"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    [number] = re.findall(r"^(\d+) tests collected", said.stdout, re.MULTILINE)
    return int(number)


def _imports() -> float:
    program = "import pulumi_auth0; from pulumi_azure_native import apimanagement; apimanagement.Api"
    return min(_seconds([sys.executable, "-c", program]) for _ in range(5))


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
