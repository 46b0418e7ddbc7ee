"""Spans of time as people write them: `4h`, `90m`, `2d`, `1h30m`."""

import re
from datetime import timedelta

_SPAN = re.compile(r"(?:(?P<days>[0-9]{1,3})d)?(?:(?P<hours>[0-9]{1,4})h)?(?:(?P<minutes>[0-9]{1,5})m)?")
LONGEST = timedelta(days=30)
"""An environment that lives longer is none that goes."""


class DurationError(ValueError):
    """A text that is no span of time between a minute and 30 days."""


def parse_duration(text: str) -> timedelta:
    """The span that `text` says.

    Raises:
        DurationError: it says none, or one shorter than a minute or longer than 30 days.
    """
    match = _SPAN.fullmatch(text)
    span = timedelta(**{unit: int(value) for unit, value in match.groupdict("0").items()}) if match else timedelta()
    if not timedelta(minutes=1) <= span <= LONGEST:
        raise DurationError(
            f"{text!r} is no time to live: write days, hours and minutes, up to 30d; such as 4h or 1h30m"
        )
    return span


def show_duration(span: timedelta) -> str:
    """The two largest units, such as `3h 20m`; `-` before a span that is over."""
    seconds = int(abs(span).total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    units = [f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if count][:2]
    return ("-" if span < timedelta() else "") + (" ".join(units) or f"{seconds}s")
