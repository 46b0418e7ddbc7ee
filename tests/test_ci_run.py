"""`.ci/run` as CI calls it: the README's commands in the README's order, and pytest's own closing line last."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / ".ci" / "run"
FAILED = "=================== 1 failed, 3467 passed in 912.44s (0:15:12) ==================="
PASSED = "================== 3468 passed, 2 skipped in 912.44s (0:15:12) =================="
MAKE = """#!/bin/sh
echo "$1" >>"$CALLS"
echo "this is make $1"
[ "$1" = test ] && printf '%b\\n' "$REPORT"
[ "$1" = "$FAILS" ] && { echo "make: *** [Makefile:1: $1] Error 3" >&2; exit 3; }
exit 0
"""


@pytest.fixture
def run(tmp_path):
    """Runs the script with a `make` that notes what it is asked for, and fails at one target."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(SCRIPT, tmp_path / ".ci")
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(MAKE)
    make.chmod(0o755)
    (calls := tmp_path / "calls").touch()

    def run(report=PASSED, fails="nothing"):
        variables = {"PATH": f"{make.parent}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}
        done = subprocess.run(
            [tmp_path / ".ci" / "run"],
            env={**os.environ, **variables, "REPORT": report, "FAILS": fails},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, calls.read_text().split(), done.stdout.splitlines()

    return run


def test_the_commands_run_in_the_readmes_order_and_pytest_has_the_last_word(run):
    status, calls, shown = run()
    assert (status, calls) == (0, ["check", "up", "test", "down"])
    assert shown[-2:] == ["this is make down", PASSED]


def test_what_the_tests_show_is_shown_as_they_run(run):
    _, _, shown = run(f"tests/test_a.py .... [100%]\\n{PASSED}")
    assert shown[:4] == ["this is make check", "this is make up", "this is make test", "tests/test_a.py .... [100%]"]


def test_the_environment_goes_down_when_tests_fail_and_the_status_is_theirs(run):
    status, calls, shown = run(f"E   assert 3 in 4s\\n{FAILED}\\n", fails="test")
    assert (status, calls) == (3, ["check", "up", "test", "down"])
    assert shown[-1] == FAILED


@pytest.mark.parametrize(
    "line", ["1 failed, 3 passed in 0.05s", "no tests ran in 0.01s", "3 passed, 1 warning in 1.20s"]
)
def test_a_quiet_closing_line_is_one_too(run, line):
    assert run(f"...\\n{line}")[2][-1] == line


def test_tests_that_ended_without_a_closing_line_get_none(run):
    status, _, shown = run("INTERNALERROR> in 3s we knew", fails="test")
    assert (status, shown[-1]) == (3, "this is make down")


def test_an_environment_that_does_not_come_up_is_taken_down_and_not_tested(run):
    status, calls, _ = run(fails="up")
    assert (status, calls) == (3, ["check", "up", "down"])


def test_nothing_comes_up_where_the_check_fails(run):
    status, calls, _ = run(fails="check")
    assert (status, calls) == (3, ["check"])


def test_an_environment_that_does_not_go_down_is_a_failure(run):
    status, _, shown = run(fails="down")
    assert (status, shown[-1]) == (3, PASSED)
