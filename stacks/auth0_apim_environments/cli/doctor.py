"""`auth0-apim doctor`: what would fail in an `up`, as a table with a remedy for each problem, or as JSON."""

import dataclasses
import json
import os
from collections.abc import Iterable

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auth0_apim_environments.cli.target import Json, Stack, cloud_variables
from auth0_apim_environments.doctor.checks import run_checks
from auth0_apim_environments.doctor.finding import Finding
from auth0_apim_environments.project import find_project

_MARKS = {True: "[green]right[/]", False: "[bold red]WRONG[/]", None: "[yellow]not checked[/]"}


def doctor(stack: Stack = "local", as_json: Json = False) -> None:
    """Check what an up needs: engine, credentials, scopes, tier, names, the OpenID document, and ways around the gateway's token check; exit status 1 if a check fails."""
    project = find_project()
    variables = {**os.environ, **cloud_variables(project)}
    findings = _examined(run_checks(project, stack, variables), quiet=as_json)
    if as_json:
        Console().print_json(json.dumps({"stack": stack, "findings": [dataclasses.asdict(each) for each in findings]}))
    else:
        Console().print(findings_table(stack, findings))
    raise typer.Exit(1 if any(each.right is False for each in findings) else 0)


def findings_table(stack: str, findings: Iterable[Finding]) -> Table:
    """The findings as a table for people; text of the services is never taken for markup."""
    table = Table(title=f"Before an up of {stack}", title_justify="left")
    for heading in ("subject", "observed", "", "remedy"):
        table.add_column(heading, overflow="fold")
    for each in findings:
        mark = "[yellow]warning[/]" if each.right and each.remedy else _MARKS[each.right]
        table.add_row(each.subject, Text(each.observed), mark, Text(each.remedy))
    return table


def _examined(findings: Iterable[Finding], *, quiet: bool) -> list[Finding]:
    done: list[Finding] = []
    with Console(stderr=True, quiet=quiet).status("reading the settings") as status:
        for each in findings:
            done.append(each)
            status.update(f"checked: {each.subject}")
    return done
