"""`auth0-apim env …`: ephemeral environments, on the backend of `PULUMI_BACKEND_URL` or in the sandbox."""

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from auth0_apim_sandbox.cloud import Options, StateFolder, start
from rich.console import Console
from rich.table import Table

from auth0_apim_environments.cli.engine import find_or_install_engine
from auth0_apim_environments.cli.target import Json, complete_environment, sandbox_variables
from auth0_apim_environments.ephemeral import (
    Environments,
    EnvironmentSpec,
    OrphanedResource,
    Reaper,
    ReapStatus,
    lease_on,
)
from auth0_apim_environments.ephemeral.environment import DurationError, Environment, parse_duration, show_duration
from auth0_apim_environments.ephemeral.reaper import Reaped
from auth0_apim_environments.project import find_project

app = typer.Typer(no_args_is_help=True, add_completion=False)

_NAME = "The environment's name: lower-case letters, digits, single dashes."
NewName = Annotated[str, typer.Argument(metavar="NAME", help=_NAME)]
Name = Annotated[str, typer.Argument(help=_NAME, autocompletion=complete_environment)]


def _ttl(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except DurationError as error:
        raise typer.BadParameter(str(error)) from None


Ttl = Annotated[timedelta, typer.Option(parser=_ttl, metavar="SPAN", help="Time to live: 4h, 90m, 2d.")]


@app.command()
def create(  # noqa: PLR0913, PLR0917 - options of a command line
    name: NewName,
    ttl: Ttl = "4h",  # type: ignore[assignment]  # parsed like what a person writes
    template: Annotated[
        Path | None,
        typer.Option("--from", help="The settings file that is the template.  [default: Pulumi.ephemeral.yaml]"),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting that replaces the template's; repeatable."),
    ] = None,
    owner: Annotated[str | None, typer.Option(help="The owner.  [default: you]")] = None,
    protect: Annotated[
        bool, typer.Option("--protect", help="Do not reap or destroy it, until it is extended without this option.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Deploy an environment from a template and verify it; continue a creation that was interrupted. Exit status 1 if a check fails."""
    spec = EnvironmentSpec(template, tuple(assignments or ()), ttl, owner, protect)
    with _shown_output(quiet=as_json) as on_output:
        environments, variables = _open()
        deployed = environments.create(name, spec, on_output)
    if as_json:
        shown = ("apiUrl", "issuer", "audience", "clientId", "tokenEndpoint")
        _print_json({"name": name, **{key: deployed.outputs[key] for key in shown if key in deployed.outputs}})
    else:
        Console().print(f"{name}: {deployed.outputs.get('apiUrl')}", highlight=False, soft_wrap=True)
    if "probe" in deployed.outputs:
        from auth0_apim_environments.verify.proof import failed_checks  # noqa: PLC0415 - loads an HTTP client

        failed = failed_checks(deployed.api, variables)
        for check in failed:
            sys.stderr.write(f"{name}: {check.sent}: expected {check.expected}, received {check.received}\n")
        raise typer.Exit(1 if failed else 0)


@app.command("list")
def list_environments(as_json: Json = False) -> None:
    """List environments: owner, age, time left, state, and number of resources of each kind."""
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
        bool, typer.Option("--protect", help="Do not reap or destroy it, until it is extended without this option.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Set an environment's time to live, from now on, and set or remove its protection."""
    with _shown_output(quiet=as_json) as on_output:
        environments, _ = _open()
        marker = environments.extend(name, ttl, protected=protect, on_output=on_output)
    document = {"name": name, "expires": marker.expires.isoformat(), "protected": marker.protected}
    _show(document, lambda: f"{name} expires at {marker.expires:%Y-%m-%d %H:%M} UTC.", as_json=as_json)


@app.command()
def destroy(
    name: Name,
    sweep: Annotated[
        bool,
        typer.Option("--sweep", help="If its state is lost: delete the resources that carry its marks, and no others."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Destroy an environment and check that nothing of it is left; otherwise list it, with exit status 1."""
    with _shown_output(quiet=as_json) as on_output:
        environments, _ = _open()
        left = environments.destroy(name, sweep=sweep, on_output=on_output).left
    _show_left(left, f"Nothing of {name} is left.", as_json=as_json)


@app.command()
def reap(
    dry_run: Annotated[
        bool, typer.Option("--dry-run/--no-dry-run", help="Only list the environments that have expired.")
    ] = True,
    confirm: Annotated[
        list[str] | None, typer.Option(help="An environment to destroy although many have expired; repeatable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Destroy the environments that have expired, except protected ones."""
    environments, variables = _open()
    lease = lease_on({**os.environ, **variables}["PULUMI_BACKEND_URL"], "reaper")
    reaped = Reaper(environments, lease).reap(dry_run=dry_run, confirmed=frozenset(confirm or ()))
    _show([each.document() for each in reaped], lambda: reaped_table(reaped), as_json=as_json)
    raise typer.Exit(1 if any(each.status in (ReapStatus.FAILED, ReapStatus.LEFT_OVER) for each in reaped) else 0)


@app.command()
def audit(
    name: Annotated[
        str | None,
        typer.Argument(help="One environment.  [default: all that have no stack]", autocompletion=complete_environment),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the resources in both services that carry environments' marks; exit status 1 if there are any."""
    environments, _ = _open()
    left = environments.audit(name)
    _show_left(left, f"Both services have no resources of {name or 'environments without a stack'}.", as_json=as_json)


def _open() -> tuple[Environments, dict[str, str]]:
    """The project's environments: on the backend that the shell names, otherwise in the sandbox, which is started."""
    project = find_project()
    engine = find_or_install_engine()
    variables: dict[str, str] = {}
    if not os.environ.get("PULUMI_BACKEND_URL"):
        folder = StateFolder(project.sandbox)
        start(folder, Options(), sys.stderr.write)
        variables = sandbox_variables(folder, engine)
    return Environments(project, engine, variables), variables


class _shown_output:  # noqa: N801 - a context manager, as its siblings in contextlib
    """A context with a receiver of the engine's output: a status line on a terminal, nothing for programs."""

    def __init__(self, *, quiet: bool) -> None:
        self._status = Console(stderr=True, quiet=quiet).status("reading the backend")

    def __enter__(self) -> Callable[[str], None]:
        self._status.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def _show(self, line: str) -> None:
        if line.strip():
            self._status.update(line.strip())


def _show_left(left: Sequence[OrphanedResource], message: str, *, as_json: bool) -> None:
    documents = [dataclasses.asdict(resource) for resource in left]
    _show(documents, lambda: resources_table(left) if left else message, as_json=as_json)
    raise typer.Exit(1 if left else 0)


def _show(document: Any, for_people: Callable[[], Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(document)
    else:
        Console().print(for_people(), highlight=False)


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def environments_table(environments: Sequence[Environment]) -> Table:
    """One row for each environment, the first to expire first."""
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
    """One row for each environment that had expired."""
    if not reaped:
        return "No environment has expired."
    table = Table("environment", "status", "time", "reason, and resources that are left", box=None)
    for each in reaped:
        seconds = f"{each.seconds:.1f} s" if each.seconds else ""
        table.add_row(each.environment, each.status.value, seconds, "\n".join(filter(None, (each.reason, *each.left))))
    return table


def resources_table(resources: Sequence[OrphanedResource]) -> Table:
    """One row for each resource."""
    table = Table("environment", "kind", "name", "id", box=None)
    for resource in resources:
        table.add_row(resource.environment, resource.kind, resource.name, resource.id)
    return table
