"""`auth0-apim users …`: the users in an environment's database."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from auth0_apim_environments.cli.target import Json, Stack, stack_variables
from auth0_apim_environments.clients.http import open_client
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.users.user_import import ImportResult, UserImporter, UserImportError, management_client
from auth0_apim_environments.users.users_file import FileUser, UsersFileError, read_users
from auth0_apim_environments.verify.deployed_api import read_outputs

app = typer.Typer(no_args_is_help=True)


@app.callback()
def users() -> None:
    """The users in an environment's database."""


@app.command("import")
def import_users(
    file: Annotated[Path, typer.Option("--file", "-f", help="A JSON list of users in Auth0's import format.")],
    stack: Stack = "local",
    upsert: Annotated[bool, typer.Option("--upsert", help="Update users who exist instead of skipping them.")] = False,
    as_json: Json = False,
) -> None:
    """Import existing users with their password hashes; users who were imported before are skipped.

    The tenant is that of AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET (or AUTH0_API_TOKEN), or the sandbox's.
    Exit status 1 when a user was refused.
    """
    raise typer.Exit(run_import(stack, file, stack_variables(stack), upsert=upsert, as_json=as_json))


def run_import(stack: str, file: Path, variables: Mapping[str, str], *, upsert: bool, as_json: bool) -> int:
    """Import the users of `file` into the database of `stack` and print the result.

    Args:
        variables: laid over this process's own: engine, backend, the tenant's credentials.

    Returns:
        The exit status: 1 when a user was refused or the import failed.
    """
    everything = {**os.environ, **variables}
    try:
        found = read_users(file)
        connection_id, name = _connection(stack, variables)
        with open_client(everything) as http:
            importer = UserImporter(management_client(everything, http), connection_id, upsert=upsert)
            problem = _run(importer, found, quiet=as_json)
    except (StackError, UsersFileError, UserImportError) as error:
        Console(stderr=True).print(f"users import: {error}", style="red", markup=False, soft_wrap=True)
        return 1
    _show(importer.result, f"{file.name} into {name}", stack, as_json=as_json)
    if problem is not None:
        Console(stderr=True).print(f"users import: {problem}", style="red", markup=False, soft_wrap=True)
    return 1 if problem is not None or importer.result.failed else 0


def _run(importer: UserImporter, found: list[FileUser], *, quiet: bool) -> UserImportError | None:
    """Import with a progress bar; the error after which some users are imported already, or None."""
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as progress:
        task = progress.add_task("importing", total=len(found))
        try:
            for done in importer.run(found):
                progress.update(task, completed=done)
        except UserImportError as error:
            if not importer.result.total:
                raise
            return error
    return None


def _connection(stack: str, variables: Mapping[str, str]) -> tuple[str, str]:
    outputs = read_outputs(stack, variables)
    missing = [name for name in ("connectionId", "connectionName") if not isinstance(outputs.get(name), str)]
    if missing:
        raise StackError(
            f"stack '{stack}' does not export {', '.join(missing)}: give it a database "
            f"(auth0-apim:database) and deploy it with `pulumi up --stack {stack}`"
        )
    return str(outputs["connectionId"]), str(outputs["connectionName"])


def _show(result: ImportResult, title: str, stack: str, *, as_json: bool) -> None:
    if as_json:
        Console().print_json(json.dumps({"stack": stack, **result.document()}))
        return
    counts = {name: value for name, value in result.document().items() if name != "errors"}
    table = Table(*counts, title=title, title_justify="left")
    table.add_row(*map(str, counts.values()))
    Console().print(table)
    if result.errors:
        refused = Table("line", "user", "attribute", "code", "reason", title="refused", title_justify="left")
        for each in result.errors:
            refused.add_row(str(each.line), each.email, each.path, each.code, each.message)
        Console().print(refused)
