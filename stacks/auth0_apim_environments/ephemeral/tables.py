"""Environments, reapers' reports and audits as tables for people."""

from collections.abc import Sequence
from datetime import timedelta

from rich.table import Table

from auth0_apim_environments.ephemeral.durations import show_duration
from auth0_apim_environments.ephemeral.overview import Environment
from auth0_apim_environments.ephemeral.reaper import Reaped
from auth0_apim_environments.recovery.remains import Remnant


def environments_table(environments: Sequence[Environment]) -> Table:
    """One row an environment, those that end first first."""
    table = Table("environment", "owner", "age", "left", "state", "resources", box=None)
    for each in environments:
        document = each.document()
        left = "protected" if each.marker.protected else show_duration(timedelta(seconds=document["left"]))
        table.add_row(
            each.name,
            each.marker.owner,
            show_duration(timedelta(seconds=document["age"])),
            left,
            each.state.value,
            ", ".join(f"{count} {kind}" for kind, count in document["resources"].items()) or "none",
        )
    return table


def reaped_table(reaped: Sequence[Reaped]) -> Table | str:
    """One row an environment that was due."""
    if not reaped:
        return "No environment is due."
    table = Table("environment", "what", "time", "why, and what is left", box=None)
    for each in reaped:
        seconds = f"{each.seconds:.1f} s" if each.seconds else ""
        table.add_row(each.environment, each.fate.value, seconds, "\n".join(filter(None, (each.reason, *each.left))))
    return table


def remnants_table(remnants: Sequence[Remnant]) -> Table:
    """One row an object."""
    table = Table("environment", "kind", "name", "id", box=None)
    for remnant in remnants:
        table.add_row(remnant.environment, remnant.kind, remnant.name, remnant.id)
    return table
