"""`auth0-apim up --all-of` and `auth0-apim diff`: several environments in one command."""

import sys
from typing import Annotated

import typer
from auth0_apim_sandbox.cloud import Options
from rich.console import Console

from auth0_apim_environments.cli.engine import find_or_install_engine
from auth0_apim_environments.cli.target import Json, complete_stack
from auth0_apim_environments.fleet.backend import backend_of, find_backend
from auth0_apim_environments.project import find_project


def names_in(text: str) -> list[str]:
    """The environments of `--all-of`, in the given order.

    Raises:
        typer.BadParameter: it names no environment, or one twice.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names or twice:
        problem = f"names {', '.join(twice)} more than once" if twice else "names no environment"
        raise typer.BadParameter(f"{text!r} {problem}; example: dev,stage,prod", param_hint="--all-of")
    return names


def up_all_of(names: list[str], parallel: int, options: Options, *, official_providers: bool, as_json: bool) -> int:
    """Deploy and verify the environments `names` at the same time and print one summary; 1 if one failed."""
    # The Automation API and the HTTP client take as long to load as everything else.
    from auth0_apim_environments.fleet.deployment import deploy_all  # noqa: PLC0415
    from auth0_apim_environments.fleet.report import (  # noqa: PLC0415
        shown_progress,
        summary_json,
        summary_shown,
    )

    backend = find_backend(find_project(), find_or_install_engine(), options, official_providers=official_providers)
    with shown_progress(names) as on_progress:
        outcomes = deploy_all(backend, names, parallel, on_progress)
    if as_json:
        sys.stdout.write(summary_json(backend.url, outcomes) + "\n")
    else:
        Console().print(summary_shown(backend.url, outcomes), highlight=False)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def diff(
    first: Annotated[
        str,
        typer.Argument(
            metavar="ENV_A", help="An environment: stacks/Pulumi.<name>.yaml.", autocompletion=complete_stack
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="ENV_B", help="Another environment.", autocompletion=complete_stack)],
    as_json: Json = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with status 1 if anything differs.")] = False,
) -> None:
    """Show what differs between two environments: their settings, and their outputs where both are deployed."""
    from auth0_apim_environments.fleet.differences import (  # noqa: PLC0415
        compare,
        read_outputs,
        read_settings,
    )

    project, names = find_project(), (first, second)
    settings = read_settings(project, first), read_settings(project, second)
    engine = find_or_install_engine()
    outputs = (
        read_outputs(backend_of(project, engine, first), first),
        read_outputs(backend_of(project, engine, second), second),
    )
    found = compare(names, settings, outputs)
    if as_json:
        sys.stdout.write(found.as_json() + "\n")
    else:
        Console().print(found.as_tables())
    raise typer.Exit(1 if exit_code and found.any else 0)
