"""Points in time and spans of time: as text, and read from text, in the invariant culture.

A `DateTime` of kind Utc or Local is a `datetime` in UTC (the gateway's local time is UTC), one of kind Unspecified has no time zone.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, argument_null, invalid_format

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CUSTOM = re.compile(r"'[^']*'|\"[^\"]*\"|\\.|d+|f+|F+|g+|h+|H+|K|m+|M+|s+|t+|y+|z+|%|.", re.DOTALL)
_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "M": "MMMM dd",
    "m": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7})\d*)?)?)?\s*(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_INVARIANT = re.compile(
    r"(\d\d?)/(\d\d?)/(\d{4})(?:\s+(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?\s*(AM|PM)?)?", re.ASCII | re.IGNORECASE
)
_SPAN = re.compile(
    r"\s*(-)?(?:(\d{1,8})|(?:(\d{1,8})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?)\s*", re.ASCII
)


def now(seconds: float) -> datetime:
    """The moment that is `seconds` after 1970."""
    return datetime.fromtimestamp(seconds, timezone.utc)


def plain(moment: datetime) -> datetime:
    """`moment` without its time zone, as .NET compares and subtracts."""
    return moment.replace(tzinfo=None)


def format_moment(moment: datetime, form: str, *, with_offset: bool = False) -> str:
    """`moment` in a standard or custom format, `MM/dd/yyyy HH:mm:ss` without one.

    Raises:
        EvaluationError: no such format.
    """
    if with_offset and form in ("r", "R", "u"):
        moment = moment.astimezone(timezone.utc)
    if len(form) == 1:
        if form not in _STANDARD:
            raise invalid_format("Format string")
        form = _STANDARD[form]
    elif not form:
        form = "MM/dd/yyyy HH:mm:ss zzz" if with_offset else "MM/dd/yyyy HH:mm:ss"
    return "".join(_part(moment, token[0], with_offset) for token in _CUSTOM.finditer(form))


def _part(moment: datetime, token: str, with_offset: bool) -> str:  # noqa: PLR0911, PLR0912 - one for each letter
    length = len(token)
    match token[0]:
        case "'" | '"':
            return token[1:-1] if length > 1 else token
        case "\\":
            return token[1:]
        case "%":
            return ""
        case "d":
            day = _DAYS[moment.weekday()]
            return f"{moment.day:0{length}d}" if length < 3 else day[:3] if length == 3 else day
        case "M":
            month = _MONTHS[moment.month - 1]
            return f"{moment.month:0{length}d}" if length < 3 else month[:3] if length == 3 else month
        case "y":
            return f"{moment.year % 100:0{length}d}" if length < 3 else f"{moment.year:0{length}d}"
        case "H":
            return f"{moment.hour:0{min(length, 2)}d}"
        case "h":
            return f"{moment.hour % 12 or 12:0{min(length, 2)}d}"
        case "m":
            return f"{moment.minute:0{min(length, 2)}d}"
        case "s":
            return f"{moment.second:0{min(length, 2)}d}"
        case "f" | "F":
            digits = f"{moment.microsecond:06d}0"[:length]
            return digits if token[0] == "f" else digits.rstrip("0")
        case "t":
            return ("AM" if moment.hour < 12 else "PM")[:length]
        case "g":
            return "A.D."
        case "K" | "z":
            return _offset(moment, length if token[0] == "z" else 0, with_offset)
    return token


def _offset(moment: datetime, length: int, with_offset: bool) -> str:
    """`K` (length 0) or `z`, `zz`, `zzz`."""
    if not length and not with_offset:
        return "Z" if moment.tzinfo else ""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    if length in (1, 2):
        return f"{sign}{minutes // 60:0{length}d}"
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def format_span(span: timedelta, form: str) -> str:
    """A span as `[-][d.]hh:mm:ss[.fffffff]`.

    Raises:
        EvaluationError: a format other than `c`, `g` and custom ones of `d`, `h`, `m`, `s`, `f`.
    """
    sign, span = ("-" if span < timedelta() else ""), abs(span)
    hours, rest = divmod(span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if form in ("", "c", "t", "T"):
        days = f"{span.days}." if span.days else ""
        fraction = f".{span.microseconds:06d}0" if span.microseconds else ""
        return f"{sign}{days}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"
    numbers = {"d": span.days, "h": hours, "m": minutes, "s": seconds}
    parts = []
    for token in re.findall(r"'[^']*'|\\.|d+|h+|m+|s+|f+|%|.", form, re.DOTALL):
        if token[0] in numbers:
            parts.append(f"{numbers[token[0]]:0{len(token)}d}")
        elif token[0] == "f":
            parts.append(f"{span.microseconds:06d}0"[: len(token)])
        elif token[0] in "\\'":
            parts.append(token[1:].rstrip("'"))
        elif token != "%":  # noqa: S105 - a letter of a format
            raise invalid_format("Format string")
    return "".join(parts)


def parse_moment(text: str | None) -> datetime:
    """The point in time in `text`: ISO 8601, RFC 1123, or as the invariant culture writes it.

    Raises:
        EvaluationError: null, or none of these.
    """
    if text is None:
        raise argument_null("s")
    text = text.strip()
    try:
        if match := ISO.fullmatch(text):
            return _iso(match)
        if match := _INVARIANT.fullmatch(text):
            hour = int(match[4] or 0) % 12 + (12 if match[8].upper() == "PM" else 0) if match[8] else int(match[4] or 0)
            fraction = int((match[7] or "0").ljust(7, "0")[:6])
            return datetime(
                int(match[3]), int(match[1]), int(match[2]), hour, int(match[5] or 0), int(match[6] or 0), fraction
            )
        if text.endswith("GMT"):
            return parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        raise _unreadable() from None
    raise _unreadable()


def _iso(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(match[index] or 0) for index in range(1, 7))
    moment = datetime(year, month, day, hour, minute, second, int((match[7] or "0").ljust(7, "0")[:6]))
    if match[8] is None:
        return moment
    return moment.replace(tzinfo=timezone.utc) - offset_of(match[8])


def offset_of(zone: str) -> timedelta:
    """The offset that `Z` or `+hh:mm` says."""
    if zone == "Z":
        return timedelta()
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return -offset if zone[0] == "-" else offset


def _unreadable() -> EvaluationError:
    return EvaluationError("String was not recognized as a valid DateTime.", "FormatException")


def parse_span(text: str | None) -> timedelta:
    """The span in `text`: days, or `[d.]hh:mm[:ss[.fffffff]]`.

    Raises:
        EvaluationError: null, or neither.
    """
    if text is None:
        raise argument_null("s")
    match = _SPAN.fullmatch(text)
    if match is None or int(match[4] or 0) > 23 or int(match[5] or 0) > 59 or int(match[6] or 0) > 59:
        raise invalid_format()
    span = timedelta(
        days=int(match[2] or match[3] or 0),
        hours=int(match[4] or 0),
        minutes=int(match[5] or 0),
        seconds=int(match[6] or 0),
        microseconds=int((match[7] or "0").ljust(7, "0")[:6]),
    )
    return -span if match[1] else span
