"""Numbers as text and text as numbers, in the invariant culture."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    EvaluationError,
    argument_null,
    invalid_format,
    overflow,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import INTEGRALS

_STANDARD = re.compile(r"([DdFfGgNnXxPpRrEe])(\d{0,2})")
_INTEGER = re.compile(r"\s*([+-]?\d{1,60})\s*", re.ASCII)
_REAL = re.compile(
    r"\s*[+-]?(?:\d[\d,]{0,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,4})?\s*|\s*-?(?:Infinity|NaN)\s*", re.ASCII
)
_BITS = {"sbyte": 8, "byte": 8, "short": 16, "ushort": 16, "int": 32, "uint": 32, "long": 64, "ulong": 64}


def wrapped(number: int, kind: str) -> int:
    """`number` as an integral type has it after an overflow, which C# does not check."""
    least, most = INTEGRALS[kind]
    return number if least <= number <= most else (number - least) % (most - least + 1) + least


def format_number(value: Any, kind: str, form: str) -> str:  # noqa: PLR0911 - one for each kind
    """`value` in a standard or a custom format; without one, the shortest text that gives the number again.

    Raises:
        EvaluationError: no such format for the type.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if not form:
        return _shortest(value)
    match = _STANDARD.fullmatch(form)
    if match is None:
        return _custom(value, form)
    letter, digits = match[1], int(match[2]) if match[2] else None
    match letter.upper():
        case "D" | "X" if kind not in INTEGRALS:
            raise invalid_format("Format specifier")
        case "D":
            return f"{'-' if value < 0 else ''}{abs(value):0{digits or 1}d}"
        case "X":
            return f"{value % 2 ** _BITS[kind]:0{digits or 1}{letter}}"
        case "F":
            return _fixed(value, 2 if digits is None else digits)
        case "N":
            return _fixed(value, 2 if digits is None else digits, ",")
        case "P":
            return f"{_fixed(Decimal(_shortest(value)) * 100, 2 if digits is None else digits, ',')} %"
        case "E":
            return _scientific(value, 6 if digits is None else digits, letter)
    return _shortest(value) if not digits else _shortest(float(f"{float(value):.{digits}g}"))


def _shortest(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if not isinstance(value, float):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return "-0" if math.copysign(1, value) < 0 and value == 0 else str(int(value))
    text = repr(value)
    if "e" not in text and abs(value) >= 1e15:
        digits = text.removesuffix(".0").lstrip("-").rstrip("0")
        mantissa = f"{digits[0]}.{digits[1:]}".rstrip(".")
        text = f"{'-' if value < 0 else ''}{mantissa}e+{len(text.removesuffix('.0').lstrip('-')) - 1}"
    return text.replace("e", "E")


def _fixed(value: Any, digits: int, separator: str = "") -> str:
    number = Decimal(_shortest(value)) if isinstance(value, float) else Decimal(value)
    rounded = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) if abs(number) < 10**20 else number
    return f"{rounded:{separator}.{digits}f}"


def _scientific(value: Any, digits: int, letter: str) -> str:
    mantissa, _, exponent = f"{float(value):.{digits}e}".partition("e")
    return f"{mantissa}{letter}{exponent[0]}{int(exponent[1:]):03d}"


def _custom(value: Any, form: str) -> str:
    match = re.fullmatch(
        r"(?P<before>[^0#.,%]*)(?P<whole>[0#,]*)(?:\.(?P<part>[0#]*))?(?P<percent>%?)(?P<after>[^0#.,%]*)", form
    )
    if match is None or re.search(r"[;'\"\\EeU‰]", form):
        raise invalid_format("Format string")
    number = Decimal(_shortest(value)) if isinstance(value, float) else Decimal(value)
    if match["percent"]:
        number *= 100
    part = match["part"] or ""
    text = _fixed(abs(number), len(part), "," if "," in match["whole"] else "")
    whole, _, fraction = text.partition(".")
    fraction = fraction[: part.rfind("0") + 1] + fraction[part.rfind("0") + 1 :].rstrip("0")
    least = match["whole"].replace(",", "").count("0")
    whole = "" if not least and whole == "0" else whole.zfill(least)
    sign = "-" if number < 0 and any(digit not in "0.," for digit in text) else ""
    return f"{sign}{match['before']}{whole}{'.' + fraction if fraction else ''}{match['percent']}{match['after']}"


def parse_integer(text: str | None, kind: str) -> int:
    """The integral number in `text`.

    Raises:
        EvaluationError: null, no number, or one that the type cannot hold.
    """
    if text is None:
        raise argument_null("s")
    match = _INTEGER.fullmatch(text)
    if match is None:
        raise invalid_format()
    number = int(match[1])
    if not INTEGRALS[kind][0] <= number <= INTEGRALS[kind][1]:
        raise overflow(f"an {kind}")
    return number


def parse_real(text: str | None) -> float:
    """The `double` in `text`.

    Raises:
        EvaluationError: null, or no number.
    """
    if text is None:
        raise argument_null("s")
    if not _REAL.fullmatch(text):
        raise invalid_format()
    return float(text.replace(",", ""))


def parse_decimal(text: str | None) -> Decimal:
    """The `decimal` in `text`.

    Raises:
        EvaluationError: null, no number, or one that a decimal cannot hold.
    """
    parse_real(text)
    try:
        number = Decimal((text or "").replace(",", "").strip())
    except InvalidOperation:
        raise invalid_format() from None
    return checked_decimal(number)


def checked_decimal(number: Decimal) -> Decimal:
    """`number` when a decimal of .NET (96 bits) holds it.

    Raises:
        EvaluationError: it does not.
    """
    if not number.is_finite() or abs(number) > 2**96:
        raise overflow("a Decimal")
    return number


def rounded(number: Any, digits: int, away: bool) -> Any:
    """`number` rounded half to even, or half away from zero."""
    if isinstance(number, float) and not math.isfinite(number):
        return number
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    result = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP if away else ROUND_HALF_EVEN)
    return result if isinstance(number, Decimal) else float(result)


def integer_of(number: Any, kind: str) -> int:
    """A `double` or a `decimal` without its fraction; a cast that C# does not check gives the least number for what is too large."""
    if isinstance(number, float) and not math.isfinite(number):
        return 0 if kind not in ("int", "long") else INTEGRALS[kind][0]
    whole = int(number)
    least, most = INTEGRALS[kind]
    if least <= whole <= most:
        return whole
    if isinstance(number, Decimal):
        raise overflow(f"an {kind}")
    return least if kind in ("int", "long") else wrapped(whole, kind)


def try_parse(parse: Any, text: str | None) -> tuple[bool, Any]:
    """Whether `parse` takes `text`, and what it gives, 0 otherwise."""
    try:
        return True, parse(text)
    except EvaluationError:
        return False, 0
