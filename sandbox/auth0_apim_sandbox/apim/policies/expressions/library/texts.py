"""`string`, `char` and `StringBuilder`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from auth0_apim_sandbox.apim.policies.expressions.library.collections_members import out_of_bounds
from auth0_apim_sandbox.apim.policies.expressions.library.enumerations import COMPARISONS
from auth0_apim_sandbox.apim.policies.expressions.library.formatting import as_text, formatted
from auth0_apim_sandbox.apim.policies.expressions.library.text_comparison import (
    ORDINAL,
    comparable,
    joined,
    lower,
    order,
    units,
    upper,
)
from auth0_apim_sandbox.apim.policies.expressions.library.values import Collection
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    argument,
    argument_null,
    invalid_format,
    out_of_range,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import LARGEST_TEXT, bounded
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import Members, declare
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import CHAR, OBJECT, array_of

_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_MOST_ARGUMENTS = 100


def _compared(test: Callable[[str, str], Any], default: int) -> Callable[..., Any]:
    """A test of two texts, by the `StringComparison` that is given or by .NET's default for it."""

    def run(text: str, other: str, comparison: int = default) -> Any:
        return test(comparable(text, comparison), comparable(other, comparison))

    return run


def equal(one: str | None, other: str | None, comparison: int = ORDINAL) -> bool:
    """`string.Equals(one, other, comparison)`."""
    if one is None or other is None:
        return one is other
    return one == other or (comparison != ORDINAL and comparable(one, comparison) == comparable(other, comparison))


def compare(one: str | None, other: str | None, comparison: int = 0) -> int:
    """`string.Compare`: -1, 0 or 1; null comes first."""
    if one is None or other is None:
        return (one is not None) - (other is not None)
    left, right = order(one, comparison), order(other, comparison)
    return int(left > right) - int(left < right)


def _position(text: str, part: str, find: Callable[[str, str], int], comparison: int) -> int:
    return find(comparable(units(text), comparison), comparable(units(part), comparison))


def _index_from(text: str, part: str, start: int) -> int:
    if not 0 <= start <= len(units(text)):
        raise out_of_range("startIndex")
    return units(text).find(units(part), start)


def _replace(text: str, old: str | None, new: str | None) -> str:
    if old is None:
        raise argument_null("oldValue")
    if not old:
        raise argument("String cannot be of zero length. (Parameter 'oldValue')")
    bounded(len(text) + text.count(old) * max(len(new or "") - len(old), 0))
    return text.replace(old, new or "")


def _split(text: str, separators: Iterable[str] | None, most: int, options: int) -> list[str]:
    wanted = [each for each in separators or () if each] or list(_BLANKS)
    parts: list[str] = []
    rest = text
    while len(parts) + 1 < most or not most:
        found = [(at, -len(each), each) for each in wanted if (at := rest.find(each)) >= 0]
        if not found:
            break
        at, _, each = min(found)
        parts.append(rest[:at])
        rest = rest[at + len(each) :]
        if options & 1 and not (parts[-1].strip(_BLANKS) if options & 2 else parts[-1]):
            parts.pop()
    parts.append(rest)
    if options & 2:
        parts = [part.strip(_BLANKS) for part in parts]
    return [part for part in parts if part] if options & 1 else parts


def _split_chars(text: str, separators: Iterable[str] | None, most: int = 0, options: int = 0) -> list[str]:
    wanted = list(separators or ())
    if most < 0:
        raise out_of_range("count")
    if len(wanted) == 1 and not most and not options:
        return text.split(wanted[0])
    if len(wanted) > 1 and not most and not options:
        for each in wanted[1:]:
            text = text.replace(each, wanted[0])
        return text.split(wanted[0])
    return _split(text, wanted, most, options)


def _substring(text: str, start: int, length: int | None = None) -> str:
    whole = units(text)
    end = len(whole) if length is None else start + length
    if start < 0 or start > len(whole):
        raise out_of_range("startIndex")
    if not start <= end <= len(whole):
        raise out_of_range("length")
    return joined(whole[start:end])


def _removed(text: str, start: int, count: int | None = None) -> str:
    whole = units(text)
    return joined(whole[:start] + whole[len(_substring(text, 0, start)) + len(units(_substring(text, start, count))) :])


def _padded(pad: Callable[[str, int, str], str]) -> Callable[..., str]:
    def run(text: str, width: int, filler: str = " ") -> str:
        if width < 0:
            raise out_of_range("totalWidth")
        return pad(text, bounded(width), filler)

    return run


def _character(text: str, index: int) -> str:
    whole = units(text)
    if not 0 <= index < len(whole):
        raise out_of_bounds()
    return whole[index]


def _trimmed(strip: Callable[[str, str], str]) -> Callable[..., str]:
    return lambda text, characters=None: strip(text, "".join(characters or ()) or _BLANKS)


