"""`auth0-apim engine`, and the engine that other commands use, with the progress of its installation."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from enum import Enum
from time import monotonic
from typing import Annotated

import typer
from auth0_apim_sandbox.engine.engine import Engine, Progress, Step, find_or_install
from rich.console import Console

_SECONDS_BETWEEN_LINES = 15.0


class Language(str, Enum):
    """Runtimes besides Python whose programs the engine can run."""

    NODEJS = "nodejs"
    YAML = "yaml"


def engine(
    languages: Annotated[
        list[Language], typer.Option("--with", help="A language besides Python that the engine must run; repeatable.")
    ] = [],  # noqa: B006 - typer takes an empty list as the default of a repeatable option
) -> None:
    """Find, download or build the Pulumi engine, and print which one it is."""
    installed = find_or_install_engine([language.value for language in languages])
    Console(stderr=True).print(f"Pulumi {installed.version}: {installed.path}", highlight=False, soft_wrap=True)


def find_or_install_engine(languages: Collection[str] = ()) -> Engine:
    """The engine; the progress of an installation is shown on standard error."""
    with _shown_progress() as progress:
        return find_or_install(progress, languages)


@contextmanager
def _shown_progress() -> Iterator[Progress]:
    """A receiver of steps: a live bar on a terminal, elsewhere a line for each step and every 15 seconds."""
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
