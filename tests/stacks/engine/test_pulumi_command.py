"""What is done about a lock, with a stand-in for the CLI that refuses as the real one (3.253) does."""

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
echo "$*" >> calls
if [ "$1" = cancel ]; then touch cancelled; exit 0; fi
[ -e cancelled ] && exit 0
echo "error: the stack is currently locked by 1 lock(s)." >&2
echo "  file:///a.json: created by jane@{host} (pid {pid}) at 2026-03-01T12:00:00Z" >&2
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
        stand_in = tmp_path / "pulumi"
        stand_in.write_text(STAND_IN.format(host=host, pid=pid))
        stand_in.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        return PulumiCommand(Project(tmp_path, "calculator", tmp_path), StateFolder(tmp_path / ".sandbox"), {})

    return locked_by


def test_the_lock_of_a_dead_process_is_released_and_the_command_run_again(pulumi, tmp_path, dead, capfd):
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
