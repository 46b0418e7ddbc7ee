"""The backend that has the environments' state, and the variables with which the engine uses it."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auth0_apim_sandbox.cloud import Options, StateFolder, environment, running, start
from auth0_apim_sandbox.engine.engine import Engine
from auth0_apim_sandbox.engine.engine_build import language_host_variables

from auth0_apim_environments.engine.pulumi_command import PulumiCommand
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.stack_file import require_local_backend, write_stack_file


@dataclass(frozen=True)
class Backend:
    """A backend, and how the engine reaches it.

    Attributes:
        project: whose environments these are.
        engine: the Pulumi command.
        url: of the backend. Example: `s3://contoso-state?region=eu-west-1`.
        variables: laid over this process's environment.
        sandbox: the sandbox's folder, if the backend is the sandbox's own.
    """

    project: Project
    engine: Engine
    url: str
    variables: Mapping[str, str]
    sandbox: StateFolder | None = None

    def prepare(self, names: Iterable[str]) -> None:
        """Check all of `names` before the first is deployed, and write their settings files from their sources.

        Raises:
            StackError: an environment has no settings file, its secrets were encrypted for another backend, or nothing
                listens at the URL of its API's backend on this machine.
        """
        for name in names:
            file = self.project.stack_file(name)
            write_stack_file(file)
            if self.sandbox is not None:
                require_local_backend(file)
                pulumi = PulumiCommand(self.project, self.sandbox, self.variables)
                if not pulumi.has_stack(name):
                    pulumi.settings.require_own_secrets(name)


def find_backend(project: Project, engine: Engine, options: Options, *, official_providers: bool = False) -> Backend:
    """The backend that the shell or the project names, with the shell's own credentials; otherwise the sandbox, which is
    started with `options`.

    Raises:
        SandboxError: the sandbox does not start.
        EngineError: the engine has no Python language host.
    """
    if url := project.backend_url:
        return Backend(project, engine, url, _shell_variables(engine))
    folder = StateFolder(project.sandbox)
    start(folder, options, sys.stderr.write)
    return sandbox_backend(project, engine, folder, official_providers=official_providers)


def sandbox_backend(
    project: Project, engine: Engine, folder: StateFolder, *, official_providers: bool = False
) -> Backend:
    """The backend of the sandbox that runs in `folder`, with the sandbox's passphrase instead of the person's own.

    Raises:
        SandboxError: no sandbox runs there.
    """
    os.environ.pop("PULUMI_CONFIG_PASSPHRASE", None)  # the CLI prefers it to the sandbox's file
    variables = environment(folder, engine, official_providers=official_providers)
    return Backend(project, engine, variables["PULUMI_BACKEND_URL"], variables, folder)


def backend_of(project: Project, engine: Engine, name: str) -> Backend:
    """The backend of environment `name`: the running sandbox's if it has the stack and no other backend was chosen.

    Raises:
        EngineError: the engine has no Python language host.
    """
    folder = StateFolder(project.sandbox)
    if project.backend_url is None and running(folder) and PulumiCommand(project, folder, {}).has_stack(name):
        return sandbox_backend(project, engine, folder)
    return Backend(project, engine, project.backend_url or "", _shell_variables(engine))


def _shell_variables(engine: Engine) -> dict[str, str]:
    engine.check_language_host()
    path = os.pathsep.join([str(engine.path.parent), os.environ.get("PATH", os.defpath)])
    return {"PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true", **language_host_variables()}
