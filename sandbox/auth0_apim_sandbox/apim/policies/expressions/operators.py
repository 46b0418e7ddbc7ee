"""Operators: their types are C#'s, checked when an expression is bound."""

from collections.abc import Callable
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.csharp_types import common_type
from auth0_apim_sandbox.apim.policies.expressions.errors import EvaluationError, ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.members import as_text
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound, Evaluate

_RUNTIME: dict[str, type] = {"string": str, "bool": bool, "int": int, "string[]": list}


def bind_unary(operator: str, operand: Bound) -> Bound:
    """`!operand` and `-operand`."""
    kind, evaluate = operand
    expected = "bool" if operator == "!" else "int"
    if kind != expected:
        raise ExpressionError(f"Operator '{operator}' cannot be applied to operand of type '{kind}'.")
    if operator == "!":
        return "bool", lambda context: not evaluate(context)
    return "int", lambda context: -evaluate(context)


def bind_conditional(condition: Bound, yes: Bound, no: Bound) -> Bound:
    """`condition ? yes : no`."""
    if condition[0] != "bool":
        raise ExpressionError(f"Cannot implicitly convert type '{condition[0]}' to 'bool'.")
    test, on_true, on_false = condition[1], yes[1], no[1]
    return common_type(yes[0], no[0], "? :"), lambda context: on_true(context) if test(context) else on_false(context)


def bind_cast(to: str, operand: Bound, *, is_optional: bool) -> Bound:
    """`(to)operand`, and `operand as to`."""
    kind, evaluate = operand
    if kind not in ("object", to, "null"):
        raise ExpressionError(f"Cannot convert type '{kind}' to '{to}'.")
    if is_optional and to in ("bool", "int"):
        raise ExpressionError(f"The operator 'as' needs a type that can be null, which '{to}' cannot.")

    def cast(context: Any) -> Any:
        value = evaluate(context)
        expected = _RUNTIME.get(to)
        matches = type(value) is expected if expected else hasattr(value, "claims")
        if matches or (value is None and to not in ("bool", "int")):
            return value
        if is_optional:
            return None
        raise EvaluationError(f"Unable to cast object to type '{to}'.")

    return to, cast


def bind_binary(operator: str, left: Bound, right: Bound) -> Bound:
    """`left operator right`; `&&`, `||` and `??` look at the right side only where they need it."""
    (kind, first), (other, second) = left, right
    if operator in ("&&", "||") and kind == other == "bool":
        return "bool", _and(first, second) if operator == "&&" else _or(first, second)
    if operator == "??":
        result = other if kind == f"{other}?" else common_type(kind, other, operator)
        return result, lambda context: value if (value := first(context)) is not None else second(context)
    if operator in ("==", "!="):
        common_type(kind.rstrip("?"), other.rstrip("?"), operator)
        wanted = operator == "=="
        return "bool", lambda context: _equal(first(context), second(context)) is wanted
    if operator == "+" and "string" in (kind, other):
        return "string", lambda context: as_text(first(context)) + as_text(second(context))
    if operator in _ORDER and kind.rstrip("?") == other.rstrip("?") and kind.rstrip("?") in ("int", "DateTime"):
        return "bool", _ordered(_ORDER[operator], left, right)
    if operator in ("+", "-") and kind == other == "int":
        sign = 1 if operator == "+" else -1
        return "int", lambda context: first(context) + sign * second(context)
    raise ExpressionError(f"Operator '{operator}' cannot be applied to operands of type '{kind}' and '{other}'.")


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def _and(first: Evaluate, second: Evaluate) -> Evaluate:
    return lambda context: first(context) and second(context)


def _or(first: Evaluate, second: Evaluate) -> Evaluate:
    return lambda context: first(context) or second(context)


def _ordered(compare: Callable[[Any, Any], bool], left: Bound, right: Bound) -> Callable[[Any], bool]:
    """A comparison, which is false when a side is null, as C# lifts it."""

    def ordered(context: Any) -> bool:
        first, second = left[1](context), right[1](context)
        return first is not None and second is not None and compare(first, second)

    return ordered


def _equal(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)
