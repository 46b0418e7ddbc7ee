"""Reading the multipart form of the one kind of endpoint that takes a file (RFC 7578)."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError

_MAX_BYTES = 1024 * 1024


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
