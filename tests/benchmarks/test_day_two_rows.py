"""The walk of day two has a row for every input of every component."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((REPOSITORY / "components" / "schema.json").read_text())
COMPONENTS = sorted(token.rpartition(":")[2] for token in SCHEMA["resources"])


@pytest.fixture(scope="module")
def walk():
    """The modules of the walk, which is a program in a folder and no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(REPOSITORY / "benchmarks" / "day_two"))
        yield import_module("walk")
    for name in ("callers", "program", "rows", "walk"):
        sys.modules.pop(name)


def snake_case(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_input_of_a_component_has_a_row(walk, component):
    inputs = SCHEMA["resources"][f"auth0-apim:index:{component}"]["inputProperties"]
    rows = {name for owner, name in walk.all_rows() if owner == component}
    assert rows == {snake_case(name) for name in inputs}


def test_every_row_of_a_wired_input_names_the_row_that_changes_it(walk):
    rows = walk.all_rows()
    owners = {owner for owner, _ in rows}
    wired = {row.by for row in rows.values() if not isinstance(row, walk.Change)}
    for path in wired:
        owner, _, name = path.rpartition(".")
        assert owner in owners if name == "*" else isinstance(rows[owner, name], walk.Change), path
