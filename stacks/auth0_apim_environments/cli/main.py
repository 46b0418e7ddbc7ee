"""The command `auth0-apim`. A command's module is imported only when the command runs or when help lists it."""

import errno
import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

_PACKAGE = "auth0_apim_environments.cli"


class LazyCommands(TyperGroup):
    """Commands by name, each as `module:object` of this package; the object is a function, or a Typer application with subcommands."""

    commands_by_name: ClassVar[Mapping[str, str]] = {
        "up": "lifecycle:up",
        "down": "lifecycle:down",
        "verify": "verify:verify",
        "doctor": "doctor:doctor",
        "adopt": "adopt:adopt",
        "purge": "lifecycle:purge",
        "diff": "fleet:diff",
        "users": "users:app",
        "env": "environments:app",
        "sandbox": "sandbox:app",
        "engine": "engine:engine",
    }

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """The names, in the order in which a person uses them."""
        return list(self.commands_by_name)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of that name, imported now."""
        target = self.commands_by_name.get(cmd_name)
        if target is None:
            return None
        module, name = target.split(":")
        command = _command(cmd_name, getattr(importlib.import_module(f"{_PACKAGE}.{module}"), name))
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def auth0_apim() -> None:
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


def _command(name: str, found: Any) -> Any:
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    single.command(name)(found)
    return typer.main.get_command(single)


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
    groups = {name for name, target in LazyCommands.commands_by_name.items() if target.endswith(":app")}
    return list(arguments[: 2 if arguments[:1] and arguments[0] in groups else 1])


def _known_errors() -> tuple[type[Exception], ...]:
    from auth0_apim_sandbox.cloud import PortError, SandboxError  # noqa: PLC0415
    from auth0_apim_sandbox.engine.engine_error import EngineError  # noqa: PLC0415

    from auth0_apim_environments.errors import StackError  # noqa: PLC0415
    from auth0_apim_environments.project import ProjectError  # noqa: PLC0415
    from auth0_apim_environments.settings.problems import SettingsError  # noqa: PLC0415

    return EngineError, PortError, ProjectError, SandboxError, SettingsError, StackError
