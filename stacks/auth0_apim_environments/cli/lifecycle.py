"""`auth0-apim up`, `down` and `purge`: deploy an environment into the sandbox, destroy it, and purge its service."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from auth0_apim_sandbox.cloud import Options, Record, StateFolder, start, stop
from auth0_apim_sandbox.engine.engine import Engine
from rich.console import Console

from auth0_apim_environments.cli.engine import find_or_install_engine
from auth0_apim_environments.cli.sandbox import health
from auth0_apim_environments.cli.target import (
    BasePort,
    Providers,
    ProvidersOption,
    Stack,
    sandbox_variables,
    stack_variables,
)
from auth0_apim_environments.engine.pulumi_command import PulumiCommand
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import find_project
from auth0_apim_environments.settings.stack_file import read_stack_file, require_local_backend

if TYPE_CHECKING:
    from auth0_apim_environments.verify.deployed_api import DeployedApi

# The engine's Automation API and the HTTP client take as long to load as everything else, so functions below import them.

AllOf = Annotated[str | None, typer.Option(help="Several environments, separated by commas: dev,stage,prod.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
Parallel = Annotated[int, typer.Option(min=1, help="With --all-of: how many environments at the same time.")]


def up(  # noqa: PLR0913, PLR0917 - one parameter an option
    stack: Stack = "local",
    all_of: AllOf = None,
    parallel: Parallel = 4,
    as_json: Annotated[bool, typer.Option("--json", help="With --all-of: print one JSON document.")] = False,
    providers: ProvidersOption = Providers.SANDBOX,
    base_port: BasePort = None,
) -> None:
    """Deploy an environment into the sandbox with the real Pulumi engine, and verify it with real requests.

    With --all-of: deploy several environments at the same time, into the backend that PULUMI_BACKEND_URL or Pulumi.yaml
    names, with the shell's own credentials; if neither names one, into the sandbox.
    """
    official = providers is Providers.OFFICIAL
    if all_of is not None:
        from auth0_apim_environments.cli.fleet import names_in, up_all_of  # noqa: PLC0415

        options, names = Options(base_port=base_port), names_in(all_of)
        raise typer.Exit(up_all_of(names, parallel, options, official_providers=official, as_json=as_json))
    if as_json:
        raise typer.BadParameter("needs --all-of", param_hint="--json")
    project = find_project()
    folder = StateFolder(project.sandbox)
    read_stack_file(project.stack_file(stack))
    engine = find_or_install_engine()
    record = start(folder, Options(base_port=base_port), sys.stderr.write)
    require_local_backend(project.stack_file(stack))
    variables = sandbox_variables(folder, engine, official_providers=official)
    pulumi = PulumiCommand(project, folder, variables)
    pulumi.ensure_stack(stack)
    refresh = _recover(pulumi, engine, stack) or _gateways_moved(pulumi, record, stack)
    _write_inventory(folder, stack, variables)
    pulumi.run("up", "--stack", stack, "--yes", *(["--refresh"] if refresh else []))
    raise typer.Exit(_verify(folder, record, stack, variables))


def down(stack: Stack = "local") -> None:
    """Destroy an environment in the sandbox, remove its stack, and stop the sandbox."""
    project = find_project()
    folder = StateFolder(project.sandbox)
    if not PulumiCommand(project, folder, {}).has_stack(stack):
        read_stack_file(project.stack_file(stack))  # a misspelled name must not stop the sandbox of another environment
    if folder.backend.exists():
        start(folder, Options(), sys.stderr.write)
        engine = find_or_install_engine()
        variables = sandbox_variables(folder, engine)
        pulumi = PulumiCommand(project, folder, variables)
        if pulumi.has_stack(stack):
            _recover(pulumi, engine, stack)
            _destroy(pulumi, stack, variables)
        pulumi.remove_settings(stack)
    stop(folder)
    Console().print("Nothing is running.", highlight=False)


def purge(stack: Stack = "local", *, yes: Yes = False) -> None:
    """Purge the environment's soft-deleted API Management service, so that its name is free again.

    Azure keeps a deleted service for 48 hours, in which `gateway.restore` restores it.
    """
    from auth0_apim_environments.clients.manager import manager_of  # noqa: PLC0415
    from auth0_apim_environments.settings.settings import Settings  # noqa: PLC0415

    name = Settings.from_file(find_project().stack_file(stack)).get("gateway.service_name")
    console = Console()
    with manager_of({**os.environ, **stack_variables(stack)}) as manager:
        if not any(each["name"].lower() == name.lower() for each in manager.deleted_services()):
            console.print(f"There is no soft-deleted service '{name}'.", highlight=False)
            return
        if not yes:
            typer.confirm(f"Delete the service '{name}' and everything in it permanently?", abort=True)
        manager.purge(name)
    console.print(f"The service '{name}' is being purged; its name is free when Azure is done.", highlight=False)


def _inventory_file(folder: StateFolder, stack: str) -> Path:
    """The file with what was in both services before the last deployment of `stack`."""
    return folder.path / "before" / f"{stack}.json"


def _write_inventory(folder: StateFolder, stack: str, variables: Mapping[str, str]) -> None:
    from auth0_apim_environments.recovery.by_inventory import write_inventory  # noqa: PLC0415

    write_inventory(variables, _inventory_file(folder, stack))


def _recover(pulumi: PulumiCommand, engine: Engine, stack: str) -> bool:
    """Recover from an interrupted deployment, if there was one; the next deployment must refresh the state then."""
    if not pulumi.was_interrupted(stack):
        return False
    from auth0_apim_environments.engine.errors import LockedError  # noqa: PLC0415
    from auth0_apim_environments.engine.stacks import Stacks  # noqa: PLC0415
    from auth0_apim_environments.recovery.by_inventory import InterruptedDeployment  # noqa: PLC0415

    stacks = Stacks(pulumi.project, engine, pulumi.variables)
    inventory = _inventory_file(pulumi.folder, stack)
    console = Console(stderr=True, soft_wrap=True)
    try:
        deleted = InterruptedDeployment(stacks, stack, pulumi.variables, inventory).recover()
    except LockedError as error:
        raise StackError(f"{error}; if that process has ended: `pulumi cancel --stack {stack}`") from None
    console.print(f"the last deployment of {stack} was interrupted", highlight=False)
    for resource in deleted:
        console.print(f"deleted, because it is not in the stack's state: {resource}", highlight=False)
    return True


def _gateways_moved(pulumi: PulumiCommand, record: Record, stack: str) -> bool:
    """Whether the sandbox has moved the stack's gateways to other ports; the next deployment must refresh the state then."""
    return bool(pulumi.gateway_urls(stack) - set(health(pulumi.folder, record)["gateways"].values()))


