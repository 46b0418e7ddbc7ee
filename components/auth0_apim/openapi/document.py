"""OpenAPI documents as API Management imports them.

Formats and limits: https://learn.microsoft.com/azure/api-management/api-management-api-import-restrictions
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from auth0_apim.openapi.operations import Operation, at, identified_operations, reference_place
from auth0_apim.openapi.text import LoadedText, OpenApiError, Place, load_text

_LARGEST = 4 * 1024 * 1024
_DATA = ("example", "examples", "default", "enum", "const")
"""Keys of values that are data, in which `$ref` means nothing."""
_NAMED = ("$defs", "definitions", "headers", "parameters", "patternProperties", "properties", "schemas")
"""Keys of objects whose own keys are names that the document gives, which may be those above or start with `x-`."""


@dataclass(frozen=True)
class OpenApiDocument:
    """A document that can be imported.

    Attributes:
        text: the document as it is sent: as it was written, or with the ids that its operations get and the title and
            the description that the API has.
        format: `swagger-json`, `openapi+json` or `openapi` (YAML), as the API's `format` names it.
        content: what was written.
        described: the operations by id, sorted.
        server: absolute URL of the backend that the document names, without trailing slash; None where it names none.
    """

    text: str
    format: str
    content: Mapping[str, Any]
    described: Mapping[str, Operation]
    server: str | None

    @property
    def operations(self) -> dict[str, str]:
        """Method and URL template by operation id, sorted: `{"add": "GET /add?a={a}"}`."""
        return {name: operation.signature for name, operation in self.described.items()}

    @property
    def description(self) -> str | None:
        """What the document says about the API; None where it says nothing."""
        info = self.content.get("info")
        text = info.get("description") if isinstance(info, dict) else None
        return str(text) if text else None


@lru_cache(maxsize=16)
def parse_openapi(text: str, title: str | None = None, description: str | None = None) -> OpenApiDocument:
    """The document in `text`, JSON or YAML.

    Args:
        text: as it was written.
        title: the API's name, which an import overwrites with `info.title`; None leaves that as it is.
        description: the API's description, likewise; empty for none.

    Raises:
        OpenApiError: neither, or no OpenAPI 2.0, 3.0 or 3.1, or larger than API Management takes.
    """
    loaded, format_, named = _read(text)
    sent = _with_ids(loaded, named, _other_info(loaded.content, title, description))
    _check_size(sent)
    content = loaded.content
    server = _swagger_server(content) if format_ == "swagger-json" else _first_server(content)
    return OpenApiDocument(sent, format_, content, named, server)


@lru_cache(maxsize=16)
def _read(text: str) -> tuple[LoadedText, str, Mapping[str, Operation]]:
    """What is written in `text`, its format, and its operations by id, sorted."""
    _check_size(text)
    loaded = load_text(text)
    content = loaded.content
    if elsewhere := next(_references_elsewhere(content), None):
        raise OpenApiError(
            f"refers to {elsewhere!r}, and API Management reads no other file: bundle the document first"
        )
    return loaded, _format(loaded), dict(sorted(identified_operations(content).items()))


def _check_size(text: str) -> None:
    size = len(text.encode())
    if size > _LARGEST:
        raise OpenApiError(f"is {size} bytes long, 4 MB at most")


def _format(loaded: LoadedText) -> str:
    is_json = loaded.root is None
    swagger, version = str(loaded.content.get("swagger", "")), str(loaded.content.get("openapi", ""))
    if swagger == "2.0" and not is_json:
        raise OpenApiError("is a Swagger 2.0 document in YAML, which API Management takes as JSON only")
    if swagger == "2.0":
        return "swagger-json"
    if re.fullmatch(r"3\.[01]\.[0-9]+", version):
        return "openapi+json" if is_json else "openapi"
    raise OpenApiError(f"must say swagger: 2.0 or openapi: 3.0.x or 3.1.x, not {swagger or version or None!r}")


def _other_info(content: Mapping[str, Any], title: str | None, description: str | None) -> dict[Place, str | None]:
    """The texts of `info` that are others than the API's."""
    info = content.get("info")
    if not isinstance(info, dict):
        return {}
    texts: dict[Place, str | None] = {}
    if title is not None and info.get("title") != title:
        texts["info", "title"] = title
    if description is not None and (info.get("description") or "") != description:
        texts["info", "description"] = description or None
    return texts


def _with_ids(loaded: LoadedText, named: Mapping[str, Operation], texts: Mapping[Place, str | None]) -> str:
    """The document's text, in which every operation has its id, and with other `texts`."""
    written = {name: each.description.get("operationId") for name, each in named.items()}
    changed = {name: each for name, each in named.items() if type(written[name]) is not str or written[name] != name}
    # A path item that is referred to may be that of several paths.
    copies = {each.place[:2]: each.reference for each in changed.values() if each.reference is not None}
    ids = {(*each.place, "operationId"): name for name, each in changed.items()}
    return loaded.rewritten(copies, {**texts, **ids})


def _references_elsewhere(content: Any) -> Iterator[str]:
    """The references that lead out of the document, but for those in data and in vendor extensions."""
    places, seen = [(content, "")], set()
    while places:
        place, held_by = places.pop()
        if id(place) in seen:  # an alias of YAML, which may even lead to itself
            continue
        seen.add(id(place))
        if isinstance(place, list):
            places += [(value, "") for value in place]
        elif isinstance(place, dict):
            reference = place.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield reference
            if inside := reference_place(reference):  # it may lead into a vendor extension
                places.append((at(content, inside), ""))
            places += [
                (value, "" if held_by in _NAMED else name)
                for name, value in place.items()
                if not _means_nothing(name, held_by)
            ]


def _means_nothing(name: str, held_by: str) -> bool:
    if held_by in _NAMED:
        return False
    is_data = name in _DATA and (held_by, name) != ("responses", "default")
    return is_data or (name.startswith("x-") and name != "x-ms-paths")


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
