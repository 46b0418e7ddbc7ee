"""Commands written in Go, compiled from modules that pin every version and hash, through the Go module proxy."""

import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from auth0_apim_sandbox.engine.engine_error import EngineError

Progress: TypeAlias = Callable[[str, int | None, int | None], None]
Toolchain: TypeAlias = tuple[str, Mapping[str, str]]
"""Path of `go`, and the environment to run it in."""


@dataclass(frozen=True)
class GoCommand:
    """A command, and the module that pins all it is made of.

    Attributes:
        title: what progress calls it: `Pulumi 3.253.0`.
        module: folder with go.mod, go.sum, and the command's sources if they are this project's.
        package: its import path.
        version: what the linker puts into a variable of it, as `import/path.Variable=value`.
    """

    title: str
    module: Path
    package: str
    version: str


def build(command: GoCommand, toolchain: Toolchain, work: Path, output: Path, progress: Progress) -> None:
    """Compile `command` to the file `output`; `work` becomes a copy of its module.

    Raises:
        EngineError: the modules could not be had, or did not compile.
    """
    shutil.copytree(command.module, work, dirs_exist_ok=True)
    downloads = _counting(f"Downloading the Go modules of {command.title}", r"go: downloading", None, progress)
    packages = _run(["list", "-deps", command.package], toolchain, work, downloads)
    compiled = _counting(f"Compiling {command.title}", r"[\w./~-]+$", len(packages), progress)
    flags = ["-v", "-trimpath", "-ldflags", f"-s -w -X {command.version}"]
    _run(["build", *flags, "-o", str(output), command.package], toolchain, work, compiled)


def module_folder(module: str, toolchain: Toolchain, work: Path) -> Path:
    """Where the sources of `module`, one that the module in `work` requires, were downloaded to."""
    return Path(_run(["list", "-m", "-f", "{{.Dir}}", module], toolchain, work, lambda _: None)[0])


def _counting(text: str, pattern: str, total: int | None, progress: Progress) -> Callable[[str], None]:
    """Something that is given lines, and tells `progress` how many of them begin like `pattern`."""
    count = 0

    def watch(line: str) -> None:
        nonlocal count
        if re.match(pattern, line):
            count += 1
            progress(text, count if total is None else min(count, total), total)

    progress(text, None if total is None else 0, total)
    return watch


def _run(arguments: list[str], toolchain: Toolchain, work: Path, watch: Callable[[str], None]) -> list[str]:
    """Run Go, hand its lines on standard error to `watch` as they come, and return those on standard output."""
    go, environment = toolchain
    last_errors: deque[str] = deque(maxlen=4)
    with (work / "output").open("w+") as output:
        process = subprocess.Popen(
            [go, *arguments],
            cwd=work,
            env={**environment, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"},
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            for line in map(str.strip, process.stderr or ()):
                watch(line)
                last_errors.append(line)
        if process.returncode != 0:
            step = f"go {arguments[0]} {arguments[-1]}"
            raise EngineError(f"no network for {step}, or it does not compile: {' '.join(last_errors)}")
        output.seek(0)
        return output.read().splitlines()
