"""Operators: their types are C#'s, checked when an expression is bound."""

from __future__ import annotations

import math
import operator as python
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.conversions import converted, fits
from auth0_apim_sandbox.apim.policies.expressions.library.equality import are_equal
from auth0_apim_sandbox.apim.policies.expressions.library.formatting import text_in
from auth0_apim_sandbox.apim.policies.expressions.library.moments import plain
from auth0_apim_sandbox.apim.policies.expressions.library.numerals import checked_decimal, wrapped
from auth0_apim_sandbox.apim.policies.expressions.library.texts import concatenated, within_bounds
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Frame
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    BOOL,
    DATE_TIME,
    INT,
    INTEGRALS,
    LONG,
    NULL,
    NUMBERS,
    OBJECT,
    STRING,
    TIME_SPAN,
    Type,
    common_type,
    is_nullable,
    is_reference,
    nullable,
    underlying,
)
from auth0_apim_sandbox.apim.policies.expressions.scope import NOTHING, Bound

Binary = Callable[[Any, Any], Any]
_ORDER: dict[str, Binary] = {"<": python.lt, ">": python.gt, "<=": python.le, ">=": python.ge}
_BITS: dict[str, Binary] = {"&": python.and_, "|": python.or_, "^": python.xor}
_SUMS: dict[str, Binary] = {"+": python.add, "-": python.sub, "*": python.mul}
_BY_VALUE = frozenset({"Uri", "XName"})


def _refusal(operator: str, left: Bound, right: Bound) -> ExpressionError:
    return ExpressionError(
        f"Operator '{operator}' cannot be applied to operands of type '{left.type}' and '{right.type}'."
    )


def bind_unary(operator: str, operand: Bound) -> Bound:
    """`!operand`, `-operand`, `+operand` and `~operand`.

    Raises:
        ExpressionError: not for this type.
    """
    run, kind = operand.run, operand.type
    if operator == "!" and kind == BOOL:
        return Bound(BOOL, lambda frame: not run(frame))
    number = _promoted(underlying(kind)) if underlying(kind).name in (*NUMBERS, "char") and kind.name != "?" else None
    if (number is not None and operator in "+-") or (
        operator == "~" and number is not None and number.name in INTEGRALS
    ):
        value = converted(operand, LONG if number.name == "uint" and operator == "-" else number)
        code, name = value.run, value.type.name
        if operator == "+":
            return value
        if name in INTEGRALS:
            change = python.neg if operator == "-" else python.invert
            constant = NOTHING if operand.constant is NOTHING else change(operand.constant)
            return Bound(value.type, lambda frame: wrapped(change(code(frame)), name), constant)
        return Bound(value.type, lambda frame: -code(frame))
    if operator == "-" and kind == TIME_SPAN:
        return Bound(kind, lambda frame: -run(frame))
    raise ExpressionError(f"Operator '{operator}' cannot be applied to operand of type '{kind}'.")


def _promoted(kind: Type) -> Type:
    return INT if kind.name in ("sbyte", "byte", "short", "ushort", "char") else kind


def bind_conditional(test: Bound, yes: Bound, no: Bound) -> Bound:
    """`test ? yes : no`.

    Raises:
        ExpressionError: no Boolean, or values that have no common type.
    """
    if test.type != BOOL:
        raise ExpressionError(f"Cannot implicitly convert type '{test.type}' to 'bool'.")
    kind = yes.type if fits(no, yes.type) else no.type if fits(yes, no.type) else None
    if kind is None or kind == NULL:
        raise _refusal("? :", yes, no)
    condition, first, second = test.run, converted(yes, kind).run, converted(no, kind).run
    return Bound(kind, lambda frame: first(frame) if condition(frame) else second(frame))


def bind_coalesce(left: Bound, right: Bound) -> Bound:
    """`left ?? right`.

    Raises:
        ExpressionError: a left side that is never null, or no common type.
    """
    if not is_nullable(left.type) and left.type != NULL:
        raise _refusal("??", left, right)
    inner = underlying(left.type)
    if fits(right, inner) and left.type != NULL:
        kind, first, second = inner, left.run, converted(right, inner).run
    else:
        kind = left.type if fits(right, left.type) and left.type != NULL else right.type
        first, second = converted(left, kind).run, converted(right, kind).run

    def run(frame: Frame) -> Any:
        value = first(frame)
        return second(frame) if value is None else value

    return Bound(kind, run)


