"""Conversions: those that C# makes by itself, and casts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timezone
from decimal import Decimal
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.library.json_tokens import JObject, cast_token, token_of
from auth0_apim_sandbox.apim.policies.expressions.library.numerals import integer_of, wrapped
from auth0_apim_sandbox.apim.policies.expressions.library.sequences import pairs_of
from auth0_apim_sandbox.apim.policies.expressions.library.values import CLASSES, Boxed, box, is_instance
from auth0_apim_sandbox.apim.policies.expressions.library.xml_nodes import name_from
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    ExpressionError,
    invalid_cast,
    invalid_operation,
    null_reference,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    BYTE,
    DATE_TIME,
    ENUMS,
    INT,
    INTEGRALS,
    NULL,
    NUMBERS,
    OBJECT,
    STRING,
    TOKEN,
    VALUE_TYPES,
    Type,
    array_of,
    is_implicit,
    is_nullable,
    is_reference,
    is_subtype,
    supertypes,
    underlying,
)
from auth0_apim_sandbox.apim.policies.expressions.scope import NOTHING, Bound

Change = Callable[[Any], Any]
_FROM_TOKEN = frozenset({*NUMBERS, "bool", "string", "DateTime", "DateTimeOffset", "Guid", "TimeSpan", "Uri"})


def fits(value: Bound, expected: Type) -> bool:
    """Whether `value` converts to `expected` by itself; a constant int also where it fits a smaller type."""
    if is_implicit(value.type, expected):
        return True
    target = underlying(expected)
    if value.type == INT and value.constant is not NOTHING and target.name in INTEGRALS:
        least, most = INTEGRALS[target.name]
        return bool(least <= value.constant <= most)
    return target.name in ENUMS and value.type == INT and value.constant == 0 and value.constant is not NOTHING


def converted(value: Bound, expected: Type, what: str = "") -> Bound:
    """`value` as `expected`.

    Raises:
        ExpressionError: there is no implicit conversion.
    """
    if value.type == expected:
        return value
    if not fits(value, expected):
        place = f" of '{what}'" if what else ""
        raise ExpressionError(f"Cannot implicitly convert type '{value.type}' to '{expected}'{place}.")
    change = implicit_change(value.type, expected)
    return Bound(expected, value.run if change is None else applied(change, value.run))


def applied(change: Change, run: Code) -> Code:
    """`run`, then `change`."""
    return lambda frame: change(run(frame))


def implicit_change(actual: Type, expected: Type) -> Change | None:  # noqa: PLR0911 - one for each kind
    """What an implicit conversion does to a value; None where nothing."""
    if actual in (NULL, expected) or actual.name == "<throw>":
        return None
    if expected == OBJECT:
        needs_box = underlying(actual).name in VALUE_TYPES
        return (lambda value: box(actual, value)) if needs_box else None
    if expected.name == "?" or actual.name == "?":
        change = implicit_change(underlying(actual), underlying(expected))
        return None if change is None else _lifted(change)
    if expected == TOKEN and not is_subtype(actual, TOKEN):
        return token_of
    if expected.arguments and expected.arguments[0].name == "KeyValuePair" and _is_dictionary(actual):
        return pairs_of
    if expected.name == "XName":
        return name_from
    if expected.name == "DateTimeOffset" and actual == DATE_TIME:
        return lambda moment: moment.replace(tzinfo=moment.tzinfo or timezone.utc)
    return number_change(actual, expected)


def _lifted(change: Change) -> Change:
    return lambda value: None if value is None else change(value)


def _is_dictionary(of: Type) -> bool:
    return of.name in ("Dictionary", "IDictionary", "IReadOnlyDictionary", "JObject")


def number_change(actual: Type, expected: Type) -> Change | None:  # noqa: PLR0911 - one for each kind
    """What a conversion between numbers and chars does, None where nothing."""
    source, target = actual.name, expected.name
    if source == "char":
        change = number_change(INT, expected)
        return ord if change is None else (lambda value: change(ord(value)))
    if target == "char":
        return lambda value: chr(integer_of(value, "ushort"))
    if target in INTEGRALS:
        if source in INTEGRALS or source in ENUMS:
            least, most = INTEGRALS[target]
            if source in INTEGRALS and least <= INTEGRALS[source][0] and INTEGRALS[source][1] <= most:
                return None
            return lambda value: wrapped(value, target)
        return lambda value: integer_of(value, target)
    if target == "decimal" and source != "decimal":
        return lambda value: Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return float if target in ("double", "float") and source not in ("double", "float") else None


def cast(value: Bound, to: Type) -> Bound:
    """`(to)value`.

    Raises:
        ExpressionError: there is no such conversion.
    """
    if fits(value, to):
        return converted(value, to)
    actual, target = underlying(value.type), underlying(to)
    numeric = (*NUMBERS, *ENUMS, "char")
    if value.type == OBJECT or (is_reference(value.type) and is_reference(to) and _may_be(value.type, to)):
        return Bound(to, applied(_checked(to), value.run))
    if is_subtype(value.type, TOKEN) and (target.name in _FROM_TOKEN or to == array_of(BYTE)):
        return Bound(to, applied(lambda token: cast_token(token, to), value.run))
    if actual.name in numeric and target.name in numeric:
        change = number_change(actual, target) or (lambda number: number)
        constant = NOTHING if value.constant is NOTHING else change(value.constant)
        return Bound(to, _unwrapped(value, to, change), constant)
    if actual == target:
        return Bound(to, _unwrapped(value, to, lambda same: same))
    if value.type.name in ("XElement", "XAttribute") and to == STRING:
        return Bound(to, applied(lambda node: None if node is None else node.value, value.run))
    raise ExpressionError(f"Cannot convert type '{value.type}' to '{to}'.")


def _unwrapped(value: Bound, to: Type, change: Change) -> Code:
    """A conversion from a type that may be null; null stays null where `to` has it."""
    if value.type.name != "?":
        return applied(change, value.run)
    keeps_null = to.name == "?"

    def run(frame: Any) -> Any:
        found = value.run(frame)
        if found is None and not keeps_null:
            raise invalid_operation("Nullable object must have a value.")
        return None if found is None else change(found)

    return run


def _may_be(actual: Type, to: Type) -> bool:
    """Whether some value of `actual` may be one of `to`."""
    return is_subtype(to, actual) or actual.name.startswith("I") or to.name.startswith("I")


def _checked(to: Type) -> Change:
    """The cast of an `object` or of a base class: null becomes null where the type has it."""

    plain = CLASSES.get(to)

    def check(value: Any) -> Any:
        if plain is not None and type(value) is plain:
            return value
        if value is None:
            if is_nullable(to):
                return None
            raise null_reference()
        if not is_instance(value, to):
            raise invalid_cast(str(to))
        return value.value if isinstance(value, Boxed) and to != OBJECT else value

    return check


def bind_as(value: Bound, to: Type) -> Bound:
    """`value as to`: null where the cast would fail.

    Raises:
        ExpressionError: a type that has no null, or one that the value can never be of.
    """
    if not is_nullable(to):
        raise ExpressionError(f"The operator 'as' needs a type that can be null, which '{to}' cannot.")
    if not (value.type in (OBJECT, NULL) or is_implicit(value.type, to) or _may_be(value.type, to)):
        raise ExpressionError(f"Cannot convert type '{value.type}' to '{to}'.")

    def run(frame: Any) -> Any:
        found = value.run(frame)
        if not is_instance(found, to):
            return None
        return found.value if isinstance(found, Boxed) else found

    return Bound(to, run)


def enumerated(value: Bound) -> tuple[Type, Callable[[Any], Iterable[Any]]]:
    """The type of the items that `foreach` finds in `value`, and how to get at them.

    Raises:
        ExpressionError: it is no collection.
    """
    if value.type.name == "JObject":
        return Type("KeyValuePair", (STRING, TOKEN)), JObject.pairs
    if _is_dictionary(value.type):
        return Type("KeyValuePair", value.type.arguments), pairs_of
    for kind in supertypes(value.type):
        if kind.name == "IEnumerable":
            return kind.arguments[0], iter
    raise ExpressionError(f"'foreach' cannot go through a value of type '{value.type}'.")
