"""What every test may use: the engine and a running sandbox, each made once a session."""

import sys
from collections.abc import Iterator

import pytest
from local_cloud import Sandbox
from local_pulumi.engine import Engine, Step, find_or_install


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The real Pulumi CLI; installed first where there is none."""

    def show(step: Step) -> None:
        sys.stderr.write(f"{step.text}\n")

    return find_or_install(show)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox on free ports that keeps nothing; shared, so a test takes away what it makes."""
    with Sandbox(in_memory=True) as running:
        yield running


@pytest.fixture(scope="session")
def engine_environment(sandbox: Sandbox, engine: Engine) -> dict[str, str]:
    """Environment variables for the engine and its program, for `LocalWorkspaceOptions(env_vars=...)`."""
    return sandbox.environment(engine)