def bind_concatenation(parts: list[Bound]) -> Bound:
    """The text of all parts, one after the other."""
    codes = [_text(part) for part in parts]
    if len(codes) == 2:
        first, second = codes
        return Bound(STRING, lambda frame: within_bounds(first(frame) + second(frame)))
    return Bound(STRING, lambda frame: concatenated([code(frame) for code in codes]))


def _text(part: Bound) -> Code:
    kind, run = part.type, part.run
    if kind in (STRING, NULL):
        return lambda frame: run(frame) or ""
    return lambda frame: text_in(kind, run(frame))


def bind_binary(operator: str, left: Bound, right: Bound) -> Bound:
    """`left operator right`; `&&`, `||` and `??` are bound elsewhere, as they look at the right side only where they need it.

    Raises:
        ExpressionError: not for these types.
    """
    one, other = underlying(left.type), underlying(right.type)
    if operator in ("==", "!="):
        return _bind_equality(operator, left, right)
    if operator == "+" and STRING in (left.type, right.type):
        return bind_concatenation([left, right])
    if operator in ("<<", ">>") and other.name in INTEGRALS and _promoted(one).name in INTEGRALS:
        return _bind_shift(operator, left, right)
    if one == other == BOOL and operator in _BITS:
        bits = _BITS[operator]
        return Bound(BOOL, _lifted(left, right, bits))
    if one in (DATE_TIME, TIME_SPAN, Type("DateTimeOffset")) and other in (DATE_TIME, TIME_SPAN, one):
        return _bind_moments(operator, left, right)
    if one.name in (*NUMBERS, "char") and other.name in (*NUMBERS, "char"):
        return _bind_numbers(operator, left, right)
    raise _refusal(operator, left, right)


def _common_number(left: Bound, right: Bound) -> Type | None:
    one, other = _promoted(underlying(left.type)), _promoted(underlying(right.type))
    for constant, kind, value in ((left, other, left.constant), (right, one, right.constant)):
        if constant.type == INT and value is not NOTHING and kind.name in ("uint", "ulong") and value >= 0:
            return kind
    names = {one.name, other.name}
    if names == {"int", "uint"}:
        return LONG
    return common_type(one, other)


def _bind_numbers(operator: str, left: Bound, right: Bound) -> Bound:
    kind = _common_number(left, right)
    if kind is None:
        raise _refusal(operator, left, right)
    wanted = nullable(kind) if "?" in (left.type.name, right.type.name) else kind
    first, second = converted(left, wanted), converted(right, wanted)
    if operator in _ORDER:
        return Bound(BOOL, _compared(first, second, _ORDER[operator]))
    compute = _calculation(operator, kind)
    if compute is None:
        raise _refusal(operator, left, right)
    if left.type == right.type == INT and NOTHING not in (left.constant, right.constant) and right.constant != 0:
        value = compute(left.constant, right.constant)
        if operator in _SUMS and value != _SUMS[operator](left.constant, right.constant):
            raise ExpressionError("The operation overflows at compile time.")
        return Bound(kind, lambda _: value, value)
    return Bound(wanted, _lifted(first, second, compute))


def _calculation(operator: str, kind: Type) -> Binary | None:  # noqa: PLR0911 - one for each kind
    name = kind.name
    if name in INTEGRALS:
        if operator in ("/", "%"):
            return lambda one, other: wrapped(_divided(one, other, operator), name)
        function = _SUMS.get(operator) or _BITS.get(operator)
        return None if function is None else (lambda one, other: wrapped(function(one, other), name))
    if name == "decimal":
        if operator in ("/", "%"):
            return lambda one, other: checked_decimal(_decimal_divided(one, other, operator))
        total = _SUMS.get(operator)
        return None if total is None else (lambda one, other: checked_decimal(total(one, other)))
    if operator == "/":
        return _float_divided
    if operator == "%":
        return lambda one, other: math.nan if other == 0 or math.isinf(one) else math.fmod(one, other)
    return _float_sum(_SUMS[operator]) if operator in _SUMS else None


def _float_sum(function: Binary) -> Binary:
    return lambda one, other: function(float(one), float(other))


def _by_zero() -> EvaluationError:
    return EvaluationError("Attempted to divide by zero.", "DivideByZeroException")


def _divided(one: int, other: int, operator: str) -> int:
    if other == 0:
        raise _by_zero()
    quotient = abs(one) // abs(other)
    quotient = quotient if (one < 0) == (other < 0) else -quotient
    return quotient if operator == "/" else one - quotient * other


def _decimal_divided(one: Decimal, other: Decimal, operator: str) -> Decimal:
    if other == 0:
        raise _by_zero()
    return one / other if operator == "/" else one % other


