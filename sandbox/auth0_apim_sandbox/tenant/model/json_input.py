"""JSON from clients: read as RFC 8259 allows and UTF-8 can carry, and refused in the words of Auth0's validator."""

import json
import re
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError

Schema = dict[str, Any]
FORMATS = FormatChecker(formats=())
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)+")
_SCRIPT_SCHEMES = ("javascript", "vbscript")
_USER_ID = re.compile(r"[^|]+\|.+", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_JSON_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}


def document(properties: dict[str, Schema], required: Iterable[str] = (), **more: Any) -> Schema:
    """The schema of a JSON object with these properties and no others."""
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": properties,
        **more,
    }


@FORMATS.checks("email")
def is_email(value: object) -> bool:
    """Whether `value` has the form of an e-mail address; other types are not this format's concern."""
    return not isinstance(value, str) or bool(_EMAIL.fullmatch(value))


@FORMATS.checks("user-id")
def _is_user_id(value: object) -> bool:
    return not isinstance(value, str) or bool(_USER_ID.fullmatch(value))


@FORMATS.checks("absolute-uri", raises=ValueError)
def _is_absolute_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(_SCHEME.fullmatch(value)) and urlsplit(value).scheme not in _SCRIPT_SCHEMES


@FORMATS.checks("absolute-uri-or-empty", raises=ValueError)
def _is_absolute_uri_or_empty(value: object) -> bool:
    return value == "" or _is_absolute_uri(value)


@FORMATS.checks("absolute-https-uri-or-empty", raises=ValueError)
def _is_https_uri_or_empty(value: object) -> bool:
    if not isinstance(value, str) or not value:
        return True
    parts = urlsplit(value)
    return parts.scheme == "https" and bool(parts.hostname) and not parts.fragment


@FORMATS.checks("origin", raises=ValueError)
def _is_origin(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return bool(parts.scheme and parts.netloc) and parts.path in ("", "/") and not parts.query and not parts.fragment


def parse_json(text: str | bytes, object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The value of a JSON text; as in JavaScript, 60.0 is 60.

    Raises:
        ValueError: it is no JSON, nested too deeply, or has NaN, a number too large, or half a surrogate pair.
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_number, object_pairs_hook=object_pairs_hook)
        require_unicode(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def require_unicode(value: Any) -> None:
    """Refuse a value that could be stored, but never sent.

    Raises:
        ValueError: a text in it has half a surrogate pair.
    """
    json.dumps(value, ensure_ascii=False).encode()


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError("a number is too large")
    return int(value) if value.is_integer() else value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def explain(error: ValidationError) -> str:
    """What is wrong, in the words of the z-schema validator, which Auth0's errors repeat and clients match."""
    write = _MESSAGES.get(str(error.validator))
    if write is None:
        return f"Data does not match any schemas from '{error.validator}'"
    return write(error.instance, error.validator_value, error.schema)


def _missing(value: Any, required: Any, _schema: Any) -> str:
    return f"Missing required property: {next(name for name in required if name not in value)}"


def _additional(value: Any, _allowed: Any, schema: Any) -> str:
    return f"Additional properties not allowed: {','.join(name for name in value if name not in schema['properties'])}"


def _type(value: Any, expected: Any, _schema: Any) -> str:
    names = ",".join([expected] if isinstance(expected, str) else expected)
    return f"Expected type {names} but found type {_JSON_TYPES.get(type(value), 'null')}"


def _not_unique(value: Any, _unique: Any, _schema: Any) -> str:
    second = next(index for index, item in enumerate(value) if item in value[:index])
    return f"Array items are not unique (indexes {value.index(value[second])} and {second})"


_MESSAGES: dict[str, Callable[[Any, Any, Any], str]] = {
    "additionalProperties": _additional,
    "enum": lambda value, _, __: f"No enum match for: {value}",
    "format": lambda value, name, _: f"Object didn't pass validation for format {name}: {value}",
    "maximum": lambda value, limit, _: f"Value {value} is greater than maximum {limit}",
    "maxItems": lambda value, limit, _: f"Array is too long ({len(value)}), maximum {limit}",
    "maxLength": lambda value, limit, _: f"String is too long ({len(value)} chars), maximum {limit}",
    "maxProperties": lambda value, limit, _: f"Too many properties defined ({len(value)}), maximum {limit}",
    "minimum": lambda value, limit, _: f"Value {value} is less than minimum {limit}",
    "minItems": lambda value, limit, _: f"Array is too short ({len(value)}), minimum {limit}",
    "minLength": lambda value, limit, _: f"String is too short ({len(value)} chars), minimum {limit}",
    "minProperties": lambda value, limit, _: f"Too few properties defined ({len(value)}), minimum {limit}",
    "pattern": lambda value, pattern, _: f"String does not match pattern {pattern}: {value}",
    "required": _missing,
    "type": _type,
    "uniqueItems": _not_unique,
}
