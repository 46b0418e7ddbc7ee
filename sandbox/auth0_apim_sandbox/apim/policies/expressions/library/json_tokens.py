"""Newtonsoft.Json's tokens: `JObject`, `JArray`, `JProperty` and `JValue`, and their conversions.

A token that stands in a container already is copied when it is put into another one, as Newtonsoft.Json does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from auth0_apim_sandbox.apim.policies.expressions.library.moments import ISO, format_moment, format_span, parse_moment
from auth0_apim_sandbox.apim.policies.expressions.library.numerals import (
    format_number,
    parse_decimal,
    parse_integer,
    parse_real,
)
from auth0_apim_sandbox.apim.policies.expressions.library.values import (
    Anonymous,
    Boxed,
    Collection,
    Items,
    Pair,
    Sequence,
    Table,
    unboxed,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, argument, invalid_operation
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import INTEGRALS, Type, underlying

DEEPEST = 64
"""Containers inside each other, Newtonsoft.Json's own limit."""

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


class JToken:
    """A token; `parent` is the container it stands in."""

    csharp_type: ClassVar[str] = "JToken"
    __slots__ = ("parent",)

    def __init__(self) -> None:
        self.parent: JToken | None = None

    def children(self) -> list[JToken]:
        """The tokens directly inside."""
        return []

    def __iter__(self) -> Iterator[JToken]:
        return iter(self.children())

    def copy(self) -> JToken:
        """The same token in no container."""
        raise NotImplementedError

    def adopted(self, child: Any) -> JToken:
        """`child` as one of this container: as a token, copied where it stands in another one."""
        token = token_of(child)
        if token is None:
            token = JValue(None)
        elif token.parent is not None or token is self:
            token = token.copy()
        token.parent = self
        return token


class JValue(JToken):
    """A text, a number, a Boolean, a point in time or null."""

    csharp_type = "JValue"
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    def copy(self) -> JValue:  # noqa: D102
        return JValue(self.value)

    def __str__(self) -> str:
        return _plain_text(self.value)


class JProperty(JToken):
    """A name and a token."""

    csharp_type = "JProperty"
    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Any) -> None:
        super().__init__()
        self.name = name
        self.value = self.adopted(value)

    def children(self) -> list[JToken]:  # noqa: D102
        return [self.value]

    def copy(self) -> JProperty:  # noqa: D102
        return JProperty(self.name, self.value.copy())


class JObject(JToken):
    """Properties by name, in order."""

    csharp_type = "JObject"
    __slots__ = ("properties",)

    def __init__(self) -> None:
        super().__init__()
        self.properties: dict[str, JProperty] = {}

    def children(self) -> list[JToken]:  # noqa: D102
        return list(self.properties.values())

    def get(self, name: str) -> JToken | None:
        """The token of a property, None where there is no such property."""
        found = self.properties.get(name)
        return None if found is None else found.value

    def set(self, name: str, value: Any) -> None:
        """Add a property, or replace its token."""
        if name in self.properties:
            found = self.properties[name]
            found.value.parent = None
            found.value = found.adopted(value)
        else:
            self.add(JProperty(name, value))

    def add(self, item: Any) -> None:
        """Add a property.

        Raises:
            EvaluationError: it is none, or one of the same name is there.
        """
        if not isinstance(item, JProperty):
            raise argument("Can not add Newtonsoft.Json.Linq.JValue to Newtonsoft.Json.Linq.JObject.")
        if item.name in self.properties:
            raise argument(
                "Can not add property to Newtonsoft.Json.Linq.JObject. Property with the same name already exists on object."
            )
        own = item.copy() if item.parent is not None else item
        own.parent = self
        self.properties[own.name] = own

    def pairs(self) -> Iterator[Pair]:
        """The properties as pairs."""
        return iter([Pair(name, found.value) for name, found in self.properties.items()])

    def copy(self) -> JObject:  # noqa: D102
        made = JObject()
        for found in self.properties.values():
            made.add(found.copy())
        return made


