"""Enumerations: the names of their members and the numbers behind them, as .NET has them."""

from __future__ import annotations

COMPARISONS = (
    "CurrentCulture",
    "CurrentCultureIgnoreCase",
    "InvariantCulture",
    "InvariantCultureIgnoreCase",
    "Ordinal",
    "OrdinalIgnoreCase",
)
"""The members of `StringComparison`, which are those of `StringComparer` too, by their numbers."""

_TOKENS = (
    "None",
    "Object",
    "Array",
    "Constructor",
    "Property",
    "Comment",
    "Integer",
    "Float",
    "String",
    "Boolean",
    "Null",
    "Undefined",
    "Date",
    "Raw",
    "Bytes",
    "Guid",
    "Uri",
    "TimeSpan",
)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def _numbered(names: tuple[str, ...]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


MEMBERS: dict[str, dict[str, int]] = {
    "DateTimeKind": _numbered(("Unspecified", "Utc", "Local")),
    "DayOfWeek": _numbered(_DAYS),
    "Formatting": _numbered(("None", "Indented")),
    "JTokenType": _numbered(_TOKENS),
    "MidpointRounding": _numbered(("ToEven", "AwayFromZero")),
    "RegexOptions": {
        "None": 0,
        "IgnoreCase": 1,
        "Multiline": 2,
        "Compiled": 8,
        "Singleline": 16,
        "IgnorePatternWhitespace": 32,
        "CultureInvariant": 512,
    },
    "StringComparison": _numbered(COMPARISONS),
    "StringSplitOptions": {"None": 0, "RemoveEmptyEntries": 1, "TrimEntries": 2},
    "UriKind": _numbered(("RelativeOrAbsolute", "Absolute", "Relative")),
    "UriPartial": _numbered(("Scheme", "Authority", "Path", "Query")),
}
"""By type. Members of .NET that are not here are not supported."""


def name_of(kind: str, number: int) -> str:
    """The name of a member, or its number where it has none."""
    for name, value in MEMBERS[kind].items():
        if value == number:
            return name
    return str(number)