def _destroy(pulumi: PulumiCommand, stack: str, variables: Mapping[str, str]) -> None:
    """Destroy `stack` and purge its services, which nobody restores in a sandbox, so that their names are free."""
    from auth0_apim_environments.clients.manager import manager_of  # noqa: PLC0415

    with manager_of(variables) as manager:
        before = {each["id"] for each in manager.deleted_services()}
        pulumi.run("destroy", "--stack", stack, "--yes")
        for service_id in {each["id"] for each in manager.deleted_services()} - before:
            manager.delete(service_id)
    pulumi.run("stack", "rm", "--stack", stack, "--yes")


def _verify(folder: StateFolder, record: Record, stack: str, variables: Mapping[str, str]) -> int:
    """Verify the API of `stack` and print the result; when every check passed, also what to do next, and return 0."""
    from auth0_apim_environments.cli.verify import verify_deployed  # noqa: PLC0415
    from auth0_apim_environments.verify.deployed_api import read_deployed_api  # noqa: PLC0415

    api = read_deployed_api(stack, variables)
    status = verify_deployed(stack, api, variables)
    if status == 0:
        Console().print(
            next_steps(api, stack, folder, _portal_of(api, health(folder, record))),
            highlight=False,
            soft_wrap=True,
            markup=False,
        )
    return status


def _portal_of(api: "DeployedApi", running: Mapping[str, Any]) -> str | None:
    """The developer portal of the service that `api` is in, by what the sandbox says of itself."""
    gateways = running["gateways"].items()
    service_id = next((each for each, url in gateways if api.api_url.startswith(f"{url}/")), "")
    portal: str | None = running["portals"].get(service_id)
    return portal


def next_steps(api: "DeployedApi", stack: str, folder: StateFolder, portal: str | None) -> str:
    """Issuer, audience and addresses; a request with a fresh token; the line that makes plain pulumi work. No secret."""
    return "\n".join(
        (
            "",
            f"issuer    {api.issuer}",
            f"audience  {api.audience}",
            f"API       {api.api_url}",
            *([f"portal    {portal}"] if portal else []),
            "",
            "Call it (paste these lines; the client's secret goes from pulumi to curl, not to the screen):",
            "",
            _request(api, stack, folder),
            "",
            "Plain pulumi in this shell:",
            "",
            f"    {_evaluation()}",
        )
    )


def _request(api: "DeployedApi", stack: str, folder: StateFolder) -> str:
    curl = f"curl -sS --cacert {shlex.quote(str(folder.certificate_authority))}"
    secret = f"pulumi stack output clientSecret --show-secrets --stack {shlex.quote(stack)} | tr -d '\\n'"
    token = (
        f"{curl} --data grant_type=client_credentials --data client_id={shlex.quote(api.client_id)} "
        f"--data-urlencode {shlex.quote(f'audience={api.audience}')} --data-urlencode client_secret@- "
        f"{shlex.quote(api.token_endpoint)}"
    )
    header = """sed 's/.*"access_token": *"\\([^"]*\\)".*/Authorization: Bearer \\1/'"""
    call = f"{curl} --header @- {shlex.quote(api.api_url + api.probe.path)}"
    return f"    ({_evaluation()}\n     {secret} |\n     {token} |\n     {header} |\n     {call})"


def _evaluation() -> str:
    command = Path(sys.argv[0]).absolute() if Path(sys.argv[0]).name == "auth0-apim" else Path("auth0-apim")
    return f'eval "$({shlex.quote(str(command))} sandbox env)"'
