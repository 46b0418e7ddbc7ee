"""`pulumi up` of the tutorial's stack when nothing has changed, beside an empty program and the same resources written raw."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from auth0_apim_sandbox.cloud import Sandbox
from deployment import benchmark_program, tutorial
from figures import Figure, in_turn, median_figure, ratios


def measure(rounds: int = 9) -> Iterator[Figure]:
    """Seconds of whole commands (preview and update), in turn, and the ratios of each round."""
    with tempfile.TemporaryDirectory(prefix="auth0-apim-bench-") as name, Sandbox() as sandbox:
        folder = Path(name)
        programs = {
            "empty": benchmark_program("empty", folder, sandbox),
            "raw": benchmark_program("raw", folder, sandbox),
            "tutorial": tutorial(folder, sandbox),
        }
        for program in programs.values():
            program.up("--skip-preview")
            program.up()  # the second one may still write bytecode and settle outputs
        costs = in_turn(rounds, **{name: program.up for name, program in programs.items()})
    seconds = {name: [cost.seconds for cost in each] for name, each in costs.items()}
    cpu_seconds = {name: [cost.cpu_seconds for cost in each] for name, each in costs.items()}
    yield from _ratios("no-op up", seconds, (1.25, 1.05))
    yield from _ratios("no-op up, CPU time", cpu_seconds, (None, None))
    for name, taken in seconds.items():
        yield median_figure(f"no-op up: {name}", taken, "s")


def _ratios(what: str, taken: dict[str, list[float]], targets: tuple[float | None, float | None]) -> Iterator[Figure]:
    over_empty, over_raw = (ratios(taken["tutorial"], taken[other]) for other in ("empty", "raw"))
    yield median_figure(f"{what}: the tutorial over an empty program", over_empty, "x", targets[0])
    yield median_figure(f"{what}: the tutorial over the same resources raw", over_raw, "x", targets[1])
    yield median_figure(f"{what}: those resources over an empty program", ratios(taken["raw"], taken["empty"]), "x")
