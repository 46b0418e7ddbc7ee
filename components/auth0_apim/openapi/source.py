"""Where an API's OpenAPI document comes from, and what API Management is told to import."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auth0_apim.openapi.document import parse_openapi
from auth0_apim.openapi.text import OpenApiError
from auth0_apim.rules.url_rules import backend_url_problem, https_url_problem

_SUFFIXES = (".json", ".yaml", ".yml")
_LINK_FORMATS = ("openapi-link", "openapi+json-link", "swagger-link-json")


@dataclass(frozen=True)
class ApiImport:
    """An import as the API's properties name it.

    Attributes:
        format: of `value`.
        value: the document's text, or its URL.
        service_url: the backend's base URL.
        operations: method and URL template by operation id, sorted; none where only Azure reads the document.
        description: of the API: the one that was given, or the document's; None where there is none, or only Azure knows.
    """

    format: str
    value: str
    service_url: str
    operations: dict[str, str]
    description: str | None = None


def read_openapi(
    openapi: str,
    link_format: str | None = None,
    service_url: str | None = None,
    title: str | None = None,
    description: str | None = None,
) -> ApiImport:
    """What to import for `openapi`: a file's path, a document's text, or an https URL.

    An import overwrites an API's name and description with those of the document, so a document that is sent has the
    API's; one that Azure fetches has its own.

    Args:
        openapi: the document.
        link_format: what a URL leads to.
        service_url: the backend's base URL; None for the document's first https server.
        title: the API's name; None for the document's.
        description: the API's description, empty for none; None for the document's.

    Raises:
        OpenApiError: there is no such file, it holds no document that can be imported, or the backend is not known.
    """
    if _is_link(openapi):
        return replace(_link(openapi, link_format, service_url), description=description or None)
    if link_format is not None:
        raise OpenApiError("must be a URL where 'link_format' is given")
    document = parse_openapi(read_text(openapi), title, description)
    backend = service_url or document.server
    if backend is None:
        raise OpenApiError("names no https server, so that 'service_url' is required")
    about = document.description if description is None else description or None
    return ApiImport(document.format, document.text, backend, document.operations, about)


def operations_of(openapi: object) -> dict[str, str] | None:
    """Method and URL template by operation id of a document: none where only Azure reads it, None where it is not known here."""
    if not isinstance(openapi, str):
        return None
    try:
        return {} if _is_link(openapi) else parse_openapi(read_text(openapi)).operations
    except OpenApiError:
        return None


def openapi_problem(value: Mapping[str, Any]) -> str | None:
    """A document (`openapi`) that can be imported, with what else `read_openapi` is told of it."""
    if value["openapi"] is None:
        return "is required"
    if value["service_url"] is not None and (problem := backend_url_problem(value["service_url"])):
        return f"cannot have its backend at 'service_url', which {problem}"
    try:
        read_openapi(**value)
    except OpenApiError as error:
        return str(error)
    return None


def _link(url: str, link_format: str | None, service_url: str | None) -> ApiImport:
    problem = https_url_problem(url)
    if problem is not None:
        raise OpenApiError(problem)
    if service_url is None:
        raise OpenApiError("is a URL, which only Azure reads, so that 'service_url' is required")
    if link_format is None:
        link_format = "openapi-link" if url.endswith((".yaml", ".yml")) else "openapi+json-link"
    if link_format not in _LINK_FORMATS:
        raise OpenApiError(f"has the 'link_format' {link_format!r}; the formats are {', '.join(_LINK_FORMATS)}")
    return ApiImport(link_format, url, service_url, {})


def read_text(openapi: str) -> str:
    """The document in `openapi`: itself, or what is in the file whose path it is.

    Raises:
        OpenApiError: it is neither, or the file cannot be read.
    """
    openapi = openapi.removeprefix("\ufeff")
    if "\n" in openapi or openapi.lstrip().startswith("{"):
        return openapi
    path = Path(openapi)
    if path.suffix not in _SUFFIXES:
        raise OpenApiError(
            f"must be a document, an https URL or the path of a .json, .yaml or .yml file, not {openapi!r}"
        )
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise OpenApiError(f"names the file {str(path.resolve())!r}, which does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise OpenApiError(f"names the file {str(path.resolve())!r}, which cannot be read: {error}") from None


def _is_link(openapi: str) -> bool:
    return "\n" not in openapi and "://" in openapi.partition("{")[0]
