"""What one API costs in a stack of 1,000, beside one in a stack of 100."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from auth0_apim_sandbox.cloud import Sandbox
from deployment import Cost, benchmark_program
from figures import Figure, median_figure
from load import Server

SMALL, LARGE = 100, 1000
# The engine writes the whole state after each step, which makes its own cost grow with the square of the stack's size;
# this is the CLI's switch for keeping it to the end.
_STATE_AT_THE_END = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


def measure() -> Iterator[Figure]:
    """Milliseconds to create the stack and to find nothing to do, for each API of it, at both sizes."""
    small, large = _milliseconds_each(SMALL), _milliseconds_each(LARGE)
    for what, measured in large.items():
        target = None if "CPU" in what else 1.2
        yield median_figure(f"{what}: an API of {LARGE:,} over one of {SMALL}", [measured / small[what]], "x", target)
    for size, all_measured in ((SMALL, small), (LARGE, large)):
        for what, measured in all_measured.items():
            yield median_figure(f"{what}: each of {size:,} APIs", [measured], "ms")


def _milliseconds_each(count: int) -> dict[str, float]:
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="auth0-apim-bench-") as name, Sandbox() as sandbox:
        program = benchmark_program("many", Path(name), sandbox, {"APIS": str(count), **_STATE_AT_THE_END})
        record = sandbox.folder.read_record()
        services = Server(sandbox.ports.tenant, record.pid if record else 0)
        for action in ("create", "no-op"):
            used = services.cpu_seconds()
            cost: Cost = program.up("--skip-preview")
            seconds[action] = cost.seconds
            seconds[f"{action}, CPU time of the sandbox"] = services.cpu_seconds() - used
            seconds[f"{action}, CPU time of engine and program"] = cost.cpu_seconds
    return {what: 1000 * taken / count for what, taken in seconds.items()}
