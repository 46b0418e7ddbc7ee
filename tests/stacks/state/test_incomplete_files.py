"""Incomplete files in a backend; a live test shows that the engine works again without them."""

import os
import time

import pytest
from auth0_apim_environments.state.backend_documents import remove_incomplete_files


@pytest.fixture
def side_file(tmp_path):
    folder = tmp_path / ".pulumi" / "stacks" / "calculator"
    folder.mkdir(parents=True)
    (folder / "pr-42.json").write_text('{"version":3}')
    return folder / "pr-42.json.attrs"


def age(file, seconds):
    os.utime(file, (time.time() - seconds,) * 2)


@pytest.mark.parametrize("text", ["", '{"user.content_type":"text/pl'], ids=["empty", "half"])
@pytest.mark.parametrize("query", ["", "?metadata=skip"])
def test_an_incomplete_attribute_file_is_removed_and_its_document_kept(side_file, tmp_path, text, query):
    side_file.write_text(text)
    age(side_file, 3)
    assert remove_incomplete_files(f"file://{tmp_path}{query}") is True
    assert [path.name for path in side_file.parent.iterdir()] == ["pr-42.json"]


def test_an_incomplete_lock_is_removed_and_a_complete_one_kept(tmp_path):
    locks = tmp_path / ".pulumi" / "locks" / "organization" / "calculator" / "pr-42"
    locks.mkdir(parents=True)
    incomplete, complete = locks / "one.json.18ec11ac6b6070cf.tmp", locks / "two.json"
    incomplete.touch()
    complete.write_text('{"pid":1}')
    age(incomplete, 3)
    assert remove_incomplete_files(f"file://{tmp_path}?metadata=skip") is True
    assert list(locks.iterdir()) == [complete]


def test_an_incomplete_file_from_the_future_is_removed_because_the_clock_was_set_back(side_file, tmp_path):
    side_file.write_text("")
    age(side_file, -86400)
    assert remove_incomplete_files(f"file://{tmp_path}") is True


def test_a_file_that_may_still_be_written_is_kept(side_file, tmp_path):
    side_file.write_text("")
    assert remove_incomplete_files(f"file://{tmp_path}") is False
    assert side_file.exists()


def test_a_complete_file_is_kept(side_file, tmp_path):
    side_file.write_text('{"user.content_type":"text/plain"}\n')
    age(side_file, 60)
    assert remove_incomplete_files(f"file://{tmp_path}") is False
    assert side_file.exists()


def test_other_backends_have_no_attribute_files():
    assert remove_incomplete_files("s3://state?region=us-east-1") is False
