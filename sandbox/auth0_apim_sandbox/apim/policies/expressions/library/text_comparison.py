"""How .NET compares texts and changes their case, and how long they are in UTF-16."""

from __future__ import annotations

import unicodedata
from typing import Any

_NO_CASE = "\u0130\u0131\u017f"
"""Letters whose other case the invariant culture does not know."""

_IGNORED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\0"))
"""Characters that a comparison by culture does not see."""

ORDINAL, ORDINAL_IGNORE_CASE = 4, 5
"""Numbers of `StringComparison`; below them are the comparisons by culture, the odd ones ignore case."""


def upper(text: str) -> str:
    """`text.ToUpperInvariant()`: one character for each."""
    return text.upper() if text.isascii() else "".join(_cased(each, each.upper()) for each in text)


def lower(text: str) -> str:
    """`text.ToLowerInvariant()`: one character for each."""
    return text.lower() if text.isascii() else "".join(_cased(each, each.lower()) for each in text)


def _cased(character: str, other: str) -> str:
    return other if len(other) == 1 and character not in _NO_CASE else character


def comparable(text: str, comparison: int) -> str:
    """What is compared character by character for a `StringComparison`."""
    if comparison < ORDINAL and not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_IGNORED))
    return upper(text) if comparison % 2 else text


def order(text: str, comparison: int) -> Any:
    """The sort key of `text` for a `StringComparison`."""
    if comparison >= ORDINAL:
        return comparable(text, comparison).encode("utf-16-be", "surrogatepass")
    decomposed = unicodedata.normalize("NFD", text.translate(_IGNORED))
    letters = "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()
    weights = [(each.isalpha(), each.isdigit(), each) for each in letters]
    return weights, decomposed.casefold(), "" if comparison % 2 else text.swapcase()


def units(text: str) -> str:
    """`text` with a character for each UTF-16 code unit, as .NET counts and indexes."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(int.from_bytes(encoded[index : index + 2], "little")) for index in range(0, len(encoded), 2))


def joined(text: str) -> str:
    """`text` with its pairs of code units as the characters they mean."""
    if text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
