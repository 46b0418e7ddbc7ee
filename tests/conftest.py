"""What every test may use: the engine and a running sandbox, each made once a session."""

import sys
from collections.abc import Callable, Iterator

import pytest
from local_cloud import Sandbox
from local_pulumi.engine import Engine, Step, find_or_install


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
