"""Programs of other people, deployed by the real engine into the sandbox of the test's module."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def uv() -> str:
    """uv, as `make` finds or installs it."""
    spec = importlib.util.spec_from_file_location("bootstrap", REPOSITORY / "bootstrap.py")
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    return bootstrap.find_uv()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library's distribution, built by its locked backend."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=REPOSITORY / "components", check=True, capture_output=True)
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
            REPOSITORY / "components",
            folder,
            ignore=shutil.ignore_patterns("venv", "__pycache__", "*.txt", "pyproject.toml"),
        )
        (folder / "venv").symlink_to(REPOSITORY / ".venv")

    return put


@pytest.fixture(scope="module")
def example(
    project_of: Callable[..., Any], plugin_folder: Callable[[Path], None], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Any]:
    """Copy an example, with the neighbours that it names by relative paths."""

    def copy(name: str) -> Any:
        repository = tmp_path_factory.mktemp("repository")
        plugin_folder(repository / "components")
        examples = repository / "examples"
        shutil.copytree(REPOSITORY / "examples" / "basic-calculator", examples / "basic-calculator")
        return project_of(REPOSITORY / "examples" / name, examples)

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
