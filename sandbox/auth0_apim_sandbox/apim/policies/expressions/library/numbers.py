"""Numbers, `Math`, `Random`, and what every object has."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from auth0_apim_sandbox.apim.policies.expressions.library.equality import are_equal, identity
from auth0_apim_sandbox.apim.policies.expressions.library.formatting import as_text, formatted
from auth0_apim_sandbox.apim.policies.expressions.library.numerals import (
    parse_decimal,
    parse_integer,
    parse_real,
    rounded,
    try_parse,
    wrapped,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, out_of_range, overflow
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import declare
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import INTEGRALS, type_of


def _hash(value: Any) -> int:
    return wrapped(hash(identity(value)), "int")


declare(
    "object",
    {
        "string ToString()": as_text,
        "bool Equals(object obj)": are_equal,
        "int GetHashCode()": _hash,
        "static bool Equals(object objA, object objB)": are_equal,
        "static bool ReferenceEquals(object objA, object objB)": lambda one, other: one is other,
    },
)
declare("Exception", {"string Message": lambda error: error.message, "string ToString()": str})


def _parser(kind: str) -> Callable[[str | None], Any]:
    if kind in INTEGRALS:
        return lambda text: parse_integer(text, kind)
    return parse_decimal if kind == "decimal" else parse_real


def _tried(parse: Callable[[str | None], Any]) -> Callable[..., bool]:
    def run(text: str | None, store: Callable[[Any], None]) -> bool:
        found, value = try_parse(parse, text)
        store(value)
        return found

    return run


def _number_members(kind: str) -> dict[str, Callable[..., Any]]:
    of, parse = type_of(kind), _parser(kind)
    members: dict[str, Callable[..., Any]] = {
        f"static {kind} Parse(string s)": parse,
        f"static bool TryParse(string s, out {kind} result)": _tried(parse),
        f"string ToString()": lambda value: formatted(of, value, ""),  # noqa: F541
        "string ToString(string format)": lambda value, form: formatted(of, value, form or ""),
        f"int CompareTo({kind} value)": lambda one, other: (one > other) - (one < other),
        f"bool Equals({kind} obj)": lambda one, other: bool(one == other),
    }
    if kind in INTEGRALS:
        least, most = INTEGRALS[kind]
        members |= {f"static {kind} MinValue": lambda: least, f"static {kind} MaxValue": lambda: most}
    return members


for _kind in (*INTEGRALS, "double", "decimal"):
    declare(_kind, _number_members(_kind))
declare(
    "double",
    {
        "static bool IsNaN(double d)": math.isnan,
        "static bool IsInfinity(double d)": math.isinf,
        "static double NaN": lambda: math.nan,
    },
)


def _flag(text: str | None) -> bool:
    word = (text or "").strip().lower()
    if word not in ("true", "false"):
        raise EvaluationError("String was not recognized as a valid Boolean.", "FormatException")
    return word == "true"


declare(
    "bool",
    {
        "static bool Parse(string value!!)": _flag,
        "static bool TryParse(string value, out bool result)": lambda text, store: _tried(_flag)(
            text, lambda value: store(bool(value))
        ),
        "string ToString()": lambda value: "True" if value else "False",
        "bool Equals(bool obj)": lambda one, other: one is other,
        "static string TrueString": lambda: "True",
        "static string FalseString": lambda: "False",
    },
)


def _root(number: float) -> float:
    return math.sqrt(number) if number >= 0 else math.nan


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return math.inf if base > 0 or exponent % 2 == 0 else math.nan


def _absolute(number: Any) -> Any:
    if isinstance(number, int) and number in (-(2**31), -(2**63)):
        raise overflow("an absolute value")
    return abs(number)


def _digits(count: int) -> int:
    if not 0 <= count <= 15:
        raise out_of_range("digits")
    return count


def _clamped(value: Any, least: Any, most: Any) -> Any:
    return max(least, min(most, value))


def _whole(function: Callable[[Any], int]) -> Callable[[Any], Any]:
    def run(number: Any) -> Any:
        if isinstance(number, float):
            return float(function(number)) if math.isfinite(number) else number
        return Decimal(function(number))

    return run


_MATH: dict[str, Callable[..., Any]] = {
    "static double Pow(double x, double y)": _power,
    "static double Sqrt(double d)": _root,
    "static double Log(double d)": lambda number: (
        math.log(number) if number > 0 else -math.inf if number == 0 else math.nan
    ),
    "static double Log10(double d)": lambda n: math.log10(n) if n > 0 else -math.inf if n == 0 else math.nan,
    "static double PI": lambda: math.pi,
}
for _kind in ("int", "long", "decimal", "double"):
    _MATH |= {
        f"static {_kind} Abs({_kind} value)": _absolute,
        f"static {_kind} Max({_kind} val1, {_kind} val2)": max,
        f"static {_kind} Min({_kind} val1, {_kind} val2)": min,
        f"static {_kind} Clamp({_kind} value, {_kind} min, {_kind} max)": _clamped,
        f"static int Sign({_kind} value)": lambda number: (number > 0) - (number < 0),
    }
for _kind in ("decimal", "double"):
    _MATH |= {
        f"static {_kind} Ceiling({_kind} d)": _whole(math.ceil),
        f"static {_kind} Floor({_kind} d)": _whole(math.floor),
        f"static {_kind} Truncate({_kind} d)": _whole(math.trunc),
        f"static {_kind} Round({_kind} d)": lambda number: rounded(number, 0, False),
        f"static {_kind} Round({_kind} d, int digits)": lambda number, count: rounded(number, _digits(count), False),
        f"static {_kind} Round({_kind} d, MidpointRounding mode)": lambda number, mode: rounded(number, 0, mode == 1),
        f"static {_kind} Round({_kind} d, int digits, MidpointRounding mode)": lambda number, count, mode: rounded(
            number, _digits(count), mode == 1
        ),
    }
declare("Math", _MATH)


class Random:
    """Pseudo-random numbers; with a seed always the same, though not those of .NET."""

    csharp_type: ClassVar[str] = "Random"

    def __init__(self, seed: int | None = None) -> None:
        self.numbers = random.Random(seed)  # noqa: S311 - .NET's Random is not for secrets either

    def between(self, least: int, most: int) -> int:
        """A number from `least` to below `most`.

        Raises:
            EvaluationError: `least` is the greater one.
        """
        if least > most:
            raise out_of_range("minValue")
        return least if least == most else self.numbers.randrange(least, most)


def _fill(generator: Random, target: bytearray) -> None:
    target[:] = generator.numbers.randbytes(len(target))


declare(
    "Random",
    {
        "new()": Random,
        "new(int Seed)": Random,
        "int Next()": lambda generator: generator.between(0, 2**31 - 1),
        "int Next(int maxValue)": lambda generator, most: generator.between(0, most),
        "int Next(int minValue, int maxValue)": Random.between,
        "double NextDouble()": lambda generator: generator.numbers.random(),
        "void NextBytes(byte[] buffer!!)": _fill,
    },
)
