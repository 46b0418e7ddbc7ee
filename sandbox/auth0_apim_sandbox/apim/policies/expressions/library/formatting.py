"""What values look like as text: `ToString()`, concatenation and interpolation, in the invariant culture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from auth0_apim_sandbox.apim.policies.expressions.library.enumerations import name_of
from auth0_apim_sandbox.apim.policies.expressions.library.moments import format_moment, format_span
from auth0_apim_sandbox.apim.policies.expressions.library.numerals import format_number
from auth0_apim_sandbox.apim.policies.expressions.library.values import Anonymous, Boxed, Pair, runtime_type
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import invalid_format
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import ENUMS, NUMBERS, OBJECT, Type

_GUID_FORMATS: dict[str, Callable[[UUID], str]] = {
    "D": str,
    "N": lambda guid: guid.hex,
    "B": lambda guid: f"{{{guid}}}",
    "P": lambda guid: f"({guid})",
}
_NAMESPACES = {
    "List": "System.Collections.Generic.List`1",
    "Dictionary": "System.Collections.Generic.Dictionary`2",
    "HashSet": "System.Collections.Generic.HashSet`1",
}


def as_text(value: Any) -> str:
    """What C#'s string concatenation makes of an `object`."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, Boxed):
        return text_in(value.type, value.value)
    return text_in(runtime_type(value), value)


def formatted(kind: Type, value: Any, form: str) -> str:  # noqa: PLR0911 - one for each kind
    """`value` of type `kind` in the format `form`, as `ToString(form)` and `{value:form}` have it.

    Raises:
        EvaluationError: the type has no such format.
    """
    if value is None:
        return ""
    if kind == OBJECT:
        kind = value.type if isinstance(value, Boxed) else runtime_type(value)
        value = value.value if isinstance(value, Boxed) else value
    if kind.name == "?":
        kind = kind.arguments[0]
    if not form:
        return text_in(kind, value)
    if kind.name in NUMBERS:
        return format_number(value, kind.name, form)
    if isinstance(value, datetime):
        return format_moment(value, form, with_offset=kind.name == "DateTimeOffset")
    if isinstance(value, timedelta):
        return format_span(value, form)
    if isinstance(value, UUID):
        if form.upper() not in _GUID_FORMATS:
            raise invalid_format("Format string")
        return _GUID_FORMATS[form.upper()](value)
    return text_in(kind, value)


def text_in(kind: Type, value: Any) -> str:  # noqa: PLR0911 - one line for each kind of value
    """The text of a value of the static type `kind`."""
    if value is None:
        return ""
    if kind == OBJECT:
        return as_text(value) if runtime_type(value) != OBJECT else type_name(kind)
    if kind.name == "?":
        kind = kind.arguments[0]
    if isinstance(value, bool):
        return "True" if value else "False"
    if kind.name in ENUMS:
        return name_of(kind.name, value)
    if isinstance(value, float | Decimal):
        return format_number(value, kind.name, "")
    if isinstance(value, datetime):
        return format_moment(value, "", with_offset=kind.name == "DateTimeOffset")
    if isinstance(value, timedelta):
        return format_span(value, "")
    if isinstance(value, Pair):
        return f"[{as_text(value.key)}, {as_text(value.value)}]"
    if isinstance(value, Anonymous):
        listed = zip(value.type.members, value.type.arguments, value.values, strict=True)
        return f"{{ {', '.join(f'{name} = {text_in(of, item)}' for name, of, item in listed)} }}"
    if isinstance(value, str | int | UUID) or _has_text(value):
        return str(value)
    actual = runtime_type(value)
    return type_name(actual if actual != OBJECT else kind)


def _has_text(value: Any) -> bool:
    """Whether the value's own class says what it looks like as text."""
    return any("__str__" in vars(each) for each in type(value).__mro__[:-1])


def type_name(kind: Type) -> str:
    """The name of a type as .NET spells it, which is the text of whatever has no text of its own."""
    keywords = {"string": "String", "int": "Int32", "byte": "Byte", "object": "Object", "char": "Char", "long": "Int64"}
    if kind.name == "[]":
        return f"{type_name(kind.arguments[0])}[]"
    if kind.name in _NAMESPACES:
        return f"{_NAMESPACES[kind.name]}[{','.join(type_name(argument) for argument in kind.arguments)}]"
    return f"System.{keywords.get(kind.name, kind.name)}"
