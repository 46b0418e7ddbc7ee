"""Bodies and query strings checked against JSON Schema, refused in Auth0's words."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft7Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from starlette.datastructures import QueryParams

from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, not_supported
from auth0_apim_sandbox.tenant.model.json_input import explain

Schema = dict[str, Any]

FORMATS = FormatChecker(formats=())
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)+")
_SCRIPT_SCHEMES = ("javascript", "vbscript")
_USER_ID = re.compile(r"[^|]+\|.+", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def document(properties: dict[str, Schema], required: Iterable[str] = (), **more: Any) -> Schema:
    """The schema of a JSON object with these properties and no others."""
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": properties,
        **more,
    }


def unenforced(names: Iterable[str]) -> dict[str, Schema]:
    """Properties that Auth0 has and this tenant refuses by name, see `refuse_unenforced`; null and false are fine."""
    return {name: {"type": ["array", "boolean", "integer", "null", "object", "string"]} for name in names}


def refuse_unenforced(names: Iterable[str], body: dict[str, Any], what: str) -> None:
    """Refuse a `body` that asks for one of `names`; `what` is the text about it, with `{}` for the name.

    Raises:
        ManagementError: 501.
    """
    for name in names:
        if body.get(name):
            raise not_supported(what.format(name))


def check_body(schema: Schema, body: Any) -> None:
    """Refuse a `body` that is not what `schema` says.

    Raises:
        ManagementError: 400 `invalid_body` with the first thing that is wrong.
    """
    problem = _first_problem(schema, body)
    if problem:
        raise ManagementError(400, f"Payload validation error: {problem}.", "invalid_body")


def parse_query(schema: Schema, query: QueryParams) -> dict[str, Any]:
    """The query string as typed values: integers, booleans, strings and, where declared, lists of strings.

    Raises:
        ManagementError: 400 `invalid_query_string`, also for a parameter that the endpoint does not have.
    """
    properties: dict[str, Schema] = schema["properties"]
    values = {name: _typed(query.getlist(name), properties.get(name, {})) for name in query}
    problem = _first_problem(schema, values)
    if problem:
        raise ManagementError(400, f"Query validation error: {problem}.", "invalid_query_string")
    return values


def _typed(texts: list[str], schema: Schema) -> Any:
    if schema.get("type") == "array":
        return texts
    text = texts[-1]
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if schema.get("type") == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _first_problem(schema: Schema, value: Any) -> str | None:
    error = next(Draft7Validator(schema, format_checker=FORMATS).iter_errors(value), None)
    return None if error is None else f"'{explain(error)}'{_place(error)}"


def _place(error: ValidationError) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    description = error.schema.get("description") if isinstance(error.schema, dict) else None
    return (f" on property {path}" if path else "") + (f" ({description.rstrip('.')})" if path and description else "")


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
