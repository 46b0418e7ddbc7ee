"""The policy pack, run by the real engine beside programs that break its rules and one that keeps them."""

import json
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]


@pytest.fixture(scope="module")
def pack(environment_with, tmp_path_factory):
    """The pack as its user has it: a folder with a virtual environment of its own."""
    folder = tmp_path_factory.mktemp("pack") / "policy_pack"
    shutil.copytree(REPOSITORY / "components" / "policy_pack", folder, ignore=shutil.ignore_patterns("venv"))
    (folder / "venv").symlink_to(environment_with("policy"))
    return folder


@pytest.fixture(scope="module")
def violating(project_of):
    return project_of(HERE / "policy_violations")


def preview(stack, pack, configuration=None, status=0):
    options = ["--policy-pack", str(pack)]
    if configuration is not None:
        (stack.folder / "policies.json").write_text(json.dumps(configuration))
        options += ["--policy-pack-config", str(stack.folder / "policies.json")]
    return stack.pulumi("preview", "--stack", "local", *options, status=status)


def test_every_hole_is_told_and_stops_the_preview(violating, pack):
    told = preview(violating, pack, status=1)
    for policy in (
        "no-implicit-grant",
        "asymmetric-signature",
        "granted-access",
        "exact-addresses",
        "token-lifetime",
        "sign-up-off",
        "no-open-operation",
        "no-public-operation",
        "backend-behind-the-check",
        "no-wider-backend",
        "no-early-answer",
    ):
        assert f"{policy}  " in told, told


def test_policies_are_configured_by_their_users(violating, pack):
    configuration = {
        "no-implicit-grant": {"reasons": {"app": "an old browser app, gone by summer"}},
        "asymmetric-signature": {"reasons": {"api": "its gateway cannot fetch keys"}},
        "granted-access": {"reasons": {"api": "every application is its own"}},
        "token-lifetime": {"maximumSeconds": 600000},
        "exact-addresses": "advisory",
        "sign-up-off": "disabled",
        "no-open-operation": {"reasons": {"open-api": "public data"}},
        "no-public-operation": {"reasons": {"public-and-early": "a health check"}},
        "backend-behind-the-check": {"reasons": {"own-backend": "it is being adopted"}},
        "no-wider-backend": {"reasons": {"wide": "one backend for all"}},
        "no-early-answer": {"reasons": {"public-and-early": "a status page"}},
    }
    told = preview(violating, pack, configuration)
    assert "[advisory]  exact-addresses" in told
    assert "[mandatory]" not in told


def test_the_projects_own_program_keeps_every_rule(deployed, pack):
    told = deployed.pulumi("preview", "--stack", "local", "--policy-pack", str(pack))
    assert "auth0-apim@v0.1.0" in told
    assert "[mandatory]" not in told
    assert "[advisory]" not in told
