"""Ephemeral environments as pytest fixtures, for projects that install this distribution.

`ephemeral_environment` is one for the whole session, `fresh_ephemeral_environment` one for a single test. Both are
destroyed at their end, and a test session whose environment leaves anything behind fails. Where they live is decided by
`ephemeral_environments`, which a conftest.py may override; how they are, by the options below or by
`ephemeral_environment_order`.
"""

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # a session without environments loads neither the engine's API nor an HTTP client
    from auth0_apim_environments.ephemeral import Deployed, Destruction, Environments, Order

_RANDOM_BYTES = 4
_PATIENCE = 120
"""Seconds that an engine has after Ctrl-C to write its state down."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the group `auth0-apim`."""
    group = parser.getgroup("auth0-apim", "ephemeral environments of Auth0 and API Management")
    group.addoption("--env-from", type=Path, metavar="FILE", help="settings file [Pulumi.ephemeral.yaml]")
    group.addoption("--env-set", action="append", default=[], metavar="KEY=VALUE", help="a setting over it; repeatable")
    group.addoption(
        "--env-ttl", default="1h", metavar="SPAN", help="when a reaper may take what this session left [1h]"
    )


@pytest.fixture(scope="session")
def ephemeral_environments(pytestconfig: pytest.Config) -> "Environments":
    """The project's environments, on the backend of `PULUMI_BACKEND_URL` with the providers' credentials around it."""
    from auth0_apim_sandbox.engine.engine import find_or_install  # noqa: PLC0415

    from auth0_apim_environments.ephemeral import Environments  # noqa: PLC0415
    from auth0_apim_environments.project import find_project  # noqa: PLC0415

    if not os.environ.get("PULUMI_BACKEND_URL"):
        pytest.fail("ephemeral environments need PULUMI_BACKEND_URL, or a fixture ephemeral_environments of your own")
    return Environments(find_project(pytestconfig.rootpath), find_or_install(lambda _: None), {})


@pytest.fixture(scope="session")
def ephemeral_environment_order(pytestconfig: pytest.Config) -> "Order":
    """How environments are made, from the command line's options."""
    from auth0_apim_environments.ephemeral import Order  # noqa: PLC0415
    from auth0_apim_environments.ephemeral.durations import parse_duration  # noqa: PLC0415

    options = pytestconfig.option
    return Order(options.env_from, tuple(options.env_set), parse_duration(options.env_ttl), "pytest")


@pytest.fixture(scope="session")
def ephemeral_environment(
    ephemeral_environments: "Environments", ephemeral_environment_order: "Order"
) -> Iterator["Deployed"]:
    """An environment of its own for the whole session, created before the first test that asks for it."""
    yield from _lives(ephemeral_environments, ephemeral_environment_order)


@pytest.fixture
def fresh_ephemeral_environment(
    ephemeral_environments: "Environments", ephemeral_environment_order: "Order"
) -> Iterator["Deployed"]:
    """An environment of its own for one test."""
    yield from _lives(ephemeral_environments, ephemeral_environment_order)


def _lives(environments: "Environments", order: "Order") -> Iterator["Deployed"]:
    name = f"test-{secrets.token_hex(_RANDOM_BYTES)}"
    try:
        yield environments.create(name, order)
    finally:
        # A creation that failed half way has left something too; one that never began has not.
        if name in environments.stacks.names():
            left = _destroyed(environments, name).left
            if left:
                pytest.fail(f"environment {name} left {', '.join(map(str, left))}")


def _destroyed(environments: "Environments", name: str) -> "Destruction":
    """Destroyed as soon as nobody works on it: after Ctrl-C the engine that created it may still be ending."""
    from auth0_apim_environments.engine.errors import LockedError  # noqa: PLC0415

    for _ in range(_PATIENCE):
        try:
            return environments.destroy(name)
        except LockedError:  # noqa: PERF203 - each try is a process
            time.sleep(1)
    return environments.destroy(name)
