"""Kill -9 in the middle: a sample of the walk that `make crash` does in full."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

WALK = Path(__file__).resolve().parents[3] / "benchmarks" / "crash_walk.py"


def test_what_a_killed_process_left_is_recovered_without_an_orphan(engine):
    done = subprocess.run(
        [sys.executable, WALK, "--sample", "5", "--json"], capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(done.stdout)
    assert [(row["orphans"], row["left"], row["converged"]) for row in rows] == [(0, 0, True)] * 5
    assert {row["killed"].split()[0] for row in rows} >= {"command", "sandbox"}
    assert {row["killed"].split()[2] for row in rows} == {"create", "destroy"}
    assert not any("not reached" in row["killed"] for row in rows)
