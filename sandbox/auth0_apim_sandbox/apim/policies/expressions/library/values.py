"""What values of C# are while an expression runs, where Python has nothing of the same kind.

A string is a `str`, `bool`, `int` and `double` are Python's; `byte[]` is a `bytearray`, any other array an `Array`. The other numbers and
`char` are plain numbers and text too, as their type is known when an expression is bound; what becomes an `object` is boxed, so that a
cast can tell what it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    INT,
    OBJECT,
    STRING,
    VALUE_TYPES,
    Type,
    array_of,
    is_subtype,
    type_of,
    underlying,
)


@dataclass(frozen=True)
class Boxed:
    """A value type inside an `object`, where Python's class does not tell which it is."""

    type: Type
    value: Any


class Collection(list[Any]):
    """A `List<T>`, and any array but `byte[]` and those of strings, which are lists of Python."""

    def __init__(self, of: Type, items: Iterable[Any] = ()) -> None:
        super().__init__(items)
        self.type = of


class Table(dict[Any, Any]):
    """A `Dictionary<K, V>`."""

    def __init__(self, of: Type, items: Iterable[tuple[Any, Any]] = ()) -> None:
        super().__init__(items)
        self.type = of


class Items(dict[Any, None]):
    """A `HashSet<T>`, in the order in which items came."""

    def __init__(self, of: Type, items: Iterable[Any] = ()) -> None:
        super().__init__(dict.fromkeys(items))
        self.type = of


@dataclass(frozen=True)
class Sequence:
    """What LINQ gives: not run before somebody enumerates it, and run again each time."""

    start: Callable[[], Iterator[Any]]

    def __iter__(self) -> Iterator[Any]:
        return self.start()


@dataclass(frozen=True)
class Pair:
    """A `KeyValuePair<K, V>`."""

    key: Any
    value: Any


@dataclass(frozen=True)
class Group:
    """An `IGrouping<K, T>`."""

    key: Any
    items: list[Any] = field(default_factory=list)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


@dataclass(frozen=True)
class Anonymous:
    """An object of an anonymous type; equal to one of the same type with equal values."""

    type: Type
    values: tuple[Any, ...]


_BY_CLASS: dict[type, Type] = {
    str: STRING,
    bool: Type("bool"),
    int: INT,
    float: Type("double"),
    Decimal: Type("decimal"),
    bytearray: array_of(Type("byte")),
    list: array_of(STRING),
    datetime: Type("DateTime"),
    timedelta: Type("TimeSpan"),
    uuid.UUID: Type("Guid"),
}
_PLAIN = frozenset({"bool", "int", "double", "decimal", "DateTime", "TimeSpan", "Guid"})
"""Value types that Python's class of a value tells."""


CLASSES: dict[Type, type] = {of: python for python, of in _BY_CLASS.items()}
"""By type: the class of Python that all its values have, where no other type shares it."""


def box(kind: Type, value: Any) -> Any:
    """A value of the static type `kind` as an `object`."""
    if value is None:
        return None
    if kind.name == "?":
        kind = kind.arguments[0]
    if kind.name in VALUE_TYPES and kind.name not in _PLAIN and kind.name != "KeyValuePair":
        return Boxed(kind, value)
    return value


def unboxed(value: Any) -> Any:
    """The value in an `object`."""
    return value.value if isinstance(value, Boxed) else value


def runtime_type(value: Any) -> Type:
    """The type of an `object` that is not null."""
    known = _BY_CLASS.get(type(value))
    if known is not None:
        return known
    declared = getattr(value, "type", None)
    if isinstance(declared, Type):
        return declared
    name = getattr(value, "csharp_type", None)
    if isinstance(name, str):
        return type_of(name)
    return Type("IEnumerable", (OBJECT,)) if isinstance(value, Sequence) else OBJECT


def is_instance(value: Any, of: Type) -> bool:
    """Whether an `object` is of the type."""
    if value is None:
        return False
    if of == OBJECT:
        return True
    actual = value.type if isinstance(value, Boxed) else runtime_type(value)
    return is_subtype(actual, underlying(of))
