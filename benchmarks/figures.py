"""What is measured, what it is measured against, and how it is shown."""

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, TypeVar

from rich.console import Console
from rich.table import Table

Result = TypeVar("Result")


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        name: what it is.
        value: the median of the rounds.
        unit: of `value` and `target`; `x` is a ratio.
        target: what it is held against; None for a number that only explains another.
        bound: whether the target is the most or the least.
        spread: lowest and highest of the rounds.
    """

    name: str
    value: float
    unit: str
    spread: tuple[float, float]
    target: float | None = None
    bound: Literal["at most", "at least"] = "at most"

    @property
    def reached(self) -> bool | None:
        """Whether the median is within the target; None without one."""
        if self.target is None:
            return None
        return self.value <= self.target if self.bound == "at most" else self.value >= self.target


def median_figure(
    name: str,
    rounds: Sequence[float],
    unit: str,
    target: float | None = None,
    bound: Literal["at most", "at least"] = "at most",
) -> Figure:
    """The figure of several rounds."""
    return Figure(name, statistics.median(rounds), unit, (min(rounds), max(rounds)), target, bound)


def in_turn(rounds: int, **measured: Callable[[], Result]) -> dict[str, list[Result]]:
    """Measure each of `measured` in every round, so that what else the machine does falls on all of them alike."""
    results: dict[str, list[Result]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            results[name].append(measure())
    return results


def ratios(numerators: Iterable[float], denominators: Iterable[float]) -> list[float]:
    """The ratio of each round's pair."""
    return [above / below for above, below in zip(numerators, denominators, strict=True)]


def show(figures: Sequence[Figure]) -> None:
    """Print a table for people."""
    table = Table("figure", "median", "rounds", "target", "reached", box=None)
    for figure in figures:
        low, high = (_number(value) for value in figure.spread)
        target = "" if figure.target is None else f"{figure.bound} {_number(figure.target)}"
        reached = {True: "yes", False: "no", None: ""}[figure.reached]
        table.add_row(figure.name, f"{_number(figure.value)} {figure.unit}", f"{low} to {high}", target, reached)
    Console().print(table)


def show_json(figures: Sequence[Figure]) -> None:
    """Print one JSON document for programs."""
    print(json.dumps([{**asdict(figure), "reached": figure.reached} for figure in figures], indent=2))


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
