"""Several deployments on the screen: a live row each on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from auth0_apim_environments.fleet.deployment import Tell

_ENDS = {"done": Text("done", style="green"), "failed": Text("failed", style="bold red")}


@contextmanager
def shown_progress(names: Sequence[str]) -> Iterator[Tell]:
    """A receiver of what happens to the environments `names`, shown on standard error."""
    console = Console(stderr=True)
    if console.is_terminal:
        board = _Board(names)
        with Live(get_renderable=board.table, console=console, refresh_per_second=8):
            yield board.tell
    else:
        yield _Lines(console).tell


class _Board:
    """One row an environment: what happens now, and for how long it has been under way."""

    def __init__(self, names: Sequence[str]) -> None:
        self._now = dict.fromkeys(names, "waiting")
        self._started: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._spinner = Spinner("dots")

    def tell(self, name: str, happens: str) -> None:
        self._started.setdefault(name, time.monotonic())
        if happens in _ENDS:
            self._ended[name] = time.monotonic()
        self._now[name] = happens

    def table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, happens in self._now.items():
            waits = name not in self._started
            under_way = not waits and name not in self._ended
            mark = self._spinner if under_way else ""
            table.add_row(mark, escape(name), _ENDS.get(happens, escape(happens)), "" if waits else self._seconds(name))
        return table

    def _seconds(self, name: str) -> str:
        return f"{self._ended.get(name, time.monotonic()) - self._started[name]:.0f} s"


class _Lines:
    """One line a step: seconds since the beginning, environment, what happens."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()
        self._lock = Lock()

    def tell(self, name: str, happens: str) -> None:
        with self._lock:
            seconds = time.monotonic() - self._started
            self._console.print(f"{seconds:5.1f} s  {name}: {happens}", highlight=False, markup=False, soft_wrap=True)
