"""Two environments next to each other, as a table for people or a document for programs."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from auth0_apim_environments.fleet.differences import Difference, Values, differences, uncompared


@dataclass(frozen=True)
class Comparison:
    """What was found between two environments.

    Attributes:
        names: of the two.
        settings: keys of their files that differ.
        outputs: outputs that differ; None where one of the two has none to read.
        uncompared: secret settings that both have; their plain text is not looked at.
        unread: why outputs could not be read, by environment.
    """

    names: tuple[str, str]
    settings: list[Difference]
    outputs: list[Difference] | None
    uncompared: list[str]
    unread: dict[str, str]

    @property
    def any(self) -> bool:
        """Whether anything that was compared differs."""
        return bool(self.settings or self.outputs)

    def as_json(self) -> str:
        """One JSON document; values are JSON in text, secrets masked."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)

    def as_tables(self) -> Group:
        """The same for people."""
        parts = [self._table("Settings", self.settings)]
        if self.outputs is not None:
            parts.append(self._table("Outputs", self.outputs))
        notes = [f"outputs of {name} not compared: {reason}" for name, reason in self.unread.items()]
        if self.uncompared:
            notes.append(f"secrets set in both, not compared: {', '.join(self.uncompared)}")
        return Group(*parts, *(escape(note) for note in notes))

    def _table(self, what: str, found: Iterable[Difference]) -> Table | str:
        table = Table(title=f"{what} that differ", title_justify="left")
        for heading in ("key", *self.names):
            table.add_column(escape(heading), overflow="fold")
        for each in found:
            table.add_row(*(escape("-" if text is None else text) for text in (each.key, each.first, each.second)))
        return table if table.row_count else f"{what}: no difference."


def compare(names: tuple[str, str], settings: tuple[Values, Values], outputs: tuple[Values, Values]) -> Comparison:
    """Put the settings and outputs of two environments side by side."""
    unread = {name: values.unread for name, values in zip(names, outputs, strict=True) if values.unread}
    return Comparison(
        names,
        differences(*settings),
        None if unread else differences(*outputs),
        uncompared(*settings),
        unread,
    )
