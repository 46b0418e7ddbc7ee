"""What people and programs see of several deployments."""

import io
import json
import re

import pytest
from auth0_apim_environments.fleet import report
from auth0_apim_environments.fleet.deployment import Outcome
from auth0_apim_environments.fleet.report import shown_progress, summary_json, summary_shown
from rich.console import Console

DEV = Outcome("dev", 4.94, {"create": 26, "same": 1}, "https://localhost:1/calc", {"no token": True, "a token": True})
STAGE = Outcome("stage", 2.0, {"same": 26}, "https://localhost:2/calc", {"no token": True, "users": None})
PROD = Outcome("prod", 1.5, problem="[bold] is no setting")


def printed(renderable):
    console = Console(width=120, file=io.StringIO())
    console.print(renderable)
    return console.file.getvalue()


def test_the_summary_has_a_row_for_each_environment_and_the_problems_below():
    text = printed(summary_shown("s3://contoso-state", [DEV, STAGE, PROD]))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]
    assert rows == [
        ["dev", "done", "26 create", "2 of 2 right", "4.9", "https://localhost:1/calc"],
        ["stage", "done", "unchanged", "1 of 2 right", "2.0", "https://localhost:2/calc"],
        ["prod", "FAILED", "", "", "1.5", ""],
    ]
    assert "State: s3://contoso-state" in text
    assert text.rstrip().endswith("prod: [bold] is no setting")


def test_the_document_has_the_same_content():
    document = json.loads(summary_json("s3://contoso-state", [DEV, PROD]))
    assert document["backend"] == "s3://contoso-state"
    assert [(each["environment"], each["ok"], each["problem"]) for each in document["environments"]] == [
        ("dev", True, None),
        ("prod", False, "[bold] is no setting"),
    ]


@pytest.fixture
def screen(monkeypatch):
    """Standard error, as a terminal or as a file."""

    def open_screen(*, terminal):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=80, color_system=None)
        monkeypatch.setattr(report, "Console", lambda stderr: console)
        return console.file

    return open_screen


def test_a_terminal_shows_a_live_row_for_each_environment(screen):
    shown = screen(terminal=True)
    with shown_progress(["dev", "prod", "stage"]) as on_progress:
        on_progress("dev", "create api-resource-server")
        on_progress("prod", "failed")
    drawn = shown.getvalue().rpartition("create api-resource-server")
    assert re.search(r"dev +$", drawn[0])
    assert re.search(r"prod +failed +0 s\s+stage +waiting", drawn[2])


def test_without_a_terminal_each_step_is_a_line(screen):
    shown = screen(terminal=False)
    with shown_progress(["dev", "prod"]) as on_progress:
        on_progress("dev", "create api")
        on_progress("prod", "failed")
    assert [line.split("s  ")[1] for line in shown.getvalue().splitlines()] == ["dev: create api", "prod: failed"]
