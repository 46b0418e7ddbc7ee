"""`up` and `down` as a person runs them, with the real engine, in a copy of the project."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from auth0_apim_environments.project import find_project
from auth0_apim_environments.pulumi_command import PulumiCommand
from local_cloud import StateFolder, environment, process

REPOSITORY = Path(__file__).resolve().parents[2]
BASE_PORT = "24500"
OTHER = {"COLUMNS": "160", "PULUMI_CONFIG_PASSPHRASE": "of the person's own stacks"}

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def copy(tmp_path_factory, engine):
    """The project's files with the port of the backend changed, for a sandbox of its own."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(REPOSITORY / name, folder / name)
    for name in ("stacks", "examples"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / ".venv").symlink_to(REPOSITORY / ".venv")
    settings = folder / "stacks" / "Pulumi.local.yaml"
    settings.write_text(settings.read_text().replace(":14302", ":24502"))
    yield folder
    process.stop(StateFolder(folder / ".sandbox"))


def run(folder, *arguments):
    command = [str(Path(sys.executable).with_name("auth0-apim")), *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AUTH0_APIM_S"))}
    return subprocess.run(
        command, cwd=folder, env={**environment, **OTHER}, capture_output=True, text=True, check=False
    )


def test_an_environment_goes_up_is_proven_stays_as_it_is_and_goes_down(copy):
    settings = copy / "stacks" / "Pulumi.local.yaml"
    before = settings.read_text()

    first = run(copy, "up", "--base-port", BASE_PORT)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "WRONG" not in first.stdout
    assert "issuer    https://localhost:24500/" in first.stdout
    secret = StateFolder(copy / ".sandbox").credentials["AUTH0_CLIENT_SECRET"]
    assert secret not in first.stdout + first.stderr

    [paste] = [block for block in first.stdout.split("\n\n") if block.lstrip().startswith("(eval")]
    answer = subprocess.run(["/bin/sh", "-c", paste], cwd=copy, capture_output=True, text=True, check=True)
    assert answer.stdout == '{"result":42}'

    second = run(copy, "up")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "unchanged" in second.stdout
    assert not {"created", "updated", "replaced", "deleted"} & set(second.stdout.split())

    down = run(copy, "down")
    assert down.returncode == 0, down.stdout + down.stderr
    assert process.running(StateFolder(copy / ".sandbox")) is None
    assert settings.read_text() == before


def test_a_backend_on_another_port_map_is_told_before_anything_is_deployed(copy):
    settings = copy / "stacks" / "Pulumi.local.yaml"
    before = settings.read_text()
    settings.write_text(before.replace(":24502", ":24598"))
    refused = run(copy, "up", "--base-port", BASE_PORT)
    settings.write_text(before)
    assert refused.returncode == 1
    assert "write `serviceUrl: http://localhost:24502/api` there, below auth0-apim:publication" in refused.stderr
    assert not list((copy / ".sandbox").glob("backend/.pulumi/stacks/auth0-apim/*.json"))
    assert run(copy, "sandbox", "stop").returncode == 0


def test_a_stack_of_another_passphrase_is_told_with_the_next_step(copy, engine):
    assert run(copy, "sandbox", "start").returncode == 0
    folder = StateFolder(copy / ".sandbox")
    settings = copy / "stacks" / "Pulumi.local.yaml"
    before = settings.read_text()
    pulumi = PulumiCommand(find_project(copy), folder, environment(folder, engine))
    pulumi.ensure_stack("local")
    kept = folder.passphrase.read_text()
    folder.passphrase.write_text("another")
    refused = run(copy, "up")
    folder.passphrase.write_text(kept)
    assert refused.returncode == 1
    assert "incorrect passphrase" in refused.stderr
    assert f"was encrypted with another passphrase than {folder.passphrase} holds" in refused.stderr
    assert run(copy, "down").returncode == 0
    assert settings.read_text() == before


def test_settings_sealed_for_another_backend_are_refused_and_kept(copy):
    settings = copy / "stacks" / "Pulumi.dev.yaml"
    before = settings.read_text()
    settings.write_text(f"{before}  auth0-apim:userPassword:\n    secure: v1:x:y\nencryptionsalt: v1:a:b\n")
    sealed = settings.read_text()
    refused = run(copy, "up", "--stack", "dev")
    assert refused.returncode == 1
    assert "holds secrets of another backend than the sandbox's" in refused.stderr
    assert settings.read_text() == sealed
    settings.write_text(before)
    assert run(copy, "sandbox", "stop").returncode == 0
