"""The environment in which the Pulumi engine and other clients meet a sandbox instead of the clouds."""

import os
import shlex
from collections.abc import Mapping

from auth0_apim_sandbox.cloud.folder import StateFolder
from auth0_apim_sandbox.cloud.ports import Ports
from auth0_apim_sandbox.cloud.process import SandboxError, running
from auth0_apim_sandbox.engine import warm_program
from auth0_apim_sandbox.engine.engine import Engine
from auth0_apim_sandbox.engine.engine_build import language_host_variables


def environment(folder: StateFolder, engine: Engine, *, official_providers: bool = False) -> dict[str, str]:
    """Variables to lay over this process's own, PATH included.

    With `official_providers` the engine starts (and downloads) the official provider plugins; otherwise it attaches to
    the sandbox's provider endpoints and downloads nothing.

    Raises:
        SandboxError: no sandbox runs in `folder`.
        EngineError: the engine has no Python language host.
    """
    return {
        "PATH": os.pathsep.join([*path_additions(engine), os.environ.get("PATH", os.defpath)]),
        **service_variables(folder),
        **engine_variables(folder, engine),
        **({} if official_providers else provider_variables(folder)),
    }


def shell_lines(folder: StateFolder, engine: Engine, *, official_providers: bool = False) -> str:
    """The same as lines of POSIX shell, for `eval`."""
    variables = environment(folder, engine, official_providers=official_providers)
    variables.pop("PATH")
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines.append("unset PULUMI_CONFIG_PASSPHRASE")  # the CLI prefers it to the file
    if additions := path_additions(engine):
        path = os.pathsep.join(
            entry for entry in additions if entry not in os.environ.get("PATH", "").split(os.pathsep)
        )
        lines += [f'export PATH={shlex.quote(path)}{os.pathsep}"$PATH"'] if path else []
    return "\n".join(lines)


def unset_lines() -> str:
    """Shell lines that take the variables away again; what was added to PATH does no harm and stays."""
    names = [*_ENGINE_NAMES, *language_host_variables(), *_PROVIDER_NAMES, *_SERVICE_NAMES]
    return "\n".join(f"unset {name}" for name in names)


def path_additions(engine: Engine) -> list[str]:
    """Folders that PATH needs before `pulumi` in a shell is this engine."""
    return [] if engine.origin == "path" else [str(engine.path.parent)]


def engine_variables(folder: StateFolder, engine: Engine) -> dict[str, str]:
    """Where the engine keeps state and settings: nothing of the person's own is read or written.

    Raises:
        EngineError: the engine has no Python language host.
    """
    engine.check_language_host()
    # Without metadata=skip each document has a side file that is written in place: an engine that is killed meanwhile
    # leaves a state which nobody can read ("failed to load checkpoint: EOF").
    backend = f"file://{folder.backend}?metadata=skip"
    values = (backend, str(folder.pulumi_home), str(folder.passphrase), "true", str(folder.warm_python))
    return dict(zip(_ENGINE_NAMES, values, strict=True)) | language_host_variables()


def provider_variables(folder: StateFolder) -> dict[str, str]:
    """What makes the engine attach to the sandbox's provider endpoints and download none.

    Raises:
        SandboxError: no sandbox runs in `folder`.
    """
    ports = _record(folder)
    attached = f"auth0:{ports.auth0_provider},azure-native:{ports.azure_native_provider}"
    return dict(zip(_PROVIDER_NAMES, (attached, "true"), strict=True))


def service_variables(folder: StateFolder) -> dict[str, str]:
    """Addresses and credentials of both services, under the names that official clients read, and the backend's address.

    Raises:
        SandboxError: no sandbox runs in `folder`.
    """
    ports = _record(folder)
    variables: Mapping[str, str] = {
        **folder.credentials,
        "AUTH0_DOMAIN": f"localhost:{ports.tenant}",
        "ARM_METADATA_HOSTNAME": f"localhost:{ports.manager}",
        "SSL_CERT_FILE": str(folder.trust_bundle),
        "AUTH0_APIM_USER_PASSWORD": folder.user_password,
        "AUTH0_APIM_SERVICE_URL": f"http://localhost:{ports.calculator}/api",
    }
    return {name: variables[name] for name in _SERVICE_NAMES}


_ENGINE_NAMES = (
    "PULUMI_BACKEND_URL",
    "PULUMI_HOME",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_SKIP_UPDATE_CHECK",
    warm_program.VARIABLE,
)
_PROVIDER_NAMES = ("PULUMI_DEBUG_PROVIDERS", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION")
_SERVICE_NAMES = (
    "AUTH0_DOMAIN",
    "AUTH0_CLIENT_ID",
    "AUTH0_CLIENT_SECRET",
    "ARM_METADATA_HOSTNAME",
    "ARM_TENANT_ID",
    "ARM_CLIENT_ID",
    "ARM_CLIENT_SECRET",
    "ARM_SUBSCRIPTION_ID",
    "SSL_CERT_FILE",
    "AUTH0_APIM_USER_PASSWORD",
    "AUTH0_APIM_SERVICE_URL",
)


def _record(folder: StateFolder) -> Ports:
    if record := running(folder):
        return record.ports
    raise SandboxError(f"no sandbox runs in {folder.path}: start it with `auth0-apim sandbox start`")
