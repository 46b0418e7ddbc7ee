"""`auth0-apim up` on a disk that is full, and again when there is room: the stack is its owner's as before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from auth0_apim_sandbox.cloud import StateFolder, process

pytestmark = pytest.mark.live

COMMAND = str(Path(sys.executable).with_name("auth0-apim"))


@pytest.fixture
def project(copy_project, tmp_path):
    """A copy of the project, whose sandbox is stopped at the end."""
    yield copy_project(tmp_path)
    process.stop(StateFolder(tmp_path / ".sandbox"))


@pytest.fixture
def small_disk(project):
    """A disk of its own for the engine's locks, of 64 KB."""
    place = project / ".sandbox" / "backend" / ".pulumi" / "locks"
    place.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only who may mount a file system can fill one")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def up(project):
    """Status and output of the command, with nothing of this shell's environments."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AUTH0_", "ARM_"))}
    command = [COMMAND, "up", "--base-port", "0"]
    done = subprocess.run(
        command, cwd=project, env=kept | {"COLUMNS": "160"}, capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_full_disk_is_named_and_the_next_up_goes_on(engine, project, small_disk):
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    status, said = up(project)
    assert (status, "no space left on device" in said) == (1, True), said
    assert "Next: free space on the disk and run this again" in said
    assert [path.stat().st_size for path in small_disk.rglob("*.tmp")] == [0]
    filler.unlink()
    for cut_off in small_disk.rglob("*.tmp"):
        os.utime(cut_off, (0, 0))
    status, said = up(project)
    assert status == 0, said
    assert "the lock is removed" in said
    assert "WRONG" not in said
