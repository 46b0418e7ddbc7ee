"""Make `.venv` hold exactly what a lock file says: `python3 bootstrap.py sandbox|dev`.

Needs nothing but Python: finds uv, or installs it into `.tools`. Does nothing, in a tenth of a second, when the lock
file is the one that was installed last. Runs on Python 3.8 too, to say there that it is too old.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 10)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
TOOLS = ROOT / ".tools"
DISTRIBUTIONS = (ROOT / "components", ROOT)
STAMP = VENV / ".installed-lock"
# The set on the left is there when any set on the right of it was installed.
CONTAINED_IN = {"sandbox": ("sandbox", "dev"), "dev": ("dev",)}
# What `make up` starts: the command line, the sandbox, the engine's Python host and the program with both SDKs.
STARTED = (
    "auth0_apim",
    "auth0_apim_environments.cli.main",
    "auth0_apim_environments.settings.settings",
    "auth0_apim_sandbox.cloud.cloud",
    "auth0_apim_sandbox.engine.language_host",
    "auth0_apim_sandbox.providers",
)


class BootstrapError(Exception):
    """Something this script cannot go on without; the message says what to do."""


def check_python() -> None:
    """Refuse a Python that the packages do not run on."""
    found = sys.version_info[:2]
    if found < OLDEST:
        raise BootstrapError(
            f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed, and {sys.executable} is Python {found[0]}.{found[1]}: "
            "run make again with PYTHON=/path/to/python3.12."
        )


def lock_file(name: str) -> Path:
    """Path of the lock file called `name`."""
    return ROOT / "requirements" / f"{name}.txt"


def fingerprint(name: str) -> str:
    """What an installation of `name` depends on, as one word."""
    digest = hashlib.sha256(repr((name, str(ROOT), sys.version_info[:2])).encode())
    for path in (lock_file(name), *(folder / "pyproject.toml" for folder in DISTRIBUTIONS)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_installed(name: str) -> bool:
    """Whether the last installation had everything that `name` needs, in today's versions."""
    if not VENV_PYTHON.exists() or not STAMP.exists():
        return False
    installed = STAMP.read_text()
    return any(installed == fingerprint(larger) for larger in CONTAINED_IN[name])


def find_uv() -> str:
    """Path of uv: the one on PATH, else our own, installed now if need be."""
    ours = [str(TOOLS / "bin" / "uv"), str(TOOLS / "lib" / "bin" / "uv")]
    for candidate in (shutil.which("uv"), *ours):
        if candidate and works(candidate):
            return candidate
    say("Installing uv into .tools")
    shutil.rmtree(TOOLS, ignore_errors=True)
    if not (install_uv_in_venv() or install_uv_by_pip()):
        raise BootstrapError(
            "uv could not be installed (the reason is above). Check the network, or install Python's venv module "
            "(Debian, Ubuntu: apt install python3-venv) or uv itself (https://docs.astral.sh/uv/), and run make again."
        )
    return next(path for path in ours if Path(path).exists())


def works(uv: str) -> bool:
    """Whether this uv starts."""
    try:
        return subprocess.call([uv, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def install_uv_in_venv() -> bool:
    """Install uv by the pip of a virtual environment; False where there is no ensurepip or no network."""
    created = subprocess.call([sys.executable, "-m", "venv", str(TOOLS)], stdout=sys.stderr) == 0
    return created and pip_install(str(TOOLS / "bin" / "python"))


def install_uv_by_pip() -> bool:
    """Install uv by the pip of this Python, where there is one, without touching this Python."""
    return pip_install(sys.executable, "--target", str(TOOLS / "lib"))


def pip_install(python: str, *options: str) -> bool:
    """Run the pip of `python` for the pinned uv; False when it fails."""
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    return subprocess.call([*pip, *options, "--require-hashes", "-r", str(lock_file("uv"))]) == 0


def install(name: str) -> None:
    """Fill `.venv` from the lock file called `name`, then add both distributions of this project, editable."""
    uv = find_uv()
    say(f"Installing requirements/{name}.txt into .venv")
    if STAMP.exists():
        STAMP.unlink()
    if not VENV_PYTHON.exists():
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV))
    into = (uv, "pip", "install", "--quiet", "--python", str(VENV_PYTHON))
    run(*into, "--require-hashes", "-r", str(lock_file(name)))
    # The build backend is one of the locked packages, so nothing unlocked is fetched to build with.
    run(
        *into,
        "--no-deps",
        "--no-build-isolation",
        *(word for folder in DISTRIBUTIONS for word in ("--editable", str(folder))),
    )
    write_bytecode()
    STAMP.write_text(fingerprint(name))


def write_bytecode() -> None:
    """Import once what `make up` starts, so that Python keeps it compiled; of 20,000 modules these are the ones it needs.

    `-I` has Python ignore PYTHONDONTWRITEBYTECODE, which images set for the sake of their layers: with it every
    `pulumi up` would compile both SDKs anew, twice.
    """
    run(str(VENV_PYTHON), "-I", "-c", "import " + ", ".join(STARTED))


def run(*command: str) -> None:
    """Run a step whose own output says what went wrong."""
    if subprocess.call(command, cwd=str(ROOT)) != 0:
        raise BootstrapError(
            f"The dependencies could not be installed: `{' '.join(command[:3])}` failed (the reason is above). "
            "If it is the network, check it and run make again."
        )


def say(text: str) -> None:
    """Tell the person what takes time now."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> int:
    """Install the named set if it is not; 0 when it is there."""
    try:
        check_python()
        if len(arguments) != 1 or arguments[0] not in CONTAINED_IN:
            raise BootstrapError(f"usage: bootstrap.py {'|'.join(sorted(CONTAINED_IN))}")
        if not is_installed(arguments[0]):
            install(arguments[0])
    except BootstrapError as error:
        say(f"bootstrap: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
