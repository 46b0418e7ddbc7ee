"""The installation of the engine on the screen: long work, so it says what it does and how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from auth0_apim_sandbox.engine.engine import Progress, Step
from rich.console import Console

_SECONDS_BETWEEN_LINES = 15.0


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A receiver of steps: a live bar on a terminal, a line every quarter of a minute elsewhere."""
    console = Console(stderr=True)
    if console.is_terminal:
        with _bar(console) as progress:
            yield progress
    else:
        yield _lines(console)


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        tasks = {}

        def show(step: Step) -> None:
            if step.text not in tasks:
                tasks[step.text] = bar.add_task(step.text, total=step.total)
            bar.update(tasks[step.text], completed=step.done or 0, total=step.total)

        yield show


def _lines(console: Console) -> Progress:
    started = monotonic()
    last = ("", 0.0)

    def show(step: Step) -> None:
        nonlocal last
        now = monotonic()
        if step.text == last[0] and now - last[1] < _SECONDS_BETWEEN_LINES:
            return
        last = (step.text, now)
        count = "" if step.done is None else f" {step.done}" + (f" of {step.total}" if step.total else "")
        console.print(f"{step.text}{count} ({now - started:.0f} s)", highlight=False)

    return show
