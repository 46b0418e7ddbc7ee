from datetime import datetime, timedelta, timezone

import pytest
from auth0_apim.text_rules import metadata_problem
from auth0_apim_environments.marks.marker import (
    Marker,
    MarkerError,
    described,
    environment_among,
    environment_in,
    owner_problem,
)

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone.utc)
MARKER = Marker.begin("pr-42", "jane", NOON, timedelta(hours=4))


def test_a_marker_comes_back_from_its_tag_which_pulumi_cloud_would_take():
    assert Marker.from_tag("pr-42", MARKER.tag()) == MARKER
    longest = Marker.begin("x" * 24, "o" * 60, NOON, timedelta(days=30), protected=True)
    assert len(longest.tag()) <= 256


def test_an_environment_is_expired_from_its_time_on():
    assert not MARKER.is_expired(NOON + timedelta(hours=3, minutes=59))
    assert MARKER.is_expired(NOON + timedelta(hours=4))


def test_an_extension_counts_from_now():
    later = NOON + timedelta(hours=10)
    assert MARKER.extended(later, timedelta(hours=1)).expires == datetime(2026, 3, 1, 23, 0, tzinfo=timezone.utc)


def test_the_marks_are_what_clients_can_carry():
    assert MARKER.marks() == {
        "auth0-apim-environment": "pr-42",
        "auth0-apim-owner": "jane",
        "auth0-apim-created": "2026-03-01T12:00:00Z",
        "auth0-apim-expires": "2026-03-01T16:00:00Z",
    }
    assert metadata_problem(MARKER.marks()) is None
    assert environment_among(MARKER.marks()) == "pr-42"
    assert environment_among(None) is None


@pytest.mark.parametrize("text", ["", "no", "{}", "[]", '{"environment": "pr-42"}'])
def test_a_tag_that_is_no_marker_is_told_by_its_stack(text):
    with pytest.raises(MarkerError, match="of stack 'pr-42' cannot be read"):
        Marker.from_tag("pr-42", text)


@pytest.mark.parametrize("protected", ['"true"', "1", "null"])
def test_a_protection_written_by_hand_is_not_taken_for_none(protected):
    text = MARKER.tag().replace("false", protected)
    with pytest.raises(MarkerError, match="'protected' is .*, which is neither true nor false"):
        Marker.from_tag("pr-42", text)


def test_a_time_written_in_another_zone_is_the_same_moment():
    text = MARKER.tag().replace("2026-03-01T16:00:00Z", "2026-03-02T01:30:00+09:30")
    assert Marker.from_tag("pr-42", text) == MARKER


@pytest.mark.parametrize("expires", ["2026-03-01T16:00:00", "2026-03-01", "tomorrow"])
def test_a_time_of_no_zone_is_no_time(expires):
    with pytest.raises(MarkerError, match="cannot be read"):
        Marker.from_tag("pr-42", MARKER.tag().replace("2026-03-01T16:00:00Z", expires))


def test_the_marker_of_another_stack_is_none():
    with pytest.raises(MarkerError, match="of stack 'pr-43' is that of 'pr-42'"):
        Marker.from_tag("pr-43", MARKER.tag())


def test_a_description_carries_the_environment():
    assert environment_in(described("Of Jane.", "pr-42")) == "pr-42"
    assert environment_in("Of pr-42.") is None
    assert environment_in(described(described("Of Jane.", "pr-4"), "pr-42")) == "pr-42"
    assert environment_in(described("Of Jane.", "pr-4") + " Or so she says.") is None
    assert environment_in(None) is None


@pytest.mark.parametrize("owner", ["", " ", "jane ", "a\nb", "x" * 101])
def test_an_owner_that_a_mark_cannot_carry_is_refused(owner):
    assert "must be 1 to 100 printable characters" in owner_problem(owner)


@pytest.mark.parametrize("owner", ["jane", "Jörg Müller", "dependabot[bot]", "ä" * 100])
def test_an_owner_fits_into_the_tag_with_the_longest_name(owner):
    assert owner_problem(owner) is None
    assert len(Marker.begin("x" * 24, owner, NOON, timedelta(days=30), protected=True).tag()) <= 256