def within_bounds(text: str) -> str:
    """`text`.

    Raises:
        LimitExceededError: it is too long.
    """
    if len(text) > LARGEST_TEXT:
        bounded(len(text))
    return text


def concatenated(parts: Iterable[str]) -> str:
    """The parts in one text.

    Raises:
        LimitExceededError: it is too long.
    """
    found = list(parts)
    bounded(sum(map(len, found)))
    return "".join(found)


def _join(separator: str | None, values: Iterable[Any]) -> str:
    texts = [as_text(value) for value in values]
    bounded(sum(map(len, texts)) + len(separator or "") * len(texts))
    return (separator or "").join(texts)


def format_text(form: str, arguments: list[Any]) -> str:
    """`string.Format`.

    Raises:
        EvaluationError: braces that do not match, or an argument that is missing.
    """
    parts: list[str] = []
    position = 0
    while position < len(form):
        each = form[position]
        if each not in "{}":
            end = min((at for at in (form.find("{", position), form.find("}", position)) if at >= 0), default=len(form))
            parts.append(form[position:end])
            position = end
        elif form[position : position + 2] == each * 2:
            parts.append(each)
            position += 2
        else:
            end = form.find("}", position)
            if each == "}" or end < 0:
                raise invalid_format()
            parts.append(_placed(form[position + 1 : end], arguments))
            position = end + 1
    return concatenated(parts)


def _placed(hole: str, arguments: list[Any]) -> str:
    place, _, form = hole.partition(":")
    number, _, width = place.partition(",")
    if not number.strip().isdecimal() or int(number) >= len(arguments):
        raise invalid_format()
    return aligned(formatted(OBJECT, arguments[int(number)], form), width.strip())


def aligned(text: str, width: str) -> str:
    """`text` at the right (`8`) or the left (`-8`) of so many characters."""
    if not width:
        return text
    if not width.removeprefix("-").isdecimal():
        raise invalid_format()
    size = bounded(int(width.removeprefix("-")))
    return text.ljust(size) if width.startswith("-") else text.rjust(size)


