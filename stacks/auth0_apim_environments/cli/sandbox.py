"""`auth0-apim sandbox …`: the local cloud."""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Any
from urllib.request import Request, urlopen

import typer
from auth0_apim_sandbox.cloud import (
    Options,
    Record,
    SandboxError,
    StateFolder,
    command,
    running,
    shell_lines,
    unset_lines,
)
from auth0_apim_sandbox.cloud import start as start_sandbox
from auth0_apim_sandbox.cloud import stop as stop_sandbox
from rich.console import Console
from rich.table import Table

from auth0_apim_environments.cli.engine import find_or_install_engine
from auth0_apim_environments.cli.target import BasePort, Json, Providers, ProvidersOption
from auth0_apim_environments.project import find_project

app = typer.Typer(no_args_is_help=True)


@app.command()
def start(
    base_port: BasePort = None,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Run in this terminal, with the log on the screen.")
    ] = False,
    in_memory: Annotated[bool, typer.Option("--in-memory", help="Lose everything at a restart.")] = False,
) -> None:
    """Start the sandbox, and return when all of its parts answer."""
    folder = sandbox_folder()
    options = Options(base_port=base_port, in_memory=in_memory)
    if foreground:
        words = command(folder, options)
        os.execv(words[0], words)  # noqa: S606 - no shell is wanted
    _show(folder, start_sandbox(folder, options, sys.stderr.write))


@app.command()
def stop() -> None:
    """Stop the sandbox; its data stays for the next start."""
    folder = sandbox_folder()
    stopped = stop_sandbox(folder)
    Console().print("The sandbox has stopped." if stopped else f"No sandbox runs in {folder.path}.", highlight=False)


@app.command()
def status(as_json: Json = False) -> None:
    """Show the sandbox's parts and their addresses; exit status 1 when it does not run."""
    folder = sandbox_folder()
    record = running(folder)
    if as_json:
        document = {"status": "stopped"} if record is None else {"pid": record.pid, **health(folder, record)}
        Console().print_json(json.dumps(document))
    elif record is None:
        Console().print(f"No sandbox runs in {folder.path}.", highlight=False)
    else:
        _show(folder, record)
    raise typer.Exit(0 if record else 1)


@app.command(name="open")
def open_overview() -> None:
    """Print a link to the overview: what is deployed, and the last calls with their verdicts. It is good once, for a minute."""
    folder = sandbox_folder()
    record = running(folder)
    if record is None:
        raise SandboxError(f"no sandbox runs in {folder.path}: start it with `auth0-apim sandbox start`")
    document = _control(folder, record, "/overview/links", method="POST")
    Console().print(document["url"], highlight=False, soft_wrap=True, markup=False)


@app.command()
def env(
    providers: ProvidersOption = Providers.SANDBOX,
    unset: Annotated[bool, typer.Option("--unset", help="Print lines that unset the variables.")] = False,
) -> None:
    """Print shell lines for eval, after which plain pulumi works against the sandbox."""
    if unset:
        lines = unset_lines()
    else:
        folder = sandbox_folder()
        if running(folder) is None:  # said now, and not after an engine was built
            raise SandboxError(f"no sandbox runs in {folder.path}: start it with `auth0-apim sandbox start`")
        lines = shell_lines(folder, find_or_install_engine(), official_providers=providers is Providers.OFFICIAL)
    sys.stdout.write(lines + "\n")


@app.command()
def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Print new lines as they are written.")] = False,
) -> None:
    """Print the log of requests: method, path, status and time, without secrets."""
    log = sandbox_folder().log
    if not log.exists():
        raise SandboxError(f"there is no log at {log}: start the sandbox with `auth0-apim sandbox start`")
    with log.open() as file:
        shutil.copyfileobj(file, sys.stdout)
        while follow:
            time.sleep(0.2)
            shutil.copyfileobj(file, sys.stdout)
            sys.stdout.flush()


def sandbox_folder() -> StateFolder:
    """The state folder of the project's sandbox."""
    return StateFolder(find_project().sandbox)


def health(folder: StateFolder, record: Record) -> dict[str, Any]:
    """The parts and gateways of the sandbox in `folder`, with their addresses, from its control endpoint."""
    return _control(folder, record, "/healthz")


def _control(folder: StateFolder, record: Record, path: str, *, method: str = "GET") -> dict[str, Any]:
    address = f"http://127.0.0.1:{record.ports.control}{path}"
    request = Request(address, headers=folder.control_headers, method=method)
    with urlopen(request, timeout=5) as answer:  # noqa: S310 - the address begins with http
        document: dict[str, Any] = json.loads(answer.read())
        return document


def _show(folder: StateFolder, record: Record) -> None:
    document = health(folder, record)
    table = Table("part", "address", box=None, title=f"Sandbox in {_short(folder.path)}", title_justify="left")
    for part, address in {**document["parts"], **document["gateways"]}.items():
        table.add_row(part, address)
    for service_id, address in document["portals"].items():
        table.add_row(f"portal of {service_id.rpartition('/')[2]}", address)
    Console().print(table)


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
