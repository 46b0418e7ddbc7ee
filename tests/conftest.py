"""What every test may use: the engine and a running sandbox, each made once a session."""

import base64
import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from auth0_apim_sandbox.cloud import Sandbox, unset_lines
from auth0_apim_sandbox.engine.engine import Engine, Step, cache_folder, find_or_install
from hypothesis import settings

# Images set PYTHONDONTWRITEBYTECODE for the sake of their layers. Here it would have every process of a run, and every
# program that a test starts, compile anew what it imports: half the time of collecting, and a second for each command.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# A run starts the engine thousands of times, mostly for a fifth of a second, of which Go spends a sixth collecting
# garbage that the end of the process would take away.
os.environ.setdefault("GOGC", "400")

# Every run draws examples of its own, here as in CI, where hypothesis would take the same ones each time; how fast the
# machine is decides nothing.
settings.register_profile("suite", database=None, deadline=None, derandomize=False, print_blob=True)
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as live what asks for the engine, so that `-m "not live"` never builds one, and begin with it.

    Those tests are the longest: of two processes that share a run, none is left with them when the other has ended.
    """
    for item in items:
        if {"engine", "engine_for"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("live")
    items.sort(key=lambda item: item.get_closest_marker("live") is None)


# Tests touch no environment that the shell leads to, such as the one that is up; the machine's own authorities stay.
_KEPT = () if "AUTH0_APIM_SERVICE_URL" in os.environ else ("SSL_CERT_FILE",)
for _name in {line.removeprefix("unset ") for line in unset_lines().splitlines()}.difference(_KEPT):
    os.environ.pop(_name, None)


@pytest.fixture(scope="session")
def copy_project() -> Callable[[Path], Path]:
    """Copies the project into a folder as a fresh clone has it, installed; answers the folder."""
    repository = Path(__file__).resolve().parents[1]

    def copied(folder: Path) -> Path:
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(repository / name, folder / name)
        (folder / "stacks").mkdir()
        for name in ("local.settings.yaml", "Pulumi.dev.yaml", "Pulumi.ephemeral.yaml"):
            shutil.copy(repository / "stacks" / name, folder / "stacks" / name)
        shutil.copytree(
            repository / "examples", folder / "examples", ignore=shutil.ignore_patterns("*.py", "__pycache__")
        )
        (folder / ".venv").symlink_to(repository / ".venv")
        return folder

    return copied


@pytest.fixture(scope="session")
def engine_for() -> Callable[..., Engine]:
    """The real Pulumi CLI, for Python and the languages that are named; installed first where there is none."""

    def show(step: Step) -> None:
        sys.stderr.write(f"{step.text}\n")

    return lambda *languages: find_or_install(show, languages)


@pytest.fixture(scope="session")
def engine(engine_for: Callable[..., Engine]) -> Engine:
    """The real Pulumi CLI."""
    return engine_for()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox on free ports that keeps nothing; shared, so a test takes away what it makes."""
    with Sandbox(in_memory=True) as running:
        yield running


@pytest.fixture(scope="session")
def engine_environment(sandbox: Sandbox, engine: Engine) -> dict[str, str]:
    """Environment variables for the engine and its program, for `LocalWorkspaceOptions(env_vars=...)`."""
    return sandbox.environment(engine)


@dataclass(frozen=True)
class Azurite:
    """Microsoft's own emulator of Azure Blob Storage, and the one account it has."""

    port: int
    account: str = "contosostate"
    key: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(64)).decode(), repr=False)


@pytest.fixture(scope="session")
def npm_folder() -> Callable[[Path], Path]:
    """Installs the locked packages of a folder into the user's cache, where there are none for that lock yet; the place."""
    return _installed_by_npm


def _installed_by_npm(source: Path) -> Path:
    digest = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = cache_folder() / f"npm-{source.name}-{digest}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="npm-", dir=folder.parent))
        try:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(source / name, work)
            subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=work, check=True, timeout=300)
            work.rename(folder)
        except OSError:
            if not folder.exists():  # another process was not faster
                raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return folder


@pytest.fixture(scope="session")
def azurite(npm_folder: Callable[[Path], Path]) -> Iterator[Azurite]:
    """The emulator from its registry, in the locked version; it keeps nothing."""
    folder = npm_folder(Path(__file__).with_name("azurite"))
    account = Azurite(port=0)
    options = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck"]
    command = ["node", "node_modules/azurite/dist/src/blob/main.js", *options, "--silent", "--disableTelemetry"]
    accounts = {"AZURITE_ACCOUNTS": f"{account.account}:{account.key}"}
    with subprocess.Popen(command, cwd=folder, env=os.environ | accounts, stdout=subprocess.PIPE, text=True) as process:
        said = iter(process.stdout.readline, "")
        listening = next(found for line in said if (found := re.search(r"listens on http://127\.0\.0\.1:(\d+)", line)))
        yield replace(account, port=int(listening[1]))
        process.terminate()
        process.communicate()
