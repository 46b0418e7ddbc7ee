"""Which Python runs a program: the `runtime.options` of Pulumi.yaml, read as the official language host reads them.

Source: https://www.pulumi.com/docs/iac/languages-sdks/python/ (virtualenv, toolchain, typechecker).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TOOLCHAINS = ("pip", "poetry", "uv")


class ToolchainError(Exception):
    """The options name a Python that cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Toolchain:
    """How one program's Python is found and filled.

    Attributes:
        name: `pip`, `poetry` or `uv`.
        directory: the program's folder.
        virtualenv: its virtual environment, whether it exists or not; None for the Python on PATH.
    """

    name: str
    directory: Path
    virtualenv: Path | None

    def interpreter(self) -> str:
        """Path of the interpreter.

        Raises:
            ToolchainError: the virtual environment is not there, or there is no Python on PATH.
        """
        if self.virtualenv is None:
            return _python_on_path()
        python = self.virtualenv / "bin" / "python"
        if not python.exists():
            problem = "is not a virtual environment" if self.virtualenv.exists() else "does not exist"
            raise ToolchainError(
                f"the virtual environment {self.virtualenv} {problem}: run `pulumi install` in {self.directory}, "
                "or correct `virtualenv` under runtime options in Pulumi.yaml"
            )
        return str(python)

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` with the virtual environment activated."""
        if self.virtualenv is None:
            return dict(base)
        activated = {key: value for key, value in base.items() if key != "PYTHONHOME"}
        path = [str(self.virtualenv / "bin")] + ([base["PATH"]] if base.get("PATH") else [])
        return {**activated, "PATH": os.pathsep.join(path), "VIRTUAL_ENV": str(self.virtualenv)}

    def install_commands(self) -> list[list[str]]:
        """The commands that create the virtual environment if need be and install the program's dependencies."""
        if self.name == "uv":
            return [[_tool("uv"), "sync"]]
        if self.name == "poetry":
            return [[_tool("poetry"), "install", "--no-ansi"]]
        commands = []
        if self.virtualenv is not None and not (self.virtualenv / "bin" / "python").exists():
            commands.append([_python_on_path(), "-m", "venv", str(self.virtualenv)])
        python = _python_on_path() if self.virtualenv is None else str(self.virtualenv / "bin" / "python")
        if (self.directory / "requirements.txt").exists():
            commands.append([python, "-m", "pip", "install", "-r", "requirements.txt"])
        elif (self.directory / "pyproject.toml").exists():
            commands.append([python, "-m", "pip", "install", "-e", "."])
        return commands


def resolve_toolchain(root: Path, program: Path, options: Mapping[str, object]) -> Toolchain:
    """The toolchain that `options` of a project in `root`, with its program in `program`, ask for.

    Raises:
        ToolchainError: an option is unknown to this host, or its tool is not installed.
    """
    if options.get("typechecker"):
        raise ToolchainError(
            "runtime option `typechecker` needs the official Python language host: "
            "put the official pulumi on PATH, or run the type checker by itself"
        )
    name = str(options.get("toolchain") or "") or _detect(program)
    if name not in TOOLCHAINS:
        raise ToolchainError(f"runtime option `toolchain` is {name!r}; it can be {', '.join(TOOLCHAINS)}")
    return Toolchain(name, program, _virtualenv(name, root, program, str(options.get("virtualenv") or "")))


def _detect(program: Path) -> str:
    if _nearest(program, "uv.lock"):
        return "uv"
    return "poetry" if _nearest(program, "poetry.lock") else "pip"


def _virtualenv(name: str, root: Path, program: Path, option: str) -> Path | None:
    if name == "poetry":
        return _poetry_environment(program)
    if option:
        return root / Path(option).expanduser()
    if name == "uv":
        return (_nearest(program, "uv.lock") or _nearest(program, "pyproject.toml") or program) / ".venv"
    return None


def _poetry_environment(program: Path) -> Path:
    answer = subprocess.run(
        [_tool("poetry"), "env", "info", "--path"], cwd=program, capture_output=True, text=True, check=False
    )
    if answer.returncode != 0 or not answer.stdout.strip():
        raise ToolchainError(f"poetry has no virtual environment for {program}: run `pulumi install` there")
    return Path(answer.stdout.strip())


def _nearest(folder: Path, name: str) -> Path | None:
    return next((place for place in (folder, *folder.parents) if (place / name).exists()), None)


def _python_on_path() -> str:
    names = [os.environ["PULUMI_PYTHON_CMD"]] if os.environ.get("PULUMI_PYTHON_CMD") else ["python3", "python"]
    for name in names:
        if found := shutil.which(name):
            return found
    raise ToolchainError(f"none of {', '.join(names)} is on PATH")


def _tool(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    if found := shutil.which(name) or (str(beside) if beside.exists() else None):
        return found
    raise ToolchainError(f"runtime option `toolchain` asks for {name}, which is not on PATH: install it")
