"""Ephemeral environments as pytest fixtures, for projects that install this distribution.

`ephemeral_environment` is one environment for the whole session, `fresh_ephemeral_environment` one for a single test. Both are
destroyed at the end; if resources are left, the session fails. The fixture `ephemeral_environments` decides on the backend,
`ephemeral_environment_spec` on the specification, by default from the options below; a conftest.py may override both.
"""

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # a session without environments loads neither the engine's API nor an HTTP client
    from auth0_apim_environments.ephemeral import Deployed, Destruction, Environments, EnvironmentSpec

_RANDOM_BYTES = 4
_LOCK_SECONDS = 120
"""How long an engine that got Ctrl-C may take to write its state."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the group `auth0-apim`."""
    group = parser.getgroup("auth0-apim", "ephemeral environments of Auth0 and API Management")
    group.addoption(
        "--env-from", type=Path, metavar="FILE", help="settings file that is the template [Pulumi.ephemeral.yaml]"
    )
    group.addoption(
        "--env-set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting that replaces the template's; repeatable",
    )
    group.addoption(
        "--env-ttl",
        default="1h",
        metavar="SPAN",
        help="time to live, after which a reaper may destroy what an aborted session left [1h]",
    )


@pytest.fixture(scope="session")
def ephemeral_environments(pytestconfig: pytest.Config) -> "Environments":
    """The project's environments, on the backend of `PULUMI_BACKEND_URL`, with the environment's credentials."""
    from auth0_apim_sandbox.engine.engine import find_or_install  # noqa: PLC0415

    from auth0_apim_environments.ephemeral import Environments  # noqa: PLC0415
    from auth0_apim_environments.project import find_project  # noqa: PLC0415

    if not os.environ.get("PULUMI_BACKEND_URL"):
        pytest.fail("ephemeral environments need PULUMI_BACKEND_URL, or a fixture ephemeral_environments of your own")
    return Environments(find_project(pytestconfig.rootpath), find_or_install(lambda _: None), {})


@pytest.fixture(scope="session")
def ephemeral_environment_spec(pytestconfig: pytest.Config) -> "EnvironmentSpec":
    """The specification of the environments, from the command line's options."""
    from auth0_apim_environments.ephemeral import EnvironmentSpec  # noqa: PLC0415
    from auth0_apim_environments.ephemeral.environment import parse_duration  # noqa: PLC0415

    options = pytestconfig.option
    return EnvironmentSpec(options.env_from, tuple(options.env_set), parse_duration(options.env_ttl), "pytest")


@pytest.fixture(scope="session")
def ephemeral_environment(
    ephemeral_environments: "Environments", ephemeral_environment_spec: "EnvironmentSpec"
) -> Iterator["Deployed"]:
    """An environment for the whole session, created before the first test that uses it."""
    yield from _created_and_destroyed(ephemeral_environments, ephemeral_environment_spec)


@pytest.fixture
def fresh_ephemeral_environment(
    ephemeral_environments: "Environments", ephemeral_environment_spec: "EnvironmentSpec"
) -> Iterator["Deployed"]:
    """An environment for one test."""
    yield from _created_and_destroyed(ephemeral_environments, ephemeral_environment_spec)


def _created_and_destroyed(environments: "Environments", spec: "EnvironmentSpec") -> Iterator["Deployed"]:
    name = f"test-{secrets.token_hex(_RANDOM_BYTES)}"
    try:
        yield environments.create(name, spec)
    finally:
        # A creation that failed after it had created the stack may have left resources.
        if name in environments.stacks.names():
            left = _destroy(environments, name).left
            if left:
                pytest.fail(f"environment {name} left {', '.join(map(str, left))}")


def _destroy(environments: "Environments", name: str) -> "Destruction":
    """Destroy an environment as soon as it is unlocked: after Ctrl-C the engine that created it may still be running."""
    from auth0_apim_environments.engine.errors import LockedError  # noqa: PLC0415

    for _ in range(_LOCK_SECONDS):
        try:
            return environments.destroy(name)
        except LockedError:  # noqa: PERF203 - each try starts a process
            time.sleep(1)
    return environments.destroy(name)
