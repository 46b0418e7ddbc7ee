"""Which environment a command works on, and the variables that lead to its cloud: the sandbox's, or only the shell's own."""

import os
from enum import Enum
from typing import Annotated

import typer
from auth0_apim_sandbox.cloud import StateFolder, environment, running
from auth0_apim_sandbox.engine.engine import Engine

from auth0_apim_environments.cli.engine import find_or_install_engine
from auth0_apim_environments.marks import is_environment_file
from auth0_apim_environments.project import Project, ProjectError, find_project


class Providers(str, Enum):
    """Which provider plugins the engine uses."""

    SANDBOX = "sandbox"
    OFFICIAL = "official"


def complete_stack(incomplete: str) -> list[str]:
    """The project's stacks whose names begin with `incomplete`, for a shell's completion."""
    try:
        stacks = find_project().stacks()
    except ProjectError:
        return []
    return [name for name in stacks if name.startswith(incomplete)]


def complete_environment(incomplete: str) -> list[str]:
    """The same for the ephemeral environments that were created in this clone."""
    names = complete_stack(incomplete)
    return [name for name in names if is_environment_file(find_project().stack_file(name))]


Stack = Annotated[
    str,
    typer.Option("--stack", "-s", help="The environment: stacks/Pulumi.<stack>.yaml.", autocompletion=complete_stack),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
BasePort = Annotated[
    int | None,
    typer.Option(
        help="First port of the range; 0 takes any free ports.  [default: those of the last time, otherwise the first free range from 14300]"
    ),
]
ProvidersOption = Annotated[
    Providers, typer.Option(help="The sandbox's own providers, or the official plugins, which the engine downloads.")
]


def sandbox_variables(folder: StateFolder, engine: Engine, *, official_providers: bool = False) -> dict[str, str]:
    """The environment variables of the sandbox in `folder`.

    The person's own PULUMI_CONFIG_PASSPHRASE is removed, because the CLI prefers it to the sandbox's passphrase file.
    """
    os.environ.pop("PULUMI_CONFIG_PASSPHRASE", None)
    return environment(folder, engine, official_providers=official_providers)


def stack_variables(stack: str) -> dict[str, str]:
    """The sandbox's variables if the sandbox runs and `stack` is in it; otherwise none, and the shell's own apply."""
    from auth0_apim_environments.engine.pulumi_command import PulumiCommand  # noqa: PLC0415 - loads pulumi

    project = find_project()
    folder = StateFolder(project.sandbox)
    if project.backend_url or running(folder) is None or not PulumiCommand(project, folder, {}).has_stack(stack):
        return {}
    return sandbox_variables(folder, find_or_install_engine())


def cloud_variables(project: Project) -> dict[str, str]:
    """The sandbox's variables if the sandbox runs and the shell names neither a tenant nor a backend; otherwise none.

    Raises:
        EngineError: the sandbox has no engine.
    """
    folder = StateFolder(project.sandbox)
    if os.environ.get("AUTH0_DOMAIN") or project.backend_url or running(folder) is None:
        return {}
    return sandbox_variables(folder, find_or_install_engine())
