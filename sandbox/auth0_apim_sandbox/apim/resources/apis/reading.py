"""Reading the document of an import: a small one at once, a large one in a process of its own, as it takes seconds of Python."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from auth0_apim_sandbox.apim.arm.errors import ValidationFailed
from auth0_apim_sandbox.apim.resources.apis.imported_operations import imported_operations
from auth0_apim_sandbox.apim.resources.apis.specification import Specification, object_of, read_specification

LARGEST_AT_ONCE = 32 * 1024
"""Characters of a document that is read in the event loop, which takes some 10 ms; starting a process takes longer."""

_LONGEST_LINE = 256 * 1024 * 1024
_OPENAPI_SCHEMAS = "application/vnd.oai.openapi.components+json"
_SWAGGER_SCHEMAS = "application/vnd.ms-azure-apim.swagger.definitions+json"


@dataclass(frozen=True)
class ImportTask:
    """What is to be read.

    Attributes:
        format: the API's `format`, one of `specification.IMPORT_FORMATS`.
        text: the document.
        source: where it was fetched from, None when it came inline.
        schema_id: name of the schema resource that holds the document's schemas.
        translate_query: whether required query parameters become parameters of the URL template.
    """

    format: str
    text: str
    source: str | None
    schema_id: str
    translate_query: bool


@dataclass(frozen=True)
class ReadDocument:
    """What a document says, as JSON.

    Attributes:
        api: properties of the API; those in the request take precedence.
        schemas: properties of the schema resource, None when the document has no schemas.
        operations: properties of its operations by resource name, in the order of the document.
    """

    api: dict[str, Any]
    schemas: dict[str, Any] | None
    operations: dict[str, dict[str, Any]]


def read_at_once(task: ImportTask) -> ReadDocument:
    """Read the document here and now.

    Raises:
        ValidationFailed: it cannot be parsed or imported.
    """
    specification = read_specification(task.format, task.text, task.source)
    operations = imported_operations(specification, task.schema_id, task.translate_query)
    wires = {name: operation.wire() for name, operation in operations.items()}
    return ReadDocument(_api(specification), _schemas(specification), wires)


async def read_document(task: ImportTask) -> ReadDocument:
    """Read the document, so that nobody else waits for it.

    Raises:
        ValidationFailed: it cannot be parsed or imported.
        RuntimeError: the process that read it ended without an answer, most often for want of memory.
    """
    if len(task.text) <= LARGEST_AT_ONCE:
        return read_at_once(task)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )
    try:
        return await _answer(process, task)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _answer(process: asyncio.subprocess.Process, task: ImportTask) -> ReadDocument:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process that reads a document has no pipes")
    process.stdin.write(json.dumps(asdict(task)).encode())
    process.stdin.close()
    lines = aiter(_values(process.stdout))
    head = await anext(lines, None)
    if head is None:
        raise RuntimeError("the process that reads a document ended without an answer")
    if "problems" in head:
        raise ValidationFailed(*(tuple(problem) for problem in head["problems"]))
    operations = {name: wire async for name, wire in lines}
    if len(operations) != head["count"]:
        raise RuntimeError("the process that reads a document ended before its answer did")
    return ReadDocument(head["api"], head["schemas"], operations)


async def _values(stream: asyncio.StreamReader) -> AsyncIterator[Any]:
    """The JSON values of a stream, one a line; others run in between, however many lines are there already."""
    async for line in stream:
        yield json.loads(line)
        await asyncio.sleep(0)


def _api(specification: Specification) -> dict[str, Any]:
    info = specification.info
    return {
        "displayName": str(info["title"])[:300],
        "description": _text(info.get("description")),
        "serviceUrl": specification.service_url(),
        "protocols": specification.protocols(),
        "termsOfServiceUrl": _text(info.get("termsOfService")),
        "contact": _with_canonical_url(object_of(info.get("contact"), "contact")),
        "license": _with_canonical_url(object_of(info.get("license"), "license")),
    }


def _schemas(specification: Specification) -> dict[str, Any] | None:
    schemas = specification.schemas()
    if not schemas:
        return None
    if specification.dialect == "swagger":
        return {"contentType": _SWAGGER_SCHEMAS, "document": {"definitions": schemas}}
    return {"contentType": _OPENAPI_SCHEMAS, "document": {"components": {"schemas": schemas}}}


def _with_canonical_url(item: dict[str, Any]) -> dict[str, Any] | None:
    """`item` with its `url` as a URI is written out: one without a path ends with a slash."""
    parts = urlsplit(str(item.get("url") or ""))
    if parts.netloc and not parts.path:
        item = {**item, "url": parts._replace(path="/").geturl()}
    return item or None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _answered(task: ImportTask) -> Iterator[Any]:
    """What the process answers: what the document says, and then its operations; or why it is refused."""
    try:
        read = read_at_once(task)
    except ValidationFailed as refusal:
        yield {"problems": refusal.problems}
        return
    yield {"api": read.api, "schemas": read.schemas, "count": len(read.operations)}
    yield from read.operations.items()


def main() -> None:
    """Read the task on standard input and answer on standard output."""
    for value in _answered(ImportTask(**json.load(sys.stdin.buffer))):
        sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