_TEXT: Members = {
    "int Length": lambda text: len(units(text)),
    "char this[int index]": _character,
    "bool Contains(string value!!)": lambda text, part: part in text,
    "bool Contains(string value!!, StringComparison comparisonType)": _compared(
        lambda text, part: part in text, ORDINAL
    ),
    "bool Contains(char value)": lambda text, part: part in text,
    "bool StartsWith(string value!!)": _compared(str.startswith, 0),
    "bool StartsWith(string value!!, StringComparison comparisonType)": _compared(str.startswith, 0),
    "bool StartsWith(char value)": lambda text, part: text.startswith(part),
    "bool EndsWith(string value!!)": _compared(str.endswith, 0),
    "bool EndsWith(string value!!, StringComparison comparisonType)": _compared(str.endswith, 0),
    "bool EndsWith(char value)": lambda text, part: text.endswith(part),
    "bool Equals(string value)": equal,
    "bool Equals(string value, StringComparison comparisonType)": equal,
    "int CompareTo(string strB)": compare,
    "int IndexOf(string value!!)": lambda text, part: _position(text, part, str.find, 0),
    "int IndexOf(string value!!, int startIndex)": _index_from,
    "int IndexOf(string value!!, StringComparison comparisonType)": lambda text, part, how: _position(
        text, part, str.find, how
    ),
    "int IndexOf(char value)": lambda text, part: units(text).find(part),
    "int IndexOf(char value, int startIndex)": _index_from,
    "int LastIndexOf(string value!!)": lambda text, part: _position(text, part, str.rfind, 0),
    "int LastIndexOf(char value)": lambda text, part: units(text).rfind(part),
    "string Insert(int startIndex, string value!!)": lambda text, at, part: concatenated(
        [_substring(text, 0, at), part, _substring(text, at)]
    ),
    "string PadLeft(int totalWidth)": _padded(str.rjust),
    "string PadLeft(int totalWidth, char paddingChar)": _padded(str.rjust),
    "string PadRight(int totalWidth)": _padded(str.ljust),
    "string PadRight(int totalWidth, char paddingChar)": _padded(str.ljust),
    "string Remove(int startIndex)": lambda text, at: _substring(text, 0, at),
    "string Remove(int startIndex, int count)": _removed,
    "string Replace(string oldValue, string newValue)": _replace,
    "string Replace(char oldChar, char newChar)": lambda text, old, new: text.replace(old, new),
    "string[] Split(params char[] separator)": _split_chars,
    "string[] Split(char separator, StringSplitOptions options = 0)": lambda text, by, options: _split_chars(
        text, [by], 0, options
    ),
    "string[] Split(char separator, int count, StringSplitOptions options = 0)": lambda text, by, most, options: (
        _split_chars(text, [by], most, options)
    ),
    "string[] Split(char[] separator, int count)": _split_chars,
    "string[] Split(char[] separator, int count, StringSplitOptions options)": _split_chars,
    "string[] Split(string[] separator, int count, StringSplitOptions options)": _split,
    "string[] Split(char[] separator, StringSplitOptions options)": lambda text, by, options: _split_chars(
        text, by, 0, options
    ),
    "string[] Split(string separator, StringSplitOptions options = 0)": lambda text, by, options: _split(
        text, [by] if by else ["\0\0"], 0, options
    ),
    "string[] Split(string[] separator, StringSplitOptions options)": lambda text, by, options: _split(
        text, by, 0, options
    ),
    "string Substring(int startIndex)": _substring,
    "string Substring(int startIndex, int length)": _substring,
    "char[] ToCharArray()": lambda text: Collection(array_of(CHAR), units(text)),
    "string ToLower()": lower,
    "string ToLowerInvariant()": lower,
    "string ToString()": lambda text: text,
    "string ToUpper()": upper,
    "string ToUpperInvariant()": upper,
    "string Trim(params char[] trimChars)": _trimmed(str.strip),
    "string TrimEnd(params char[] trimChars)": _trimmed(str.rstrip),
    "string TrimStart(params char[] trimChars)": _trimmed(str.lstrip),
}
_STATIC_TEXT: Members = {
    "static string Empty": lambda: "",
    "static bool IsNullOrEmpty(string value)": lambda text: not text,
    "static bool IsNullOrWhiteSpace(string value)": lambda text: text is None or not text.strip(_BLANKS),
    "static bool Equals(string a, string b)": equal,
    "static bool Equals(string a, string b, StringComparison comparisonType)": equal,
    "static int Compare(string strA, string strB)": compare,
    "static int Compare(string strA, string strB, bool ignoreCase)": lambda one, other, case: compare(
        one, other, 1 if case else 0
    ),
    "static int Compare(string strA, string strB, StringComparison comparisonType)": compare,
    "static int CompareOrdinal(string strA, string strB)": lambda one, other: compare(one, other, ORDINAL),
    "static string Concat(params object[] values)": lambda values: concatenated(map(as_text, values)),
    "static string Concat<T>(IEnumerable<T> values!!)": lambda values: concatenated(map(as_text, values)),
    "static string Join(string separator, params string[] value!!)": _join,
    "static string Join<T>(string separator, IEnumerable<T> values!!)": _join,
    "static string Join(string separator, params object[] values!!)": _join,
    "static string Format(string format!!, params object[] args!!)": format_text,
    "new(char[] value)": lambda characters: joined("".join(characters or ())),
    "new(char c, int count)": lambda each, count: each * bounded(max(count, 0)),
}
declare("string", _TEXT | _STATIC_TEXT)
declare(
    "char",
    {
        "static bool IsDigit(char c)": str.isdecimal,
        "static bool IsLetter(char c)": str.isalpha,
        "static bool IsLetterOrDigit(char c)": lambda each: each.isalpha() or each.isdecimal(),
        "static bool IsUpper(char c)": str.isupper,
        "static bool IsLower(char c)": str.islower,
        "static bool IsWhiteSpace(char c)": lambda each: each in _BLANKS,
        "static char ToUpper(char c)": upper,
        "static char ToLower(char c)": lower,
        "static char ToUpperInvariant(char c)": upper,
        "static char ToLowerInvariant(char c)": lower,
    },
)


class StringBuilder:
    """A text that grows."""

    csharp_type: ClassVar[str] = "StringBuilder"

    def __init__(self, text: str | None = None) -> None:
        self.parts = [text or ""]
        self.length = len(self.parts[0])

    def append(self, text: str) -> StringBuilder:
        """Add a text at the end."""
        self.length = bounded(self.length + len(text))
        self.parts.append(text)
        return self

    def __str__(self) -> str:
        return "".join(self.parts)


declare(
    "StringBuilder",
    {
        "new()": StringBuilder,
        "new(string value)": StringBuilder,
        "new(int capacity)": lambda _: StringBuilder(),
        "int Length": lambda builder: len(units(str(builder))),
        "StringBuilder Append(object value)": lambda builder, value: builder.append(as_text(value)),
        "StringBuilder AppendLine()": lambda builder: builder.append("\r\n"),
        "StringBuilder AppendLine(string value)": lambda builder, text: builder.append(f"{text or ''}\r\n"),
        "StringBuilder AppendFormat(string format!!, params object[] args!!)": lambda builder, form, values: (
            builder.append(format_text(form, values))
        ),
    },
    "System.Text",
)
declare(
    "StringComparer",
    {
        **{f"static StringComparer {name}": lambda number=number: number for number, name in enumerate(COMPARISONS)},
        "bool Equals(string x, string y)": lambda how, one, other: equal(one, other, how),
        "bool Contains(this IEnumerable<string> source!!, string value, StringComparer comparer)": (
            lambda source, value, how: any(equal(item, value, ORDINAL if how is None else how) for item in source)
        ),
    },
)