class JArray(JToken):
    """Tokens in order."""

    csharp_type = "JArray"
    __slots__ = ("items",)

    def __init__(self) -> None:
        super().__init__()
        self.items: list[JToken] = []

    def children(self) -> list[JToken]:  # noqa: D102
        return list(self.items)

    def add(self, item: Any) -> None:
        """Add a token at the end."""
        self.items.append(self.adopted(item))

    def copy(self) -> JArray:  # noqa: D102
        made = JArray()
        for item in self.items:
            made.add(item.copy())
        return made


def token_of(value: Any) -> JToken | None:
    """A value that converts to a token by itself, as a token."""
    if value is None or isinstance(value, JToken):
        return value
    return JValue(unboxed(value))


def from_object(value: Any, depth: int = 0) -> JToken:
    """`JToken.FromObject`: anonymous objects and dictionaries become objects, other collections arrays.

    Raises:
        EvaluationError: nested too deep.
    """
    if depth > DEEPEST:
        raise EvaluationError(f"The value is nested more than {DEEPEST} deep.", "JsonException")
    if isinstance(value, JToken):
        return value
    if isinstance(value, Anonymous):
        members: Iterator[tuple[str, Any]] = zip(value.type.members, value.values, strict=True)
    elif isinstance(value, dict) and not isinstance(value, Items):
        members = iter([(_plain_text(unboxed(key)), item) for key, item in value.items()])
    elif isinstance(value, Pair):
        members = iter([("Key", value.key), ("Value", value.value)])
    elif isinstance(value, list | Sequence | Items) and not isinstance(value, bytearray):
        made = JArray()
        for item in value:
            made.add(from_object(item, depth + 1))
        return made
    else:
        return JValue(unboxed(value))
    result = JObject()
    for name, item in members:
        result.set(name, from_object(item, depth + 1))
    return result


def read_date(text: str) -> str | datetime:
    """A text of a JSON document, which Newtonsoft.Json makes a point in time where it looks like one."""
    if len(text) >= 19 and text[4] == "-" and _DATE.fullmatch(text) and ISO.fullmatch(text):
        try:
            return parse_moment(text)
        except EvaluationError:
            return text
    return text


def _plain_text(value: Any) -> str:  # noqa: PLR0911 - one for each kind
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, float | Decimal):
        return format_number(value, "double", "")
    if isinstance(value, datetime):
        return format_moment(value, "")
    if isinstance(value, timedelta):
        return format_span(value, "")
    return str(value)


def cast_token(token: JToken | None, to: Type) -> Any:
    """`(to)token`, as Newtonsoft.Json's explicit conversions have it.

    Raises:
        EvaluationError: null where `to` has none, a container, or a value that cannot be converted.
    """
    target = underlying(to)
    value = token.value if isinstance(token, JProperty) else token
    if value is None and (to.name in ("?", "string", "Uri", "[]")):
        return None
    if not isinstance(value, JValue):
        raise argument(f"Can not convert {type_name(value)} to {target}.")
    if value.value is None:
        if to.name in ("?", "string", "Uri", "[]"):
            return None
        raise argument(f"Can not convert Null to {target}.")
    try:
        return _converted(value.value, target.name)
    except EvaluationError:
        raise
    except (ValueError, TypeError, ArithmeticError):
        raise argument(f"Can not convert {type_name(value)} to {target}.") from None


def _converted(value: Any, target: str) -> Any:  # noqa: PLR0911 - one for each kind
    if target == "string":
        return _plain_text(value)
    if target == "bool":
        return value.strip().lower() == "true" if _is_flag(value) else bool(_number(value))
    if target in INTEGRALS:
        number = round(value) if isinstance(value, float | Decimal) else value
        return parse_integer(str(int(number)) if not isinstance(number, str) else number, target)
    if target in ("double", "float"):
        return parse_real(value) if isinstance(value, str) else float(value)
    if target == "decimal":
        return parse_decimal(value if isinstance(value, str) else str(value))
    if target in ("DateTime", "DateTimeOffset"):
        return value if isinstance(value, datetime) else parse_moment(value)
    if target == "Guid":
        return value if isinstance(value, UUID) else UUID(value)
    raise TypeError(target)


def _is_flag(value: Any) -> bool:
    return isinstance(value, str) and value.strip().lower() in ("true", "false")


