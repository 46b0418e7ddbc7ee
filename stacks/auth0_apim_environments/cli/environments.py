"""`auth0-apim env …`: environments that come and go, on the backend of `PULUMI_BACKEND_URL` or in the sandbox."""

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from auth0_apim_sandbox.cloud import Options, StateFolder, environment, start
from rich.console import Console

from auth0_apim_environments.cli.sandbox import find_or_install_shown
from auth0_apim_environments.ephemeral import Environments, Fate, Order, Reaper, Remnant, lease_on
from auth0_apim_environments.ephemeral.durations import DurationError, parse_duration
from auth0_apim_environments.ephemeral.tables import environments_table, reaped_table, remnants_table
from auth0_apim_environments.project import find_project

app = typer.Typer(
    help="Environments that come and go: created, listed, destroyed for certain.",
    no_args_is_help=True,
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Name = Annotated[str, typer.Argument(help="The environment's name: lower-case letters, digits, single dashes.")]


def _ttl(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except DurationError as error:
        raise typer.BadParameter(str(error)) from None


Ttl = Annotated[timedelta, typer.Option(parser=_ttl, metavar="SPAN", help="How long it is to live: 4h, 90m, 2d.")]


@app.command()
def create(  # noqa: PLR0913, PLR0917 - options of a command line
    name: Name,
    ttl: Ttl = "4h",  # type: ignore[assignment]  # parsed like what a person writes
    template: Annotated[
        Path | None, typer.Option("--from", help="The settings file to make it from.  [default: Pulumi.ephemeral.yaml]")
    ] = None,
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting laid over the file's; repeatable.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Whose it is.  [default: you]")] = None,
    protect: Annotated[
        bool, typer.Option("--protect", help="Never reap or destroy it until extended without.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Deploy an environment from a template and prove it; an interrupted creation goes on. Status 1 if it is wrong."""
    order = Order(template, tuple(assignments or ()), ttl, owner, protect)
    with _said(quiet=as_json) as say:
        environments, variables = _open()
        deployed = environments.create(name, order, say)
    if as_json:
        told = ("apiUrl", "issuer", "audience", "clientId", "tokenEndpoint")
        _print_json({"name": name, **{key: deployed.outputs[key] for key in told if key in deployed.outputs}})
    else:
        Console().print(f"{name}: {deployed.outputs.get('apiUrl')}", highlight=False, soft_wrap=True)
    if "probe" in deployed.outputs:
        from auth0_apim_environments.ephemeral.proof import wrong_checks  # noqa: PLC0415 - loads an HTTP client

        wrong = wrong_checks(deployed.api, variables)
        for check in wrong:
            sys.stderr.write(f"{name}: {check.sent}: expected {check.expected}, received {check.received}\n")
        raise typer.Exit(1 if wrong else 0)


@app.command("list")
def list_environments(as_json: Json = False) -> None:
    """List environments: owner, age, time left, state, and how many resources of each kind they cost."""
    environments, _ = _open()
    markers, unreadable = environments.markers()
    for error in unreadable:
        sys.stderr.write(f"{error}\n")
    found = environments.overview(markers)
    _show([each.document() for each in found], lambda: environments_table(found), as_json=as_json)


@app.command()
def extend(
    name: Name,
    ttl: Ttl = "4h",  # type: ignore[assignment]
    protect: Annotated[
        bool, typer.Option("--protect", help="Never reap or destroy it until extended without.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let an environment live that long from now on; also lifts or sets its protection."""
    with _said(quiet=as_json) as say:
        environments, _ = _open()
        marker = environments.extend(name, ttl, protected=protect, say=say)
    document = {"name": name, "expires": marker.expires.isoformat(), "protected": marker.protected}
    _show(document, lambda: f"{name} lives until {marker.expires:%Y-%m-%d %H:%M} UTC.", as_json=as_json)


@app.command()
def destroy(
    name: Name,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Where its state is lost: delete what carries its marks, and nothing else.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Destroy an environment and prove that nothing is left; status 1 with a list if something is."""
    with _said(quiet=as_json) as say:
        environments, _ = _open()
        left = environments.destroy(name, sweep=sweep, say=say).left
    _show_left(left, f"Nothing of {name} is left.", as_json=as_json)


@app.command()
def reap(
    dry_run: Annotated[bool, typer.Option("--dry-run/--no-dry-run", help="Only tell what is due.")] = True,
    confirm: Annotated[
        list[str] | None, typer.Option(help="An environment that may go where many are due; repeatable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Destroy the environments whose time is over: never protected ones, never those that stay."""
    environments, variables = _open()
    lease = lease_on({**os.environ, **variables}["PULUMI_BACKEND_URL"], "reaper")
    reaped = Reaper(environments, lease).reap(dry_run=dry_run, confirmed=frozenset(confirm or ()))
    _show([each.document() for each in reaped], lambda: reaped_table(reaped), as_json=as_json)
    raise typer.Exit(1 if any(each.fate in (Fate.FAILED, Fate.LEFT_OVER) for each in reaped) else 0)


@app.command()
def audit(
    name: Annotated[str | None, typer.Argument(help="One environment; all that have no stack when absent.")] = None,
    as_json: Json = False,
) -> None:
    """Ask both services what they have with environments' marks; status 1 with a list if there is anything."""
    environments, _ = _open()
    left = environments.audit(name)
    _show_left(left, f"Nothing of {name or 'environments without a stack'} is there.", as_json=as_json)


def _open() -> tuple[Environments, dict[str, str]]:
    """The project's environments: on the shell's backend where it names one, else in the sandbox, started if need be."""
    project = find_project()
    engine = find_or_install_shown()
    variables: dict[str, str] = {}
    if not os.environ.get("PULUMI_BACKEND_URL"):
        folder = StateFolder(project.sandbox)
        start(folder, Options(), sys.stderr.write)
        os.environ.pop("PULUMI_CONFIG_PASSPHRASE", None)  # the sandbox's file counts, which the CLI takes second
        variables = environment(folder, engine)
    return Environments(project, engine, variables), variables


class _said:  # noqa: N801 - reads as what it does
    """A context with a receiver of the engine's lines: a status line on a terminal, nothing for programs."""

    def __init__(self, *, quiet: bool) -> None:
        self._status = Console(stderr=True, quiet=quiet).status("asking the backend")

    def __enter__(self) -> Callable[[str], None]:
        self._status.start()
        return self._say

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def _say(self, line: str) -> None:
        if line.strip():
            self._status.update(line.strip())


def _show_left(left: Sequence[Remnant], nothing: str, *, as_json: bool) -> None:
    documents = [dataclasses.asdict(remnant) for remnant in left]
    _show(documents, lambda: remnants_table(left) if left else nothing, as_json=as_json)
    raise typer.Exit(1 if left else 0)


def _show(document: Any, for_people: Callable[[], Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(document)
    else:
        Console().print(for_people(), highlight=False)


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
