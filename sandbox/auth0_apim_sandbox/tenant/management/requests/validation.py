"""Bodies and query strings checked against JSON Schema, refused in Auth0's words."""

import re
from collections.abc import Iterable
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from starlette.datastructures import QueryParams

from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, not_supported
from auth0_apim_sandbox.tenant.model.json_input import FORMATS, Schema, explain


def unsupported_properties(names: Iterable[str]) -> dict[str, Schema]:
    """Properties that Auth0 has and this tenant refuses by name, see `refuse_unsupported`; null and false are fine."""
    return {name: {"type": ["array", "boolean", "integer", "null", "object", "string"]} for name in names}


def refuse_unsupported(names: Iterable[str], body: dict[str, Any], what: str) -> None:
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
    return None if error is None else f"'{explain(error)}'{_location(error)}"


def _location(error: ValidationError) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    description = error.schema.get("description") if isinstance(error.schema, dict) else None
    return (f" on property {path}" if path else "") + (f" ({description.rstrip('.')})" if path and description else "")