def _number(value: Any) -> Any:
    if isinstance(value, str | datetime):
        raise TypeError(value)
    return value


def type_number(token: JToken) -> int:
    """`token.Type` as the number of its `JTokenType`."""
    containers: dict[type, int] = {JObject: 1, JArray: 2, JProperty: 4}
    if type(token) in containers:
        return containers[type(token)]
    value = token.value if isinstance(token, JValue) else None
    scalars: tuple[tuple[Any, int], ...] = ((bool, 9), (int, 6), (float | Decimal, 7), (str, 8), (datetime, 12))
    scalars += ((bytearray, 14), (UUID, 15), (timedelta, 17))
    return next((number for kind, number in scalars if isinstance(value, kind)), 10)


def type_name(token: JToken | None) -> str:
    """What messages call the token."""
    names = {1: "Object", 2: "Array", 4: "Property", 6: "Integer", 7: "Float", 8: "String", 9: "Boolean", 10: "Null"}
    return "Null" if token is None else names.get(type_number(token), "Date")


def deep_equals(one: JToken | None, other: JToken | None) -> bool:
    """`JToken.DeepEquals`."""
    if one is None or other is None:
        return one is other
    if isinstance(one, JValue) and isinstance(other, JValue):
        return type_number(one) == type_number(other) and one.value == other.value
    if isinstance(one, JProperty) and isinstance(other, JProperty):
        return one.name == other.name and deep_equals(one.value, other.value)
    if isinstance(one, JObject) and isinstance(other, JObject):
        return one.properties.keys() == other.properties.keys() and all(
            deep_equals(found.value, other.get(name)) for name, found in one.properties.items()
        )
    if isinstance(one, JArray) and isinstance(other, JArray):
        return len(one.items) == len(other.items) and all(map(deep_equals, one.items, other.items))
    return False


def replace(token: JToken, by: Any) -> None:
    """`token.Replace(by)`.

    Raises:
        EvaluationError: the token stands in no container.
    """
    parent = token.parent
    if isinstance(parent, JProperty):
        parent.value = parent.adopted(by)
    elif isinstance(parent, JArray):
        parent.items[_position(parent, token)] = parent.adopted(by)
    else:
        raise invalid_operation("The parent is missing.")
    token.parent = None


def remove(token: JToken) -> None:
    """`token.Remove()`.

    Raises:
        EvaluationError: the token stands in no container, or is the value of a property.
    """
    parent = token.parent
    if isinstance(parent, JObject) and isinstance(token, JProperty):
        del parent.properties[token.name]
    elif isinstance(parent, JArray):
        del parent.items[_position(parent, token)]
    elif isinstance(parent, JProperty):
        raise EvaluationError("Cannot add or remove items from Newtonsoft.Json.Linq.JProperty.", "JsonException")
    else:
        raise invalid_operation("The parent is missing.")
    token.parent = None


def _position(array: JArray, token: JToken) -> int:
    return next(index for index, item in enumerate(array.items) if item is token)


def as_object(token: JToken | None, to: Type) -> Any:  # noqa: PLR0911 - one for each kind
    """`token.ToObject<to>()`.

    Raises:
        EvaluationError: the token has another shape.
    """
    if token is None or (isinstance(token, JValue) and token.value is None):
        return cast_token(JValue(None), to) if to.name not in ("List", "Dictionary", "object", "JToken") else None
    if to.name == "object" and isinstance(token, JValue):
        is_whole = isinstance(token.value, int) and not isinstance(token.value, bool)
        return Boxed(Type("long"), token.value) if is_whole else token.value
    if to.name in ("object", "JToken", token.csharp_type):
        return token
    if to.name in ("List", "[]", "IEnumerable", "IList") and isinstance(token, JArray):
        items = [as_object(item, to.arguments[0]) for item in token.items]
        if to.name == "[]" and to.arguments[0].name == "string":
            return items
        return Collection(to if to.name in ("List", "[]") else Type("List", to.arguments), items)
    if to.name in ("Dictionary", "IDictionary") and isinstance(token, JObject):
        made = ((name, as_object(found.value, to.arguments[1])) for name, found in token.properties.items())
        return Table(Type("Dictionary", to.arguments), made)
    return cast_token(token, to)
