"""The generated documents: the schema, the reference and the pictures are those of the program as it is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOPOLOGY = ROOT / "docs" / "pictures" / "topology.md"


def run(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_generated_file_is_stale():
    answer = run("-m", "docs.generator", "--check")
    assert (answer.returncode, answer.stderr) == (0, ""), "run `make docs`"


def test_a_file_that_says_something_else_is_stale(tmp_path):
    (tmp_path / "same.md").write_text("as it was")
    (tmp_path / "other.md").write_text("as it was")
    program = (
        "from docs.generator.__main__ import stale; from pathlib import Path; folder = Path({!r}); "
        "print([p.name for p in stale({{folder / 'same.md': 'as it was', folder / 'other.md': 'as it is', "
        "folder / 'new.md': ''}}) if p.is_relative_to(folder)])"
    )
    assert run("-c", program.format(str(tmp_path))).stdout == "['other.md', 'new.md']\n"


def test_every_arrow_of_the_topology_joins_two_boxes_of_it():
    picture = TOPOLOGY.read_text()
    boxes = set(re.findall(r"subgraph (\w+)\[", picture))
    arrows = re.findall(r"^  (\w+) --> (\w+)$", picture, re.MULTILINE)
    assert arrows
    assert {end for arrow in arrows for end in arrow} <= boxes
    assert ("publication", "policy") in arrows


PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_path_that_contributors_are_sent_to_exists():
    named = re.findall(r"`([a-z_]+/[^` ]+)`", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []
