"""Literals of C#: what a token stands for."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    BOOL,
    CHAR,
    DECIMAL,
    DOUBLE,
    INTEGRALS,
    NULL,
    STRING,
    Type,
)

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{1,4}|.)", re.DOTALL)
_ESCAPES = {
    "\\": "\\",
    '"': '"',
    "'": "'",
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_INTEGER = re.compile(r"(0[xX][0-9A-Fa-f]+|0[bB][01]+|\d+)([uUlL]{0,2})")
_REAL = re.compile(r"((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([fFdDmM]?)")


def literal(kind: str, text: str) -> tuple[Type, Any]:  # noqa: PLR0911 - one for each kind
    """The type and the value of a literal, whose kind is the grammar's.

    Raises:
        ExpressionError: a number that no type holds, an unknown escape, or half a character.
    """
    match kind:
        case "null_literal":
            return NULL, None
        case "boolean_literal":
            return BOOL, text == "true"
        case "character_literal":
            return CHAR, _character(text[1:-1])
        case "string_literal":
            return STRING, whole(unescaped(text[1:-1]))
        case "verbatim_string_literal":
            return STRING, text[2:-1].replace('""', '"')
        case "raw_string_literal":
            return STRING, _raw(text)
        case "integer_literal":
            return _integer(text)
        case "real_literal":
            return _real(text)
    raise ExpressionError(f"'{text}' is not supported in an expression.")


def unescaped(text: str) -> str:
    """`text` with its escapes resolved; a pair of surrogates may be spelled as two escapes."""
    return _ESCAPE.sub(_escaped, text)


def whole(text: str) -> str:
    """`text` with pairs of surrogates as the characters they mean.

    Raises:
        ExpressionError: half a pair.
    """
    if text.isascii():
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise ExpressionError("Half a character (an unpaired surrogate) is not supported in a string.") from None


def _escaped(match: re.Match[str]) -> str:
    escape = match[1]
    if escape in _ESCAPES:
        return _ESCAPES[escape]
    if len(escape) > 1 and int(escape[1:], 16) <= 0x10FFFF:
        return chr(int(escape[1:], 16))
    raise ExpressionError(f"The escape '\\{escape}' is not supported in a string.")


def _character(text: str) -> str:
    value = unescaped(text)
    if len(value) != 1 or value > "\uffff":
        raise ExpressionError(f"'{text}' is not one character.")
    return value


def _raw(text: str) -> str:
    """A raw string (C# 11): as it stands between three quotes or more; on lines of their own, less the last line's indentation."""
    quotes = len(text) - len(text.lstrip('"'))
    inner = text[quotes:-quotes]
    if "\n" not in inner:
        return inner
    lines = inner.replace("\r\n", "\n").split("\n")
    indent = lines[-1]
    if lines[0].strip() or indent.strip():
        raise ExpressionError("A raw string of several lines starts and ends on lines of its own.")
    if any(line.strip() and not line.startswith(indent) for line in lines[1:-1]):
        raise ExpressionError("A line of a raw string starts before its closing quotes do.")
    return "\n".join(line.removeprefix(indent) for line in lines[1:-1])


def _integer(text: str) -> tuple[Type, Any]:
    match = _INTEGER.fullmatch(text.replace("_", ""))
    if match is None or len(match[1]) > 70:
        raise ExpressionError(f"The number {text[:20]} does not fit an integral type.")
    digits, suffix = match[1].lower(), match[2].lower()
    base = {"0x": 16, "0b": 2}.get(digits[:2], 10)
    number = int(digits[2:] if base != 10 else digits, base)
    for name in ("int", "uint", "long", "ulong"):
        if ("u" in suffix and not name.startswith("u")) or ("l" in suffix and not name.endswith("long")):
            continue
        if number <= INTEGRALS[name][1]:
            return Type(name), number
    raise ExpressionError(f"The number {text[:20]} does not fit an integral type.")


def _real(text: str) -> tuple[Type, Any]:
    match = _REAL.fullmatch(text.replace("_", ""))
    if match is None or len(match[1]) > 70:
        raise ExpressionError(f"The number {text[:20]} is not supported in an expression.")
    if match[2].lower() == "m":
        return DECIMAL, Decimal(match[1])
    return (Type("float") if match[2].lower() == "f" else DOUBLE), float(match[1])
