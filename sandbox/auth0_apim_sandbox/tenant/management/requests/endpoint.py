"""What an endpoint of the Management API is: a method and a path, scopes, schemas, and a function that answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError
from auth0_apim_sandbox.tenant.model.json_input import Schema, document
from auth0_apim_sandbox.tenant.model.tenant import Tenant

NO_QUERY = document({})
_MAX_BYTES = 1024 * 1024


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


async def read_form(request: Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The fields, `true` and `false` as booleans, and the files by name.

    Raises:
        ManagementError: 415 for another content type, 413 for more than 1 MiB, 400 for a form that is none.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise ManagementError(415, "Unsupported Media Type")
    parser = MultiPartParser(request.headers, _limited(request), max_files=1, max_fields=20)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeError) as error:
        raise ManagementError(400, "Invalid multipart payload format") from error
    fields: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = await value.read()
        else:
            fields[name] = {"true": True, "false": False}.get(value, value)
    await form.close()
    return fields, files


async def _limited(request: Request) -> Any:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _MAX_BYTES:
            raise ManagementError(
                413, f"Payload content length greater than maximum allowed: {_MAX_BYTES}", "payload_too_large"
            )
        yield chunk
