"""`auth0-apim purge`: free the name of a soft-deleted API Management service, on purpose."""

import os
from typing import Annotated

import typer
from rich.console import Console

from auth0_apim_environments.cli.lifecycle import Stack, sandbox_variables
from auth0_apim_environments.clients.soft_deleted import open_soft_deleted
from auth0_apim_environments.project import find_project
from auth0_apim_environments.settings.settings import Settings

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def purge(stack: Stack = "local", *, yes: Yes = False) -> None:
    """Delete the environment's soft-deleted API Management service for good, so that its name is free again.

    Azure keeps a deleted service for 48 hours, in which `gateway.restore` brings it back.
    """
    name = Settings.from_file(find_project().stack_file(stack)).gateway.service_name
    console = Console()
    with open_soft_deleted({**os.environ, **sandbox_variables(stack)}) as soft_deleted:
        found = [each for each in soft_deleted.ids() if each.rpartition("/")[2].lower() == name.lower()]
        if not found:
            console.print(f"There is no soft-deleted service '{name}'.", highlight=False)
            return
        if not yes:
            typer.confirm(f"Delete the service '{name}' for good, with everything that was in it?", abort=True)
        for service_id in found:
            soft_deleted.purge(service_id)
    console.print(f"The service '{name}' is being purged; its name is free when Azure is done.", highlight=False)
