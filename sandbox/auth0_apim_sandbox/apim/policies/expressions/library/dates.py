"""`DateTime`, `DateTimeOffset` and `TimeSpan`."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.library.equality import are_equal
from auth0_apim_sandbox.apim.policies.expressions.library.moments import (
    format_moment,
    format_span,
    now,
    parse_moment,
    parse_span,
    plain,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, out_of_range
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Run, with_run
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import declare

_UTC = timezone.utc
_EPOCH = datetime(1970, 1, 1, tzinfo=_UTC)
_LEAST, _MOST = datetime.min, datetime.max
_TICKS = 10


def checked(make: Callable[..., Any]) -> Callable[..., Any]:
    """A member that fails as .NET does where a point in time is beyond the calendar."""

    def run(*arguments: Any) -> Any:
        try:
            return make(*arguments)
        except (OverflowError, ValueError):
            raise EvaluationError(
                "The added or subtracted value results in an un-representable DateTime.", "ArgumentOutOfRangeException"
            ) from None

    return run


def _add_months(moment: datetime, count: int) -> datetime:
    if not -120000 <= count <= 120000:
        raise out_of_range("months")
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def _later(**unit: int) -> Callable[[datetime, float], datetime]:
    length = timedelta(**unit)
    return checked(lambda moment, count: moment + length * count)


def _seconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)


def ticks(moment: datetime) -> int:
    """Units of 100 ns since the year 1."""
    return (plain(moment) - _LEAST) // timedelta(microseconds=1) * _TICKS


def _tried(parse: Callable[[str | None], Any], default: Any) -> Callable[..., bool]:
    def run(text: str | None, store: Callable[[Any], None]) -> bool:
        try:
            store(parse(text))
        except EvaluationError:
            store(default)
            return False
        return True

    return run


def _members(of: str) -> dict[str, Callable[..., Any]]:
    """What `DateTime` and `DateTimeOffset` have both."""
    with_offset = of == "DateTimeOffset"
    return {
        f"{of} Add(TimeSpan value)": checked(lambda moment, span: moment + span),
        f"{of} AddDays(double value)": _later(days=1),
        f"{of} AddHours(double value)": _later(hours=1),
        f"{of} AddMilliseconds(double value)": _later(milliseconds=1),
        f"{of} AddMinutes(double value)": _later(minutes=1),
        f"{of} AddMonths(int months)": checked(_add_months),
        f"{of} AddSeconds(double value)": _later(seconds=1),
        f"{of} AddTicks(long value)": checked(lambda moment, count: moment + timedelta(microseconds=count / _TICKS)),
        f"{of} AddYears(int value)": checked(lambda moment, count: _add_months(moment, count * 12)),
        "DateTime Date": lambda moment: (plain(moment) if with_offset else moment).replace(
            hour=0, minute=0, second=0, microsecond=0
        ),
        "int Day": lambda moment: moment.day,
        "DayOfWeek DayOfWeek": lambda moment: moment.isoweekday() % 7,
        "int DayOfYear": lambda moment: moment.timetuple().tm_yday,
        "int Hour": lambda moment: moment.hour,
        "int Millisecond": lambda moment: moment.microsecond // 1000,
        "int Minute": lambda moment: moment.minute,
        "int Month": lambda moment: moment.month,
        "int Second": lambda moment: moment.second,
        "int Year": lambda moment: moment.year,
        "long Ticks": ticks,
        "TimeSpan TimeOfDay": lambda moment: (
            plain(moment) - datetime.combine(plain(moment).date(), datetime.min.time())
        ),
        f"TimeSpan Subtract({of} value)": lambda one, other: one - other if with_offset else plain(one) - plain(other),
        f"{of} Subtract(TimeSpan value)": checked(lambda moment, span: moment - span),
        f"int CompareTo({of} value)": lambda one, other: (plain(one) > plain(other)) - (plain(one) < plain(other)),
        f"bool Equals({of} value)": are_equal,
        "string ToString()": lambda moment: format_moment(moment, "", with_offset=with_offset),
        "string ToString(string format)": lambda moment, form: format_moment(
            moment, form or "", with_offset=with_offset
        ),
    }


@with_run
def _now(run: Run) -> datetime:
    return now(run.context.clock())


@with_run
def _today(run: Run) -> datetime:
    return now(run.context.clock()).replace(hour=0, minute=0, second=0, microsecond=0)


_made = checked(datetime)
declare(
    "DateTime",
    {
        **_members("DateTime"),
        "new(int year, int month, int day)": _made,
        "new(int year, int month, int day, int hour, int minute, int second)": _made,
        "new(int year, int month, int day, int hour, int minute, int second, DateTimeKind kind)": checked(
            lambda year, month, day, hour, minute, second, kind: datetime(
                year, month, day, hour, minute, second, tzinfo=_UTC if kind else None
            )
        ),
        "new(long ticks)": checked(lambda count: _LEAST + timedelta(microseconds=count // _TICKS)),
        "static DateTime Now": _now,
        "static DateTime UtcNow": _now,
        "static DateTime Today": _today,
        "static DateTime MinValue": lambda: _LEAST,
        "static DateTime MaxValue": lambda: _MOST,
        "static DateTime Parse(string s)": parse_moment,
        "static bool TryParse(string s, out DateTime result)": _tried(parse_moment, _LEAST),
        "static int DaysInMonth(int year, int month)": checked(lambda year, month: calendar.monthrange(year, month)[1]),
        "static bool IsLeapYear(int year)": lambda year: calendar.isleap(year),  # noqa: PLW0108 - the function stands further down
        "static DateTime SpecifyKind(DateTime value, DateTimeKind kind)": lambda moment, kind: moment.replace(
            tzinfo=_UTC if kind else None
        ),
        "static int Compare(DateTime t1, DateTime t2)": lambda one, other: (
            (plain(one) > plain(other)) - (plain(one) < plain(other))
        ),
        "DateTimeKind Kind": lambda moment: 1 if moment.tzinfo else 0,
        "DateTime ToUniversalTime()": lambda moment: moment.replace(tzinfo=_UTC),
    },
)
declare(
    "DateTimeOffset",
    {
        **_members("DateTimeOffset"),
        "new(DateTime dateTime)": lambda moment: moment.replace(tzinfo=_UTC),
        "new(DateTime dateTime, TimeSpan offset)": checked(
            lambda moment, span: plain(moment).replace(tzinfo=timezone(span))
        ),
        "static DateTimeOffset Now": _now,
        "static DateTimeOffset UtcNow": _now,
        "static DateTimeOffset FromUnixTimeSeconds(long seconds)": checked(
            lambda count: _EPOCH + timedelta(seconds=count)
        ),
        "static DateTimeOffset FromUnixTimeMilliseconds(long milliseconds)": checked(
            lambda count: _EPOCH + timedelta(milliseconds=count)
        ),
        "static DateTimeOffset Parse(string input)": lambda text: _zoned(parse_moment(text)),
        "static bool TryParse(string input, out DateTimeOffset result)": _tried(
            lambda text: _zoned(parse_moment(text)), _LEAST.replace(tzinfo=_UTC)
        ),
        "DateTime DateTime": plain,
        "DateTime UtcDateTime": lambda moment: moment.astimezone(_UTC),
        "DateTime LocalDateTime": lambda moment: moment.astimezone(_UTC),
        "TimeSpan Offset": lambda moment: moment.utcoffset(),
        "DateTimeOffset ToUniversalTime()": lambda moment: moment.astimezone(_UTC),
        "long ToUnixTimeSeconds()": _seconds,
        "long ToUnixTimeMilliseconds()": lambda moment: (moment - _EPOCH) // timedelta(milliseconds=1),
    },
)


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=_UTC)


def _total(**unit: int) -> Callable[[timedelta], float]:
    length = timedelta(**unit)
    return lambda span: span / length


def _part(length: int, size: int) -> Callable[[timedelta], int]:
    """A part of a span, with the span's sign."""

    def run(span: timedelta) -> int:
        part = abs(span) // timedelta(microseconds=length) % size
        return -part if span < timedelta() else part

    return run


