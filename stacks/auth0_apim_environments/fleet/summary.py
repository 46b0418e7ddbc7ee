"""What became of several environments: one table for people, one document for programs."""

import json
from collections.abc import Sequence

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from auth0_apim_environments.fleet.deployment import Outcome

_UNCHANGED = {"same", "read", "refresh"}


def summary_shown(backend: str, outcomes: Sequence[Outcome]) -> Group:
    """One row an environment, then what is wrong with those that failed; `backend` is the URL that holds their state."""
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
