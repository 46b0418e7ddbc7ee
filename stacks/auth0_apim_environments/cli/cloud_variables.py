"""Which clouds a command means: those that the shell names, or the project's sandbox."""

import os

from auth0_apim_sandbox.cloud import StateFolder, environment, running

from auth0_apim_environments.cli.sandbox import find_or_install_shown
from auth0_apim_environments.project import Project


def cloud_variables(project: Project) -> dict[str, str]:
    """The sandbox's environment where it runs and the shell names neither a tenant nor a backend; else nothing.

    Raises:
        EngineError: there is no engine for the sandbox.
    """
    folder = StateFolder(project.sandbox)
    if os.environ.get("AUTH0_DOMAIN") or project.backend_url or running(folder) is None:
        return {}
    os.environ.pop("PULUMI_CONFIG_PASSPHRASE", None)  # the CLI prefers it to the sandbox's own
    return environment(folder, find_or_install_shown())
