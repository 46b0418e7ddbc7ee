"""Locks and a full disk, with a stand-in for the CLI that fails as the real one (3.253) does."""

import os
import socket
import subprocess
import sys

import pytest
from auth0_apim_environments.engine.pulumi_command import PulumiCommand
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project
from auth0_apim_sandbox.cloud import StateFolder

STAND_IN = """#!/bin/sh
echo "${*}" | sed 's/ --config-file .*//' >> {folder}/calls
if [ "$1" = cancel ]; then touch {folder}/cancelled; exit 0; fi
[ -e {folder}/cancelled ] && exit 0
echo "error: the stack is currently locked by 1 lock(s)." >&2
echo "  file:///a.json: created by jane@{host} (pid {pid}) at 2026-03-01T12:00:00Z" >&2
exit 1
"""


# Fails while the backend has an incomplete lock, or, if the folder has a file FULL, because the disk is full.
INCOMPLETE_LOCK = """#!/bin/sh
echo "${*}" | sed 's/ --config-file .*//' >> {folder}/calls
if [ -e {folder}/FULL ]; then echo "error: write a.json.1.tmp: no space left on device" >&2; exit 1; fi
[ -z "$(find {folder}/.sandbox/backend -name '*.tmp')" ] && exit 0
echo "error: unexpected end of JSON input" >&2
exit 1
"""


@pytest.fixture
def dead():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def pulumi(tmp_path, monkeypatch):
    def locked_by(host, pid):
        return command(tmp_path, monkeypatch, STAND_IN.replace("{host}", host).replace("{pid}", str(pid)))

    return locked_by


def command(folder, monkeypatch, text):
    stand_in = folder / "pulumi"
    stand_in.write_text(text.replace("{folder}", str(folder)))
    (folder / "Pulumi.yaml").write_text("name: calculator\nruntime: python\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    sandbox = StateFolder(folder / ".sandbox")
    backend = {"PULUMI_BACKEND_URL": f"file://{sandbox.backend}?metadata=skip"}
    return PulumiCommand(Project(folder, "calculator", folder), sandbox, backend)


@pytest.fixture
def incomplete_lock(tmp_path):
    """A lock of 0 bytes, as a full disk leaves it, an hour ago."""
    lock = (
        tmp_path
        / ".sandbox"
        / "backend"
        / ".pulumi"
        / "locks"
        / "organization"
        / "calculator"
        / "local"
        / "a.json.1.tmp"
    )
    lock.parent.mkdir(parents=True)
    lock.touch()
    os.utime(lock, (0, 0))
    return lock


def test_an_incomplete_lock_is_removed_and_the_command_is_repeated(incomplete_lock, tmp_path, monkeypatch, capfd):
    command(tmp_path, monkeypatch, INCOMPLETE_LOCK).run("up", "--stack", "local", "--yes")
    assert (tmp_path / "calls").read_text().splitlines() == ["up --stack local --yes"] * 2
    assert not incomplete_lock.exists()
    assert "the lock is removed" in capfd.readouterr().err


def test_a_full_disk_is_an_error_with_the_next_step(tmp_path, monkeypatch):
    (tmp_path / "FULL").touch()
    with pytest.raises(
        StackError, match="Next: free space on the disk and run this again, pulumi continues from there"
    ):
        pulumi = command(tmp_path, monkeypatch, INCOMPLETE_LOCK)
        monkeypatch.setattr("auth0_apim_environments.engine.pulumi_command.running", lambda _: object())
        pulumi.run("up", "--stack", "local", "--yes")
    assert (tmp_path / "calls").read_text().splitlines() == ["up --stack local --yes"]


def test_the_lock_of_a_dead_process_is_released_and_the_command_is_repeated(pulumi, tmp_path, dead, capfd):
    pulumi(socket.gethostname(), dead).run("up", "--stack", "local", "--yes")
    assert (tmp_path / "calls").read_text().splitlines() == [
        "up --stack local --yes",
        "cancel local --yes",
        "up --stack local --yes",
    ]
    assert "its lock is released" in capfd.readouterr().err


def test_the_lock_of_another_machine_is_left_alone(pulumi, tmp_path, dead):
    with pytest.raises(StackError, match="`pulumi up --stack local --yes` failed"):
        pulumi("another-machine", dead).run("up", "--stack", "local", "--yes")
    assert (tmp_path / "calls").read_text().splitlines() == ["up --stack local --yes"]
