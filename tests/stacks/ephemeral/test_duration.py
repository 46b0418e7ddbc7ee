from datetime import timedelta

import pytest
from auth0_apim_environments.ephemeral.environment import DurationError, parse_duration, show_duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("4h", timedelta(hours=4)),
        ("90m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("30d", timedelta(days=30)),
    ],
)
def test_a_time_to_live_is_parsed(text, span):
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "0m", "4", "h", "-4h", "31d", "4h ", "1.5h", "30m1h", "٤h"])
def test_an_invalid_time_to_live_is_refused_with_an_example(text):
    with pytest.raises(DurationError, match="such as 4h or 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(hours=3, minutes=20, seconds=5), "3h 20m"),
        (timedelta(days=2, minutes=1), "2d 1m"),
        (timedelta(seconds=40), "40s"),
        (timedelta(minutes=-5), "-5m"),
    ],
)
def test_a_duration_is_shown_by_its_two_largest_units(span, text):
    assert show_duration(span) == text
