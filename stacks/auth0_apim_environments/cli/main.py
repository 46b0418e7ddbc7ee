"""The command `auth0-apim`. A command's module is imported only when that command runs, or its own help is asked for."""

import errno
import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

_PACKAGE = "auth0_apim_environments.cli"
_DISTRIBUTION = "auth0-apim-cli"

COMMANDS = {
    "up": (
        "lifecycle:up",
        "Deploy an environment into the sandbox with the real Pulumi engine, and verify it with real requests.",
    ),
    "down": ("lifecycle:down", "Destroy an environment in the sandbox, remove its stack, and stop the sandbox."),
    "verify": ("verify:verify", "Verify with real tokens and requests that the API of an environment is guarded."),
    "doctor": ("doctor:doctor", "Check what an up needs, before it."),
    "adopt": (
        "adopt:adopt",
        "Find an API's objects in a tenant and in API Management, and write a stack's settings for them.",
    ),
    "purge": (
        "lifecycle:purge",
        "Purge the environment's soft-deleted API Management service, so that its name is free again.",
    ),
    "diff": ("fleet:diff", "Show what differs between two environments."),
    "users": ("users:app", "The users in an environment's database."),
    "env": ("environments:app", "Ephemeral environments: create, list, extend and destroy them."),
    "sandbox": ("sandbox:app", "The local cloud: an Auth0 tenant and Azure API Management on this machine."),
    "engine": ("engine:engine", "Find, download or build the Pulumi engine, and print which one it is."),
}
"""Where each command is, as `module:object` of this package, and the line that lists it. The object is a function, or a Typer
application with subcommands. In the order in which a person uses them."""


class LazyCommands(TyperGroup):
    """The commands of `COMMANDS`."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """The names."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of that name as it is listed; `resolve_command` replaces it by the one that runs."""
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The name of a command, the command itself, imported now, and its arguments."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, name and imported_command(name), rest


def imported_command(name: str) -> Any:
    """The command of that name, with the line that lists it as its short help."""
    target, summary = COMMANDS[name]
    module, attribute = target.split(":")
    found = getattr(importlib.import_module(f"{_PACKAGE}.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(name)(found)
        found = single
    command: Any = typer.main.get_command(found)
    command.name, command.help = name, command.help or summary
    return command


app = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"auth0-apim {version(_DISTRIBUTION)}\n")
        raise typer.Exit


@app.callback()
def auth0_apim(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version, and exit.")
    ] = False,
) -> None:
    """Auth0 as the authorization server of APIs in Azure API Management: environments, and the sandbox that they run in."""


def main() -> None:
    """Run the command line; a known error is one sentence on standard error and exit status 1, not a traceback."""
    try:
        app()
    except Exception as error:
        message = _message_of(error)
        if message is None:
            raise
        sys.stderr.write(f"{' '.join(['auth0-apim', *_command_words(sys.argv[1:])])}: {message}\n")
        sys.exit(1)


def _message_of(error: Exception) -> str | None:
    """The message of an error that the person can correct; None for any other error."""
    if isinstance(error, _known_errors()):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "the disk is full; free some space and run this again"
    import httpx  # noqa: PLC0415 - slow to load, and only a command that has loaded it raises its errors

    if not isinstance(error, httpx.HTTPError):
        return None
    from auth0_apim_environments.clients.http import describe_http_error  # noqa: PLC0415

    return describe_http_error(error)


def _command_words(arguments: Sequence[str]) -> list[str]:
    """The words of the command, such as `env reap`."""
    groups = {name for name, (target, _) in COMMANDS.items() if target.endswith(":app")}
    return list(arguments[: 2 if arguments[:1] and arguments[0] in groups else 1])


def _known_errors() -> tuple[type[Exception], ...]:
    from auth0_apim_sandbox.cloud import PortError, SandboxError  # noqa: PLC0415
    from auth0_apim_sandbox.engine.engine_error import EngineError  # noqa: PLC0415

    from auth0_apim_environments.errors import StackError  # noqa: PLC0415
    from auth0_apim_environments.project import ProjectError  # noqa: PLC0415
    from auth0_apim_environments.settings.problems import SettingsError  # noqa: PLC0415

    return EngineError, PortError, ProjectError, SandboxError, SettingsError, StackError
