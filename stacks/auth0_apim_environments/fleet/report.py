"""Reports of several deployments: their progress while they run, and their outcomes."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from auth0_apim_environments.fleet.deployment import OnProgress, Outcome

_ENDS = {"done": Text("done", style="green"), "failed": Text("failed", style="bold red")}


@contextmanager
def shown_progress(names: Sequence[str]) -> Iterator[OnProgress]:
    """A receiver of the progress of the environments `names`, which is shown on standard error."""
    console = Console(stderr=True)
    if console.is_terminal:
        board = _Board(names)
        with Live(get_renderable=board.table, console=console, refresh_per_second=8):
            yield board.on_progress
    else:
        yield _Lines(console).on_progress


class _Board:
    """One row for each environment: its present step and its duration."""

    def __init__(self, names: Sequence[str]) -> None:
        self._now = dict.fromkeys(names, "waiting")
        self._started: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._spinner = Spinner("dots")

    def on_progress(self, name: str, step: str) -> None:
        self._started.setdefault(name, time.monotonic())
        if step in _ENDS:
            self._ended[name] = time.monotonic()
        self._now[name] = step

    def table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, step in self._now.items():
            is_waiting = name not in self._started
            under_way = not is_waiting and name not in self._ended
            mark = self._spinner if under_way else ""
            table.add_row(mark, escape(name), _ENDS.get(step, escape(step)), "" if is_waiting else self._seconds(name))
        return table

    def _seconds(self, name: str) -> str:
        return f"{self._ended.get(name, time.monotonic()) - self._started[name]:.0f} s"


class _Lines:
    """One line for each step: seconds since the beginning, environment, step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()
        self._lock = Lock()

    def on_progress(self, name: str, step: str) -> None:
        with self._lock:
            seconds = time.monotonic() - self._started
            self._console.print(f"{seconds:5.1f} s  {name}: {step}", highlight=False, markup=False, soft_wrap=True)


_UNCHANGED = {"same", "read", "refresh"}


def summary_shown(backend: str, outcomes: Sequence[Outcome]) -> Group:
    """One row for each environment, then the problems of those that failed; `backend` is the URL of their state."""
    table = Table(title=f"State: {escape(backend)}", title_justify="left")
    for heading in ("environment", "", "resources", "answers", "seconds", "API"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "seconds" else "left")
    for each in outcomes:
        mark = "[green]done[/]" if each.ok else "[bold red]FAILED[/]"
        row = (mark, _changes(each), _answers(each), f"{each.seconds:.1f}", escape(each.api_url or ""))
        table.add_row(escape(each.environment), *row)
    problems = [Text(f"{each.environment}: {each.problem}") for each in outcomes if each.problem]
    return Group(table, *problems)


def summary_json(backend: str, outcomes: Sequence[Outcome]) -> str:
    """The same as one JSON document."""
    environments = [
        {
            "environment": each.environment,
            "ok": each.ok,
            "seconds": round(each.seconds, 3),
            "changes": dict(each.changes),
            "apiUrl": each.api_url,
            "checks": dict(each.checks),
            "problem": each.problem,
        }
        for each in outcomes
    ]
    return json.dumps({"backend": backend, "environments": environments}, indent=2)


def _changes(outcome: Outcome) -> str:
    changed = {operation: count for operation, count in outcome.changes.items() if operation not in _UNCHANGED}
    if not changed:
        return "unchanged" if outcome.changes else ""
    return ", ".join(f"{count} {operation}" for operation, count in changed.items())


def _answers(outcome: Outcome) -> str:
    if not outcome.checks:
        return ""
    right = sum(answer is True for answer in outcome.checks.values())
    return f"{right} of {len(outcome.checks)} right"
