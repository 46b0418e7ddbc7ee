"""A work folder for each environment, so that runs side by side do not meet in one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pulumi import automation

from auth0_apim_environments.fleet.place import Place


@contextmanager
def open_stack(place: Place, name: str, command: automation.PulumiCommand) -> Iterator[automation.Stack]:
    """The stack of environment `name`, created where there is none, in a work folder of its own.

    The folder holds links to the project's entries: the program and the settings are the project's, while the engine
    takes the folder for a project of its own and keeps its notes (which stack is selected) apart from other runs'.

    Raises:
        automation.CommandError: the engine refused.
    """
    with tempfile.TemporaryDirectory(prefix=f"auth0-apim-{name}-") as folder:
        for entry in place.project.root.iterdir():
            (Path(folder) / entry.name).symlink_to(entry)
        options = automation.LocalWorkspaceOptions(
            work_dir=folder,
            env_vars=dict(place.variables),
            secrets_provider=place.secrets_provider(name),
            pulumi_command=command,
        )
        workspace = automation.LocalWorkspace(**vars(options))
        yield automation.Stack.create_or_select(name, workspace)


def pulumi_command(place: Place) -> automation.PulumiCommand:
    """The engine of `place` as the Automation API takes it."""
    # The one on PATH need not lie in a folder called bin, which is what a root would mean.
    return automation.PulumiCommand(None if place.engine.origin == "path" else str(place.engine.path.parent.parent))
