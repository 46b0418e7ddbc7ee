"""Programs of other people, deployed by the real engine into the sandbox of the test's module."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_cloud import Sandbox
from local_pulumi.engine import Engine

REPOSITORY = Path(__file__).resolve().parents[3]


class Program:
    """A program in a folder of its own, its stack `local`, and the pulumi command there."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}

    def pulumi(self, *arguments: str, status: int = 0) -> str:
        """Run the real command; its output, both streams."""
        result = subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert result.returncode == status, result.stdout
        return result.stdout

    def configure(self, values: dict[str, Any], secrets: dict[str, Any] | None = None) -> None:
        """Set the stack's configuration."""
        given = [word for name, value in values.items() for word in ("--plaintext", f"{name}={value}")]
        hidden = [word for name, value in (secrets or {}).items() for word in ("--secret", f"{name}={value}")]
        self.pulumi("config", "set-all", "--stack", "local", *given, *hidden)

    def up(self, *arguments: str, status: int = 0) -> str:
        return self.pulumi("up", "--stack", "local", "--yes", "--skip-preview", *arguments, status=status)

    def changes(self) -> dict[str, str]:
        """What a preview would do, other than read and leave alone: operation by the resource's name."""
        result = subprocess.run(
            ["pulumi", "preview", "--stack", "local", "--json", "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        steps = json.loads(result.stdout)["steps"]
        return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] not in ("same", "read")}

    def destroy(self) -> str:
        return self.pulumi("destroy", "--stack", "local", "--yes", "--skip-preview")

    def outputs(self) -> dict[str, Any]:
        return json.loads(self.pulumi("stack", "output", "--stack", "local", "--json", "--show-secrets"))


@pytest.fixture(scope="module")
def program(sandbox: Sandbox, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Program]:
    """Copy a program's folder, with this project's Python, and make its stack."""

    def copy(source: Path, into: Path | None = None) -> Program:
        folder = (into or tmp_path_factory.mktemp("program")) / source.name
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".venv", "__pycache__", "node_modules", "sdks"))
        (folder / ".venv").symlink_to(REPOSITORY / ".venv")
        copied = Program(folder, sandbox.environment(engine))
        copied.pulumi("stack", "init", "local")
        return copied

    return copy


@pytest.fixture(scope="session")
def uv() -> str:
    """uv, as `make` finds or installs it."""
    spec = importlib.util.spec_from_file_location("bootstrap", REPOSITORY / "bootstrap.py")
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    return bootstrap.find_uv()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution, built by its locked backend."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def environment_with(uv: str, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make an empty virtual environment and install the wheel with an extra ("" for none), in locked versions."""

    def make(extra: str) -> Path:
        folder = tmp_path_factory.mktemp("environment") / "venv"
        lock = REPOSITORY / "requirements" / f"{extra or 'sandbox'}.txt"
        wanted = f"{wheel}[{extra}]" if extra else str(wheel)
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
        into = [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
        subprocess.run([*into, "--constraint", str(lock), wanted], check=True)
        return folder

    return make


@pytest.fixture(scope="module")
def plugin_folder() -> Callable[[Path], None]:
    """Put the components' plugin into a folder, to be run by this project's Python instead of one of its own."""

    def put(folder: Path) -> None:
        shutil.copytree(
            REPOSITORY / "components", folder, ignore=shutil.ignore_patterns("venv", "__pycache__", "*.txt")
        )
        (folder / "venv").symlink_to(REPOSITORY / ".venv")

    return put


@pytest.fixture(scope="module")
def example(
    program: Callable[..., Program], plugin_folder: Callable[[Path], None], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Program]:
    """Copy an example, with the neighbours that it names by relative paths."""

    def copy(name: str) -> Program:
        repository = tmp_path_factory.mktemp("repository")
        plugin_folder(repository / "components")
        examples = repository / "examples"
        shutil.copytree(REPOSITORY / "examples" / "basic-calculator", examples / "basic-calculator")
        return program(REPOSITORY / "examples" / name, examples)

    return copy


@pytest.fixture(scope="module")
def access_token(http: httpx.Client) -> Callable[..., str]:
    """Ask the tenant for a token by client credentials, shown in the Authorization header."""

    def ask(outputs: dict[str, Any]) -> str:
        answer = http.post(
            outputs["tokenEndpoint"],
            data={"grant_type": "client_credentials", "audience": outputs["audience"]},
            auth=(outputs["clientId"], outputs["clientSecret"]),
        )
        return answer.raise_for_status().json()["access_token"]

    return ask
