"""C#'s types, as far as expressions have them: named by strings, `?` behind a value type that may be null."""

from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.errors import EvaluationError, ExpressionError

VALUE_TYPES = ("bool", "int", "DateTime")
"""Types that are never null."""


def is_assignable(actual: str, expected: str) -> bool:
    """Whether a value of type `actual` can stand where `expected` is asked for."""
    if expected in (actual, "object") or actual == expected.removesuffix("?"):
        return True
    return actual == "null" and expected not in VALUE_TYPES


def common_type(left: str, right: str, operator: str) -> str:
    """The one of two types that values of both have.

    Raises:
        ExpressionError: neither is.
    """
    for one, other in ((left, right), (right, left)):
        if is_assignable(one, other):
            return other
    if left == "null" or right == "null":
        return f"{right if left == 'null' else left}?"
    raise ExpressionError(f"Operator '{operator}' cannot be applied to operands of type '{left}' and '{right}'.")


def not_null(value: Any, member: str) -> Any:
    """`value`.

    Raises:
        EvaluationError: it is null, and `member` cannot be had of it.
    """
    if value is None:
        raise EvaluationError(f"Object reference not set to an instance of an object. ('{member}')")
    return value
