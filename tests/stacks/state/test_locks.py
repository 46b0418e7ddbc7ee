"""Which locks nobody will ever release. The engine's words are those of Pulumi 3.253."""

import os
import socket
import subprocess
import sys

import pytest
from auth0_apim_environments.engine.errors import LockedError, engine_failure
from auth0_apim_environments.state.locks import Lock, locks_in

SAID = (
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock"
    " file with `pulumi cancel`.\n"
    "  file:///backend/.pulumi/locks/organization/auth0-apim/pr-42/0b5c1e.json: created by jane@build-7 (pid 4711) at"
    " 2026-03-01T12:00:00Z\n"
)


def lock(pid, host=None):
    return Lock("jane", host or socket.gethostname(), pid, "2026-03-01T12:00:00Z")


@pytest.fixture
def dead():
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_engines_error_names_the_lock():
    assert locks_in(SAID) == (Lock("jane", "build-7", 4711, "2026-03-01T12:00:00Z"),)
    error = engine_failure("pr-42", SAID)
    assert isinstance(error, LockedError)
    assert str(error) == ("stack 'pr-42' is locked by jane@build-7 (process 4711) since 2026-03-01T12:00:00Z")


def test_the_lock_of_a_dead_process_of_this_machine_is_abandoned(dead):
    assert lock(dead).is_abandoned()


def test_the_lock_of_another_machine_is_not_abandoned(dead):
    assert not lock(dead, "another-machine").is_abandoned()


def test_the_lock_of_a_running_pulumi_is_not_abandoned(tmp_path):
    pulumi = tmp_path / "pulumi"
    pulumi.write_bytes(b"#!/bin/sh\nread line\n")
    pulumi.chmod(0o755)
    with subprocess.Popen([pulumi], stdin=subprocess.PIPE) as process:
        assert not lock(process.pid).is_abandoned()
        process.kill()


def test_the_lock_of_a_process_id_that_another_program_uses_is_abandoned():
    assert lock(os.getpid()).is_abandoned()


def test_a_lock_is_read_from_the_backends_own_file():
    text = '{"pid":4711,"username":"jane","hostname":"build-7","timestamp":"2026-03-01T12:00:00Z"}'
    assert Lock.from_file(text) == Lock("jane", "build-7", 4711, "2026-03-01T12:00:00Z")
