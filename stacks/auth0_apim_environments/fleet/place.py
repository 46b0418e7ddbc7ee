"""Where environments live: the backend of their state, with the variables that lead the engine there."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auth0_apim_sandbox.cloud import Options, StateFolder, environment, running, start
from auth0_apim_sandbox.engine.engine import Engine
from auth0_apim_sandbox.engine.engine_build import language_host_variables

from auth0_apim_environments.engine.pulumi_command import PulumiCommand, write_settings
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.local_backend import require_local_backend
from auth0_apim_environments.state.secrets_provider import secrets_provider


@dataclass(frozen=True)
class Place:
    """A backend, and how the engine gets there.

    Attributes:
        project: whose environments these are.
        engine: that works on them.
        url: of the backend. Example: `s3://contoso-state?region=eu-west-1`.
        variables: laid over this process's environment.
        sandbox: the sandbox's folder, where the backend is the sandbox's own.
    """

    project: Project
    engine: Engine
    url: str
    variables: Mapping[str, str]
    sandbox: StateFolder | None = None

    def prepare(self, names: Iterable[str]) -> None:
        """Make sure that all of `names` can be worked on here, before the first is touched.

        Raises:
            StackError: one has no settings file, its secrets were encrypted for another backend, or nobody listens where
                its API's backend is to be on this machine.
        """
        for name in names:
            write_settings(self.project, name)
            if self.sandbox is not None:
                require_local_backend(self.project.stack_file(name))
                pulumi = PulumiCommand(self.project, self.sandbox, self.variables)
                if not pulumi.has_stack(name):
                    pulumi.claim_settings(name)

    def secrets_provider(self, name: str) -> str | None:
        """The secrets provider that environment `name` is made with; in the sandbox always the passphrase."""
        return None if self.sandbox is not None else secrets_provider(self.project.stack_file(name))


def find_place(project: Project, engine: Engine, options: Options, *, official_providers: bool = False) -> Place:
    """Where the environments of `project` live: the backend that the shell or the project names, with the shell's own
    credentials; where none is named, the sandbox, which is started with `options`.

    Raises:
        SandboxError: the sandbox does not start.
        EngineError: the engine has no Python language host.
    """
    if url := project.backend_url:
        return Place(project, engine, url, _shell_variables(engine))
    folder = StateFolder(project.sandbox)
    start(folder, options, sys.stderr.write)
    return sandbox_place(project, engine, folder, official_providers=official_providers)


def sandbox_place(project: Project, engine: Engine, folder: StateFolder, *, official_providers: bool = False) -> Place:
    """The sandbox that runs in `folder`, in which its own passphrase counts, not one of the person's.

    Raises:
        SandboxError: none runs there.
    """
    os.environ.pop("PULUMI_CONFIG_PASSPHRASE", None)  # the CLI prefers it to the sandbox's file
    variables = environment(folder, engine, official_providers=official_providers)
    return Place(project, engine, variables["PULUMI_BACKEND_URL"], variables, folder)


def place_of(project: Project, engine: Engine, name: str) -> Place:
    """Where environment `name` is: in the running sandbox only if its stack is there and no backend was chosen.

    Raises:
        EngineError: the engine has no Python language host.
    """
    folder = StateFolder(project.sandbox)
    if project.backend_url is None and running(folder) and PulumiCommand(project, folder, {}).has_stack(name):
        return sandbox_place(project, engine, folder)
    return Place(project, engine, project.backend_url or "", _shell_variables(engine))


def _shell_variables(engine: Engine) -> dict[str, str]:
    engine.check_language_host()
    path = os.pathsep.join([str(engine.path.parent), os.environ.get("PATH", os.defpath)])
    return {"PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true", **language_host_variables()}
