"""`auth0-apim up`, `down` and `verify`: an environment in the sandbox, from nothing to proven and back."""

import os
from collections.abc import Mapping
from typing import Annotated

import typer
from local_cloud import Options, StateFolder, environment, running, start, stop
from local_pulumi.engine import Engine
from rich.console import Console

from auth0_apim_environments.project import find_project
from auth0_apim_environments.pulumi_command import PulumiCommand
from auth0_apim_environments.sandbox_commands import (
    BasePort,
    Providers,
    ProvidersOption,
    find_or_install_shown,
)

Stack = Annotated[str, typer.Option("--stack", "-s", help="The environment: stacks/Pulumi.<stack>.yaml.")]


def up(stack: Stack = "local", providers: ProvidersOption = Providers.SANDBOX, base_port: BasePort = None) -> None:
    """Deploy an environment into the sandbox with the real Pulumi engine, and prove it with real requests."""
    project = find_project()
    folder = StateFolder(project.sandbox)
    engine = find_or_install_shown()
    start(folder, Options(base_port=base_port))
    variables = _variables(folder, engine, official_providers=providers is Providers.OFFICIAL)
    pulumi = PulumiCommand(project, folder, variables)
    pulumi.ensure_stack(stack)
    pulumi.run("up", "--stack", stack, "--yes")
    status = run_verify(stack, variables)
    if status == 0:
        _print_closing_lines(folder, stack, variables)
    raise typer.Exit(status)


def down(stack: Stack = "local") -> None:
    """Destroy an environment in the sandbox, forget its stack, and stop the sandbox."""
    project = find_project()
    folder = StateFolder(project.sandbox)
    if folder.backend.exists():
        start(folder, Options())
        variables = _variables(folder, find_or_install_shown())
        pulumi = PulumiCommand(project, folder, variables)
        if pulumi.has_stack(stack):
            _destroy(pulumi, stack, variables)
        pulumi.forget_salt(stack)
    stop(folder)
    Console().print("Nothing is running.", highlight=False)


def _destroy(pulumi: PulumiCommand, stack: str, variables: Mapping[str, str]) -> None:
    """Destroy `stack`, and free the names of the services that went with it: nobody restores them in a sandbox."""
    from auth0_apim_environments.soft_deleted import open_soft_deleted  # noqa: PLC0415

    with open_soft_deleted(variables) as soft_deleted:
        before = soft_deleted.ids()
        pulumi.run("destroy", "--stack", stack, "--yes")
        for service_id in soft_deleted.ids() - before:
            soft_deleted.purge(service_id)
    pulumi.run("stack", "rm", "--stack", stack, "--yes", "--preserve-config")


def verify(
    stack: Stack = "local", as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Prove with real tokens and requests that the API of an environment is guarded; status 1 if anything is wrong."""
    raise typer.Exit(run_verify(stack, _sandbox_variables(), as_json=as_json))


def run_verify(stack: str, variables: Mapping[str, str], *, as_json: bool = False) -> int:
    """Print the proof for `stack`; 0 when every check is right."""
    # The HTTP client and the token library take as long to load as all the rest.
    from auth0_apim_environments import verify_command  # noqa: PLC0415

    return verify_command.run_verify(stack, variables, as_json=as_json)


def _sandbox_variables() -> dict[str, str]:
    """The sandbox's environment, unless the shell has chosen a backend already or no sandbox runs."""
    folder = StateFolder(find_project().sandbox)
    if os.environ.get("PULUMI_BACKEND_URL") or running(folder) is None:
        return {}
    return _variables(folder, find_or_install_shown())


def _variables(folder: StateFolder, engine: Engine, *, official_providers: bool = False) -> dict[str, str]:
    """The sandbox's environment, in which its passphrase counts: the CLI prefers a variable of the person's own."""
    os.environ.pop("PULUMI_CONFIG_PASSPHRASE", None)
    return environment(folder, engine, official_providers=official_providers)


def _print_closing_lines(folder: StateFolder, stack: str, variables: Mapping[str, str]) -> None:
    from auth0_apim_environments.closing_lines import closing_lines  # noqa: PLC0415
    from auth0_apim_environments.deployed_api import read_deployed_api  # noqa: PLC0415

    api = read_deployed_api(stack, variables)
    Console().print(closing_lines(api, stack, folder), highlight=False, soft_wrap=True, markup=False)
