"""`auth0-apim up`, `down` and `verify`: an environment in the sandbox, from nothing to proven and back."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from auth0_apim_sandbox.cloud import Options, Record, StateFolder, environment, running, start, stop
from auth0_apim_sandbox.engine.engine import Engine
from rich.console import Console

from auth0_apim_environments.cli.sandbox import (
    BasePort,
    Providers,
    ProvidersOption,
    find_or_install_shown,
    health,
)
from auth0_apim_environments.engine.pulumi_command import PulumiCommand, require_settings
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import find_project
from auth0_apim_environments.settings.local_backend import require_local_backend

Stack = Annotated[str, typer.Option("--stack", "-s", help="The environment: stacks/Pulumi.<stack>.yaml.")]
AllOf = Annotated[str | None, typer.Option(help="Several environments, with commas between them: dev,stage,prod.")]
Parallel = Annotated[int, typer.Option(min=1, help="With --all-of: how many at a time.")]


def up(  # noqa: PLR0913, PLR0917 - one parameter an option
    stack: Stack = "local",
    all_of: AllOf = None,
    parallel: Parallel = 4,
    as_json: Annotated[bool, typer.Option("--json", help="With --all-of: print one JSON document.")] = False,
    providers: ProvidersOption = Providers.SANDBOX,
    base_port: BasePort = None,
) -> None:
    """Deploy an environment into the sandbox with the real Pulumi engine, and prove it with real requests.

    With --all-of: several side by side, into the backend that PULUMI_BACKEND_URL or Pulumi.yaml names, with the shell's
    own credentials; where none is named, into the sandbox.
    """
    official = providers is Providers.OFFICIAL
    if all_of is not None:
        from auth0_apim_environments.cli.fleet import names_in, up_all_of  # noqa: PLC0415

        options, names = Options(base_port=base_port), names_in(all_of)
        raise typer.Exit(up_all_of(names, parallel, options, official_providers=official, as_json=as_json))
    if as_json:
        raise typer.BadParameter("goes with --all-of only", param_hint="--json")
    project = find_project()
    folder = StateFolder(project.sandbox)
    require_settings(project, stack)
    engine = find_or_install_shown()
    record = start(folder, Options(base_port=base_port), sys.stderr.write)
    require_local_backend(project.stack_file(stack))
    variables = _variables(folder, engine, official_providers=official)
    pulumi = PulumiCommand(project, folder, variables)
    pulumi.ensure_stack(stack)
    refresh = _go_on(pulumi, engine, stack) or _follow(pulumi, record, stack)
    _note_inventory(folder, stack, variables)
    pulumi.run("up", "--stack", stack, "--yes", *refresh)
    raise typer.Exit(_prove(folder, stack, variables))


def down(stack: Stack = "local") -> None:
    """Destroy an environment in the sandbox, forget its stack, and stop the sandbox."""
    project = find_project()
    folder = StateFolder(project.sandbox)
    if not PulumiCommand(project, folder, {}).has_stack(stack):
        require_settings(project, stack)  # a misspelt name must not stop the sandbox that another one lives in
    if folder.backend.exists():
        start(folder, Options(), sys.stderr.write)
        engine = find_or_install_shown()
        variables = _variables(folder, engine)
        pulumi = PulumiCommand(project, folder, variables)
        if pulumi.has_stack(stack):
            _go_on(pulumi, engine, stack)
            _destroy(pulumi, stack, variables)
        pulumi.forget_settings(stack)
    stop(folder)
    Console().print("Nothing is running.", highlight=False)


def _note(folder: StateFolder, stack: str) -> Path:
    """The file with what was in both services before the last deployment of `stack`."""
    return folder.path / "before" / f"{stack}.json"


def _note_inventory(folder: StateFolder, stack: str, variables: Mapping[str, str]) -> None:
    from auth0_apim_environments.recovery.inventory import note_inventory  # noqa: PLC0415 - loads an HTTP client

    note_inventory(variables, _note(folder, stack))


def _go_on(pulumi: PulumiCommand, engine: Engine, stack: str) -> tuple[str, ...]:
    """Make good what a process that was killed left half done; the options that the next deployment needs then."""
    if not pulumi.was_interrupted(stack):
        return ()
    # The engine's API and the HTTP client take as long to load as all the rest.
    from auth0_apim_environments.engine.errors import LockedError  # noqa: PLC0415
    from auth0_apim_environments.engine.stacks import Stacks  # noqa: PLC0415
    from auth0_apim_environments.recovery.interruption import Interruption  # noqa: PLC0415

    stacks = Stacks(pulumi.project, engine, pulumi.variables)
    console = Console(stderr=True, soft_wrap=True)
    try:
        found = Interruption(stacks, stack, pulumi.variables, _note(pulumi.folder, stack)).recover()
    except LockedError as error:
        raise StackError(f"{error}; if nobody does: `pulumi cancel --stack {stack}`") from None
    console.print(f"the last deployment of {stack} was interrupted", highlight=False)
    for made in found:
        console.print(f"deleted, as it was made and is not in the stack's state: {made}", highlight=False)
    return ("--refresh",)


def _follow(pulumi: PulumiCommand, record: Record, stack: str) -> tuple[str, ...]:
    """The options that a deployment needs whose gateways the sandbox has had to move to other ports since."""
    return (
        ("--refresh",) if pulumi.gateway_urls(stack) - set(health(pulumi.folder, record)["gateways"].values()) else ()
    )


def _destroy(pulumi: PulumiCommand, stack: str, variables: Mapping[str, str]) -> None:
    """Destroy `stack`, and free the names of the services that went with it: nobody restores them in a sandbox."""
    from auth0_apim_environments.clients.soft_deleted import open_soft_deleted  # noqa: PLC0415

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
    # The HTTP client and the token library take as long to load as all the rest.
    from auth0_apim_environments.cli.verify import run_verify  # noqa: PLC0415

    raise typer.Exit(run_verify(stack, sandbox_variables(stack), as_json=as_json))


def sandbox_variables(stack: str) -> dict[str, str]:
    """The sandbox's environment if it runs and `stack` lives there; else none: the shell's own counts."""
    project = find_project()
    folder = StateFolder(project.sandbox)
    if project.backend_url or running(folder) is None or not PulumiCommand(project, folder, {}).has_stack(stack):
        return {}
    return _variables(folder, find_or_install_shown())


def _variables(folder: StateFolder, engine: Engine, *, official_providers: bool = False) -> dict[str, str]:
    """The sandbox's environment, in which its passphrase counts: the CLI prefers a variable of the person's own."""
    os.environ.pop("PULUMI_CONFIG_PASSPHRASE", None)
    return environment(folder, engine, official_providers=official_providers)


def _prove(folder: StateFolder, stack: str, variables: Mapping[str, str]) -> int:
    """Print the proof of `stack` and, when every check is right, how to go on; 0 then. Asks the engine once for both."""
    from auth0_apim_environments.cli.closing_lines import closing_lines  # noqa: PLC0415
    from auth0_apim_environments.cli.verify import verify_deployed  # noqa: PLC0415
    from auth0_apim_environments.verify.deployed_api import read_deployed_api  # noqa: PLC0415

    api = read_deployed_api(stack, variables)
    status = verify_deployed(stack, api, variables)
    if status == 0:
        Console().print(closing_lines(api, stack, folder), highlight=False, soft_wrap=True, markup=False)
    return status
