"""What an endpoint of the Management API is: a method and a path, scopes, schemas, and a function that answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.tenant.management.requests.validation import Schema, document
from auth0_apim_sandbox.tenant.model.tenant import Tenant

NO_QUERY = document({})


@dataclass(frozen=True)
class Call:
    """One authorized request, checked against its endpoint's schemas."""

    tenant: Tenant
    path: dict[str, str]
    """Path parameters, percent-decoded."""
    query: dict[str, Any]
    body: Any
    scopes: frozenset[str]
    """Everything the caller's token may do."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What a form brings besides its fields."""


@dataclass(frozen=True)
class Endpoint:
    """One method on one path below `/api/v2`.

    Args:
        scopes: any one of these is enough.
        body: the schema of the JSON body; None for an endpoint that reads none.
        is_form: the body is a multipart form, and the schema that of its fields.
    """

    method: str
    path: str
    scopes: tuple[str, ...]
    answer: Callable[[Call], Awaitable[Response]]
    body: Schema | None = None
    query: Schema = field(default_factory=lambda: NO_QUERY)
    is_form: bool = False


def json_answer(content: Any, status: int = 200) -> Response:
    """`content` as the Management API sends JSON."""
    return JSONResponse(content, status, media_type="application/json; charset=utf-8")


def no_content() -> Response:
    """204."""
    return Response(status_code=204)
