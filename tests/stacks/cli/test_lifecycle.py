"""`up` and `down` as a person runs them, with the real engine, in a copy of the project."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from auth0_apim_environments.engine.pulumi_command import PulumiCommand
from auth0_apim_environments.project import find_project
from auth0_apim_sandbox.cloud import Ports, StateFolder, environment, process

OTHER = {"COLUMNS": "160", "PULUMI_CONFIG_PASSPHRASE": "of the person's own stacks"}

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def clone(copy_project, tmp_path_factory, engine):
    """Makes copies of the project, as fresh clones are."""
    folders = []

    def made():
        folders.append(copy_project(tmp_path_factory.mktemp("clone")))
        return folders[-1]

    yield made
    for folder in folders:
        process.stop(StateFolder(folder / ".sandbox"))


@pytest.fixture(scope="module")
def copy(clone):
    return clone()


def run(folder, *arguments):
    command = [str(Path(sys.executable).with_name("auth0-apim")), *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AUTH0_APIM_S"))}
    return subprocess.run(
        command, cwd=folder, env={**environment, **OTHER}, capture_output=True, text=True, check=False
    )


def files(folder):
    """Text of every file of the project, but for what its sandbox and the engine keep in theirs."""
    return {path: path.read_text() for path in (folder / "stacks").iterdir()}


def test_two_clones_run_up_at_once_each_in_its_own_sandbox(copy, clone):
    other = clone()
    before = files(copy), files(other)
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda folder: run(folder, "up"), (copy, other)))
    for folder, up in zip((copy, other), done, strict=True):
        ports = process.running(StateFolder(folder / ".sandbox")).ports
        assert up.returncode == 0, up.stdout + up.stderr
        assert "WRONG" not in up.stdout
        assert f"issuer    https://localhost:{ports.tenant}/" in up.stdout
        assert f"API       https://localhost:{ports.gateways}/calc" in up.stdout
        assert f"http://localhost:{ports.calculator}/api" in state(folder)
        assert ports == Ports.from_base(ports.tenant)
    down = run(other, "down")
    assert down.returncode == 0, down.stdout + down.stderr
    assert files(other) == before[1]
    written = {path.name for path in files(copy).keys() - before[0].keys()}
    assert written == {"Pulumi.local.yaml"}  # git ignores it
    assert {path: text for path, text in files(copy).items() if path in before[0]} == before[0]


def state(folder):
    return (StateFolder(folder / ".sandbox").backend / ".pulumi" / "stacks" / "auth0-apim" / "local.json").read_text()


def test_a_second_up_changes_nothing_and_the_printed_request_works(copy):
    second = run(copy, "up")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "unchanged" in second.stdout
    assert not {"created", "updated", "replaced", "deleted"} & set(second.stdout.split())
    secret = StateFolder(copy / ".sandbox").credentials["AUTH0_CLIENT_SECRET"]
    assert secret not in second.stdout + second.stderr

    [paste] = [block for block in second.stdout.split("\n\n") if block.lstrip().startswith("(eval")]
    answer = subprocess.run(["/bin/sh", "-c", paste], cwd=copy, capture_output=True, text=True, check=True)
    assert answer.stdout == '{"result":42}'
    plain = paste.splitlines()[0].strip().removeprefix("(") + "; pulumi preview --stack local --expect-no-changes"
    subprocess.run(["/bin/sh", "-c", plain], cwd=copy, capture_output=True, text=True, check=True)


def test_an_environment_moves_when_its_ports_are_taken(copy):
    folder = StateFolder(copy / ".sandbox")
    before = process.running(folder).ports
    assert run(copy, "sandbox", "stop").returncode == 0
    with socket.create_server(("127.0.0.1", before.vault)):
        moved = run(copy, "up")
    after = process.running(folder).ports
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert "WRONG" not in moved.stdout
    assert moved.stderr.startswith(f"port {before.vault}, for the vault, is taken")
    assert f": this sandbox listens from port {after.tenant} on\n" in moved.stderr
    assert f"API       https://localhost:{after.gateways}/calc" in moved.stdout
    assert f"issuer    https://localhost:{after.tenant}/" in moved.stdout
    assert f"http://localhost:{after.calculator}/api" in state(copy)
    assert not {"created", "updated", "replaced", "deleted"} & set(run(copy, "up").stdout.split())


def test_down_leaves_no_process_and_no_file(copy):
    down = run(copy, "down")
    assert down.returncode == 0, down.stdout + down.stderr
    assert process.running(StateFolder(copy / ".sandbox")) is None
    assert not (copy / "stacks" / "Pulumi.local.yaml").exists()


def test_a_backend_that_does_not_run_is_an_error_before_the_deployment(copy):
    settings = copy / "stacks" / "local.settings.yaml"
    before = settings.read_text()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    settings.write_text(
        before.replace("    path: calc\n", f"    path: calc\n    serviceUrl: http://localhost:{free}/api\n")
    )
    refused = run(copy, "up", "--base-port", "0")
    settings.write_text(before)
    assert refused.returncode == 1
    assert f"nothing listens at http://localhost:{free}/api" in refused.stderr
    assert not list((copy / ".sandbox").glob("backend/.pulumi/stacks/auth0-apim/*.json"))
    assert run(copy, "sandbox", "stop").returncode == 0


def test_a_stack_with_another_passphrase_is_an_error_with_the_next_step(copy, engine):
    assert run(copy, "sandbox", "start").returncode == 0
    folder = StateFolder(copy / ".sandbox")
    pulumi = PulumiCommand(find_project(copy), folder, environment(folder, engine))
    pulumi.ensure_stack("local")
    kept = folder.passphrase.read_text()
    folder.passphrase.write_text("another")
    refused = run(copy, "up")
    folder.passphrase.write_text(kept)
    assert refused.returncode == 1
    assert "incorrect passphrase" in refused.stderr
    assert f"was encrypted with another passphrase than the one in {folder.passphrase}: " in refused.stderr
    assert run(copy, "down").returncode == 0


def test_the_life_of_a_tracked_stack_changes_no_file(copy):
    tracked = copy / "stacks" / "Pulumi.mine.yaml"
    tracked.write_text((copy / "stacks" / "local.settings.yaml").read_text())
    before = files(copy)
    for command in (("up",), ("up",), ("up", "--all-of", "mine")):
        done = run(copy, *command, *(() if "--all-of" in command else ("--stack", "mine")))
        assert done.returncode == 0, done.stdout + done.stderr
        assert files(copy) == before
    down = run(copy, "down", "--stack", "mine")
    assert down.returncode == 0, down.stdout + down.stderr
    assert files(copy) == before
    tracked.unlink()


def test_settings_encrypted_for_another_backend_are_refused_and_not_changed(copy):
    settings = copy / "stacks" / "Pulumi.dev.yaml"
    before = settings.read_text()
    settings.write_text(f"{before}  auth0-apim:userPassword:\n    secure: v1:x:y\nencryptionsalt: v1:a:b\n")
    sealed = settings.read_text()
    refused = run(copy, "up", "--stack", "dev")
    assert refused.returncode == 1
    assert "has secrets that were encrypted for another backend than the sandbox's" in refused.stderr
    assert settings.read_text() == sealed
    settings.write_text(before)
    assert run(copy, "sandbox", "stop").returncode == 0