def _float_divided(one: float, other: float) -> float:
    if other == 0:
        return math.nan if one == 0 or math.isnan(one) else math.copysign(math.inf, one) * math.copysign(1, other)
    return one / other


def _bind_shift(operator: str, left: Bound, right: Bound) -> Bound:
    kind = _promoted(left.type)
    value, count = converted(left, kind).run, converted(right, INT).run
    mask = 63 if kind.name in ("long", "ulong") else 31
    if operator == "<<":
        return Bound(kind, lambda frame: wrapped(value(frame) << (count(frame) & mask), kind.name))
    return Bound(kind, lambda frame: value(frame) >> (count(frame) & mask))


def _bind_moments(operator: str, left: Bound, right: Bound) -> Bound:
    one, other = underlying(left.type), underlying(right.type)
    is_optional = "?" in (left.type.name, right.type.name)

    def result(kind: Type, compute: Binary) -> Bound:
        return Bound(nullable(kind) if is_optional else kind, _lifted(left, right, _dated(compute)))

    if operator in _ORDER and one == other:
        return Bound(BOOL, _compared(left, right, lambda a, b: _ORDER[operator](_instant(a, one), _instant(b, one))))
    if operator == "-" and one == other:
        return result(TIME_SPAN, lambda a, b: _instant(a, one) - _instant(b, one))
    if operator in ("+", "-") and other == TIME_SPAN:
        return result(one, _SUMS[operator])
    raise _refusal(operator, left, right)


def _instant(value: Any, kind: Type) -> Any:
    return plain(value) if kind == DATE_TIME else value


def _dated(compute: Binary) -> Binary:
    def run(one: Any, other: Any) -> Any:
        try:
            return compute(one, other)
        except OverflowError:
            raise EvaluationError(
                "The added or subtracted value results in an un-representable DateTime.", "ArgumentOutOfRangeException"
            ) from None

    return run


def _lifted(left: Bound, right: Bound, compute: Binary) -> Code:
    """A calculation, which gives null where a side is null."""
    first, second = left.run, right.run
    if "?" not in (left.type.name, right.type.name):
        return lambda frame: compute(first(frame), second(frame))

    def run(frame: Frame) -> Any:
        one, other = first(frame), second(frame)
        return None if one is None or other is None else compute(one, other)

    return run


def _compared(left: Bound, right: Bound, compare: Binary) -> Code:
    """A comparison, which is false where a side is null, as C# lifts it."""
    first, second = left.run, right.run

    def run(frame: Frame) -> bool:
        one, other = first(frame), second(frame)
        return one is not None and other is not None and bool(compare(one, other))

    return run


def _bind_equality(operator: str, left: Bound, right: Bound) -> Bound:
    wanted = operator == "=="
    one, other = underlying(left.type), underlying(right.type)
    if NULL in (left.type, right.type):
        value = right if left.type == NULL else left
        if not is_nullable(value.type) and value.type != NULL:
            raise _refusal(operator, left, right)
        run = value.run
        return Bound(BOOL, lambda frame: (run(frame) is None) is wanted)
    if left.type == right.type == STRING:
        return _strings_equal(left, right, wanted)
    if one.name in (*NUMBERS, "char") and other.name in (*NUMBERS, "char"):
        kind = _common_number(left, right)
        if kind is None:
            raise _refusal(operator, left, right)
        kind = nullable(kind) if "?" in (left.type.name, right.type.name) else kind
        return _strings_equal(converted(left, kind), converted(right, kind), wanted)
    if not is_reference(one) and one == other:
        return _values_equal(left, right, wanted)
    if is_reference(one) and is_reference(other) and (OBJECT in (one, other) or common_type(one, other) is not None):
        if one == other and one.name in _BY_VALUE:
            return _values_equal(left, right, wanted)
        if STRING not in (one, other) or OBJECT in (one, other):
            first, second = left.run, right.run
            return Bound(BOOL, lambda frame: (first(frame) is second(frame)) is wanted)
    raise _refusal(operator, left, right)


def _strings_equal(left: Bound, right: Bound, wanted: bool) -> Bound:
    first, second = left.run, right.run
    if wanted:
        return Bound(BOOL, lambda frame: first(frame) == second(frame))
    return Bound(BOOL, lambda frame: first(frame) != second(frame))


def _values_equal(left: Bound, right: Bound, wanted: bool) -> Bound:
    first, second = left.run, right.run
    return Bound(BOOL, lambda frame: are_equal(first(frame), second(frame)) is wanted)
