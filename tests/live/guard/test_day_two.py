"""Every change of an input leaves the guard closed and comes to rest: a sample of the walk that `make walk` does in full."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

WALK = Path(__file__).resolve().parents[3] / "benchmarks" / "day_two"
SAMPLE = ["ApiGateway.location", "JwtPolicy.default_scopes", "ProtectedApi.policy.public_operations"]


def test_a_changed_input_opens_nothing_and_comes_to_rest(engine, tmp_path):
    steps = tmp_path / "steps.jsonl"
    wanted = [word for row in SAMPLE for word in ("--only", row)]
    done = subprocess.run(
        [sys.executable, WALK, "--file", steps, *wanted], capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    walked = [json.loads(line) for line in steps.read_text().splitlines()]
    acts = ["given", "changed", "taken away", "destroyed"]
    assert [(f"{step['component']}.{step['input']}", step["act"]) for step in walked] == [
        (row, act) for row in SAMPLE for act in acts
    ]
    assert [step["opened"] for step in walked] == [[]] * len(walked)
    assert [step["refused"] for step in walked] == [0] * len(walked)
    assert all(step["calls"] > 20 for step in walked if step["act"] != "destroyed")
    # Azure refuses to move a service; that happens before anything is deleted.
    assert [step["deployed"] for step in walked[:4]] == [False, False, True, True]
    assert [step["quiet"] for step in walked[4:] if step["act"] != "destroyed"] == [True] * 6
