"""`auth0-apim`: the command line. Each command's module is imported only when that command runs or help shows it."""

import errno
import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

_PACKAGE = "auth0_apim_environments.cli"


class LazyCommands(TyperGroup):
    """Commands by name, each as `module:object` of this package: a function, or a Typer application with its own."""

    places: ClassVar[Mapping[str, str]] = {
        "up": "lifecycle:up",
        "down": "lifecycle:down",
        "verify": "lifecycle:verify",
        "doctor": "doctor:doctor",
        "adopt": "adopt:adopt",
        "purge": "purge:purge",
        "diff": "fleet:diff",
        "users": "users:app",
        "env": "environments:app",
        "sandbox": "sandbox:app",
        "engine": "sandbox:engine",
    }

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """The names, in the order in which a person meets them."""
        return list(self.places)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of that name, imported now."""
        place = self.places.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
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
    """Auth0 as the authorization server of APIs in Azure API Management: environments, and the sandbox they run in."""


def main() -> None:
    """Run the command line; a known error is one sentence on standard error and status 1, not a traceback."""
    try:
        app()
    except Exception as error:
        told = _told(error)
        if told is None:
            raise
        sys.stderr.write(f"{' '.join(['auth0-apim', *_command_words(sys.argv[1:])])}: {told}\n")
        sys.exit(1)


def _command(name: str, found: Any) -> Any:
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    single.command(name)(found)
    return typer.main.get_command(single)


def _told(error: Exception) -> str | None:
    """An error that people can do something about, in words; None where it is another one."""
    if isinstance(error, _known_errors()):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "there is no room left on the disk; make some, and run this again"
    import httpx  # noqa: PLC0415 - an error of its was raised by a command that has loaded it

    if not isinstance(error, httpx.HTTPError):
        return None
    from auth0_apim_environments.clients.unanswered import unanswered  # noqa: PLC0415

    return unanswered(error)


def _command_words(arguments: Sequence[str]) -> list[str]:
    """The command as it was asked for, such as `env reap`."""
    groups = {name for name, place in LazyCommands.places.items() if place.endswith(":app")}
    return list(arguments[: 2 if arguments[:1] and arguments[0] in groups else 1])


def _known_errors() -> tuple[type[Exception], ...]:
    from auth0_apim_sandbox.cloud import PortError, SandboxError  # noqa: PLC0415
    from auth0_apim_sandbox.engine.engine_error import EngineError  # noqa: PLC0415

    from auth0_apim_environments.errors import StackError  # noqa: PLC0415
    from auth0_apim_environments.project import ProjectError  # noqa: PLC0415
    from auth0_apim_environments.settings.problems import SettingsError  # noqa: PLC0415

    return EngineError, PortError, ProjectError, SandboxError, SettingsError, StackError
