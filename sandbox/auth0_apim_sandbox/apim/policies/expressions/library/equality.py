"""When .NET takes two values for equal, and in which order it sorts them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.library.json_tokens import JValue
from auth0_apim_sandbox.apim.policies.expressions.library.moments import plain
from auth0_apim_sandbox.apim.policies.expressions.library.text_comparison import order
from auth0_apim_sandbox.apim.policies.expressions.library.values import Boxed, Pair, runtime_type, unboxed
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import invalid_operation
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import VALUE_TYPES


def identity(value: Any) -> Any:  # noqa: PLR0911 - one for each kind
    """A key that is equal for values that `Equals` takes for equal: by value for values and texts, by reference otherwise."""
    if isinstance(value, str | None):
        return value
    if isinstance(value, datetime):
        return datetime, plain(value)
    if isinstance(value, JValue):
        return JValue, identity(value.value)
    if isinstance(value, Boxed):
        return value.type, identity(value.value)
    if isinstance(value, Pair):
        return Pair, identity(value.key), identity(value.value)
    values = getattr(value, "values", None)
    if isinstance(values, tuple):
        return value.type, tuple(identity(item) for item in values)
    if runtime_type(value).name in VALUE_TYPES or type(value).__name__ in ("Uri", "XName", "XNamespace"):
        return type(value), value
    return id(value)


def are_equal(one: Any, other: Any) -> bool:
    """`object.Equals(one, other)`."""
    return bool(identity(one) == identity(other))


def sort_key(value: Any) -> Any:
    """The place of a value in .NET's default order.

    Raises:
        EvaluationError: values of its type have none.
    """
    value = unboxed(value)
    if value is None:
        return (0,)
    if isinstance(value, str):
        return 1, order(value, 0)
    if isinstance(value, datetime):
        return 1, plain(value)
    if isinstance(value, JValue):
        return sort_key(value.value)
    if isinstance(value, bool | int | float | Decimal) or runtime_type(value).name in VALUE_TYPES:
        return 1, value
    raise invalid_operation("Failed to compare two elements in the array.")
