"""OpenAPI documents as API Management imports them.

Formats, limits and the names that operations get:
https://learn.microsoft.com/azure/api-management/api-management-api-import-restrictions
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import yaml

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LARGEST = 4 * 1024 * 1024
_LONGEST_ID = 76
_DATA = ("example", "examples", "default", "enum", "const")
"""Keys of values that are data, in which `$ref` means nothing."""


class OpenApiError(ValueError):
    """A document that API Management would not import; the message is the end of "input 'openapi' …"."""


@dataclass(frozen=True)
class OpenApiDocument:
    """A document that can be imported.

    Attributes:
        text: the document as it was written.
        format: `swagger-json`, `openapi+json` or `openapi` (YAML), as the API's `format` names it.
        operations: the ids that its operations get, in the document's order.
        server: absolute URL of the backend that the document names, without trailing slash; None where it names none.
    """

    text: str
    format: str
    operations: tuple[str, ...]
    server: str | None


def parse_openapi(text: str) -> OpenApiDocument:
    """The document in `text`, JSON or YAML.

    Raises:
        OpenApiError: neither, or no OpenAPI 2.0, 3.0 or 3.1, or larger than API Management takes.
    """
    size = len(text.encode())
    if size > _LARGEST:
        raise OpenApiError(f"is {size} bytes long, 4 MB at most")
    is_json = text.lstrip().startswith("{")
    document = load_document(text)
    if elsewhere := _reference_elsewhere(document):
        raise OpenApiError(
            f"refers to {elsewhere!r}, and API Management reads no other file: bundle the document first"
        )
    swagger, version = str(document.get("swagger", "")), str(document.get("openapi", ""))
    if swagger == "2.0":
        if not is_json:
            raise OpenApiError("is a Swagger 2.0 document in YAML, which API Management takes as JSON only")
        return OpenApiDocument(text, "swagger-json", _operations(document), _swagger_server(document))
    if re.fullmatch(r"3\.[01]\.[0-9]+", version):
        form = "openapi+json" if is_json else "openapi"
        return OpenApiDocument(text, form, _operations(document), _first_server(document))
    raise OpenApiError(f"must say swagger: 2.0 or openapi: 3.0.x or 3.1.x, not {swagger or version or None!r}")


def operation_id(name: str) -> str:
    """The id of an imported operation: lower case, other characters than letters and digits to dashes, 76 at most."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_ID]


def load_document(text: str) -> Mapping[str, Any]:
    """The object in `text`, JSON where it starts like it, and YAML.

    Raises:
        OpenApiError: it is neither.
    """
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise OpenApiError(f"is neither JSON nor YAML: {error}") from None
    if not isinstance(document, dict):
        raise OpenApiError("must be an OpenAPI document: an object with 'openapi' or 'swagger'")
    return document


def identified_operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The operations of `document`, each with the id that it gets."""
    taken: set[str] = set()
    for name, operation in _named_operations(document):
        plain = operation_id(name)
        candidates = [plain, *(f"{plain}-{number}" for number in range(1, 1000))]
        free = next(candidate for candidate in candidates if candidate not in taken)
        taken.add(free)
        yield free, operation


def _operations(document: Mapping[str, Any]) -> tuple[str, ...]:
    ids = tuple(operation for operation, _ in identified_operations(document))
    if not ids:
        raise OpenApiError("has no operations: 'paths' names none")
    return ids


def _named_operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    paths = document.get("paths")
    for path, item in (paths if isinstance(paths, dict) else {}).items():
        for method, operation in (item if isinstance(item, dict) else {}).items():
            if str(method).lower() in _METHODS and isinstance(operation, dict):
                yield str(operation.get("operationId") or f"{method}-{path}"), operation


def _reference_elsewhere(content: Any) -> str | None:
    """The first `$ref` that does not lead into the document itself; None without one."""
    places, seen = [content], set()
    while places:
        place = places.pop()
        if id(place) in seen:  # an alias of YAML, which may even lead to itself
            continue
        seen.add(id(place))
        if isinstance(place, list):
            places += place
        elif isinstance(place, dict):
            reference = place.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                return reference
            places += (value for name, value in place.items() if name not in _DATA)
    return None


def _first_server(document: Mapping[str, Any]) -> str | None:
    servers = document.get("servers") or []
    urls = [_without_variables(server) for server in servers if isinstance(server, dict)]
    return next((url.rstrip("/") for url in urls if _is_absolute_https(url)), None)


def _without_variables(server: Mapping[str, Any]) -> str:
    """The server's URL with its variables' defaults (https://spec.openapis.org/oas/v3.1.1#server-variable-object)."""
    variables = server.get("variables") or {}
    url = str(server.get("url", ""))
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        if isinstance(variable, dict) and "default" in variable:
            url = url.replace(f"{{{name}}}", str(variable["default"]))
    return url


def _swagger_server(document: Mapping[str, Any]) -> str | None:
    host, schemes = document.get("host"), document.get("schemes") or []
    if not host or "https" not in schemes:
        return None
    return f"https://{host}{document.get('basePath', '')}".rstrip("/")


def _is_absolute_https(url: str) -> bool:
    return urlsplit(url).scheme == "https" and bool(urlsplit(url).netloc) and "{" not in url