_SECOND = 1_000_000
declare(
    "TimeSpan",
    {
        "new(int hours, int minutes, int seconds)": lambda h, m, s: timedelta(hours=h, minutes=m, seconds=s),
        "new(int days, int hours, int minutes, int seconds)": lambda d, h, m, s: timedelta(d, s, 0, 0, m, h),
        "static TimeSpan FromDays(double value)": checked(lambda count: timedelta(days=count)),
        "static TimeSpan FromHours(double value)": checked(lambda count: timedelta(hours=count)),
        "static TimeSpan FromMilliseconds(double value)": checked(lambda count: timedelta(milliseconds=count)),
        "static TimeSpan FromMinutes(double value)": checked(lambda count: timedelta(minutes=count)),
        "static TimeSpan FromSeconds(double value)": checked(lambda count: timedelta(seconds=count)),
        "static TimeSpan Zero": timedelta,
        "static TimeSpan Parse(string s)": parse_span,
        "static bool TryParse(string s, out TimeSpan result)": _tried(parse_span, timedelta()),
        "TimeSpan Add(TimeSpan ts)": checked(lambda one, other: one + other),
        "TimeSpan Subtract(TimeSpan ts)": checked(lambda one, other: one - other),
        "TimeSpan Duration()": abs,
        "TimeSpan Negate()": lambda span: -span,
        "int Days": _part(86_400 * _SECOND, 10**9),
        "int Hours": _part(3600 * _SECOND, 24),
        "int Minutes": _part(60 * _SECOND, 60),
        "int Seconds": _part(_SECOND, 60),
        "int Milliseconds": _part(1000, 1000),
        "long Ticks": lambda span: span // timedelta(microseconds=1) * _TICKS,
        "double TotalDays": _total(days=1),
        "double TotalHours": _total(hours=1),
        "double TotalMilliseconds": _total(milliseconds=1),
        "double TotalMinutes": _total(minutes=1),
        "double TotalSeconds": _total(seconds=1),
        "string ToString()": lambda span: format_span(span, ""),
        "string ToString(string format)": lambda span, form: format_span(span, form or ""),
    },
)
