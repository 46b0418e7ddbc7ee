"""`auth0-apim verify`: the checks of an API as a table for people and as JSON for programs."""

import dataclasses
import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from auth0_apim_environments.cli.target import Json, Stack, stack_variables
from auth0_apim_environments.errors import StackError

if TYPE_CHECKING:  # loading the HTTP client and the token library takes as long as loading everything else
    from auth0_apim_environments.verify.deployed_api import DeployedApi
    from auth0_apim_environments.verify.proof import Check

_MARKS = {True: "[green]right[/]", False: "[bold red]WRONG[/]", None: "[yellow]not checked[/]"}


def verify(stack: Stack = "local", as_json: Json = False) -> None:
    """Verify with real tokens and requests that the API of an environment is guarded; exit status 1 if a check fails."""
    from auth0_apim_environments.verify.deployed_api import read_deployed_api  # noqa: PLC0415

    variables = stack_variables(stack)
    try:
        api = read_deployed_api(stack, variables)
    except StackError as error:
        raise typer.Exit(_failed(error)) from None
    raise typer.Exit(verify_deployed(stack, api, variables, as_json=as_json))


def verify_deployed(stack: str, api: "DeployedApi", variables: Mapping[str, str], *, as_json: bool = False) -> int:
    """Verify the API of `stack` and print the result.

    Args:
        stack: the stack's name.
        api: its outputs.
        variables: laid over this process's own: engine, backend, passphrase, certificate authorities.
        as_json: print one JSON document instead of a table.

    Returns:
        The exit status: 1 when a check failed or a service could not be reached.
    """
    import httpx  # noqa: PLC0415

    from auth0_apim_environments.clients.http import open_client  # noqa: PLC0415
    from auth0_apim_environments.verify.proof import verify as verify_api  # noqa: PLC0415

    try:
        with open_client({**os.environ, **variables}) as client:
            checks = _run(verify_api(api, client), quiet=as_json)
    except (StackError, httpx.HTTPError) as error:
        return _failed(error)
    if as_json:
        Console().print_json(json.dumps({"stack": stack, "checks": [dataclasses.asdict(check) for check in checks]}))
    else:
        Console().print(checks_table(stack, api.api_url + api.probe.path, checks))
    return 1 if any(check.right is False for check in checks) else 0


def _failed(error: Exception) -> int:
    from auth0_apim_environments.clients.http import describe_http_error  # noqa: PLC0415

    Console(stderr=True).print(f"verify: {describe_http_error(error)}", style="red", markup=False, soft_wrap=True)
    return 1


def _run(checks: "Iterable[Check]", *, quiet: bool) -> "list[Check]":
    done: list[Check] = []
    with Console(stderr=True, quiet=quiet).status("calling the API without a token") as status:
        for check in checks:
            done.append(check)
            status.update(f"sent {check.sent}")
    return done


def checks_table(stack: str, url: str, checks: "Iterable[Check]") -> Table:
    """The checks of the API at `url` as a table for people; of an error document only the message."""
    table = Table(title=f"{stack}: GET {url}", title_justify="left")
    for heading in ("sent", "expected", "received", ""):
        table.add_column(heading, overflow="fold")
    for check in checks:
        table.add_row(check.sent, check.expected, _brief(check.received), _MARKS[check.right])
    return table


def _brief(received: str) -> str:
    status, _, body = received.partition(" ")
    try:
        document = json.loads(body)
    except ValueError:
        return received
    return f"{status} {document['message']}" if isinstance(document, dict) and "message" in document else received
