"""`auth0-apim verify`: the proof as a table for people and as JSON for programs."""

import dataclasses
import json
import os
from collections.abc import Iterable, Mapping

import httpx
from rich.console import Console
from rich.table import Table

from auth0_apim_environments.clients.unanswered import in_words
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.verify.deployed_api import DeployedApi, read_deployed_api
from auth0_apim_environments.verify.proof import Check, open_client, verify

_MARKS = {True: "[green]right[/]", False: "[bold red]WRONG[/]", None: "[yellow]not checked[/]"}


def run_verify(stack: str, environment: Mapping[str, str] | None = None, *, as_json: bool = False) -> int:
    """Verify the API of `stack` and print the result.

    Args:
        stack: the stack's name.
        environment: variables laid over this process's own: engine, backend, passphrase, certificate authorities.
        as_json: print one JSON document instead of a table.

    Returns:
        The exit status: 0 when every row is right or could not be checked, 1 when a row is wrong or the stack
        cannot be read.
    """
    try:
        api = read_deployed_api(stack, environment)
    except StackError as error:
        return _failed(error)
    return verify_deployed(stack, api, environment, as_json=as_json)


def verify_deployed(
    stack: str, api: DeployedApi, environment: Mapping[str, str] | None = None, *, as_json: bool = False
) -> int:
    """Verify an API whose stack was read already; arguments and exit status as those of `run_verify`."""
    try:
        with open_client({**os.environ, **(environment or {})}) as client:
            checks = _run(verify(api, client), quiet=as_json)
    except (StackError, httpx.HTTPError) as error:
        return _failed(error)
    if as_json:
        Console().print_json(json.dumps({"stack": stack, "checks": [dataclasses.asdict(check) for check in checks]}))
    else:
        Console().print(checks_table(stack, api.api_url + api.probe.path, checks))
    return 1 if any(check.right is False for check in checks) else 0


def _failed(error: Exception) -> int:
    Console(stderr=True).print(f"verify: {in_words(error)}", style="red", markup=False, soft_wrap=True)
    return 1


def _run(checks: Iterable[Check], *, quiet: bool) -> list[Check]:
    done: list[Check] = []
    with Console(stderr=True, quiet=quiet).status("asking the API with no token") as status:
        for check in checks:
            done.append(check)
            status.update(f"asked with {check.sent}")
    return done


def checks_table(stack: str, url: str, checks: Iterable[Check]) -> Table:
    """The checks of the API at `url` as a table for people: of a refusal's document only the message."""
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
