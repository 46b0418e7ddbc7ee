"""API documents that are imported: OpenAPI 3.0 and 3.1 (JSON or YAML) and Swagger 2.0 (JSON).

The rules are those of Microsoft's "API import restrictions and known issues" for API Management.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urljoin, urlsplit

from auth0_apim_sandbox.apim.resources.apis.specification_text import parsed, parsing_failed

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Endpoint:
    """One method of one path, references followed.

    Attributes:
        method: in upper case.
        path: the template, for example `/items/{id}`.
        operation: the operation object.
        parameters: parameters of the path and the operation, the operation's winning.
    """

    method: str
    path: str
    operation: dict[str, Any]
    parameters: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Specification:
    """A document that was read and is an API description.

    Attributes:
        dialect: which of the two families it is.
        document: the document itself.
        source: where it was fetched from, None when it came inline.
    """

    dialect: Literal["openapi", "swagger"]
    document: dict[str, Any]
    source: str | None = None

    @property
    def info(self) -> dict[str, Any]:
        """The `info` object."""
        return object_of(self.document["info"], "info")

    def service_url(self) -> str | None:
        """The backend that the document names: its first https server, else its first http one."""
        urls = self._swagger_urls() if self.dialect == "swagger" else self._server_urls()
        absolute = [url.rstrip("/") for url in urls if urlsplit(url).scheme in ("http", "https")]
        return next((url for url in absolute if url.startswith("https:")), absolute[0] if absolute else None)

    def protocols(self) -> list[str] | None:
        """The protocols of a Swagger document; None when it has none that an HTTP API may have."""
        schemes = list_of(self.document.get("schemes"), "schemes") if self.dialect == "swagger" else []
        return [scheme for scheme in schemes if scheme in ("http", "https")] or None

    def schemas(self) -> dict[str, Any]:
        """Named schemas: `components.schemas`, or `definitions` of Swagger."""
        if self.dialect == "swagger":
            return object_of(self.document.get("definitions"), "definitions")
        return object_of(object_of(self.document.get("components"), "components").get("schemas"), "schemas")

    def endpoints(self) -> list[Endpoint]:
        """Every operation in the order of the document."""
        found = []
        for path, item in _path_items(self.document):
            resolved = self.resolve(item)
            for method, operation in resolved.items():
                if method in _METHODS:
                    described = object_of(operation, f"'{method}' of the path '{path}'")
                    parameters = self._parameters(resolved.get("parameters"), described.get("parameters"))
                    found.append(Endpoint(method.upper(), path, described, parameters))
        return found

    def resolve(self, value: Any) -> dict[str, Any]:
        """`value`, or what its `$ref` points to inside the document.

        Raises:
            ValidationFailed: the reference leaves the document or points nowhere.
        """
        seen = set()
        while isinstance(value, dict) and "$ref" in value:
            reference = str(value["$ref"])
            if not reference.startswith("#/"):
                raise parsing_failed(f"the reference '{reference}' leaves the document; only '#/...' can be imported")
            if reference in seen:
                raise parsing_failed(f"the reference '{reference}' refers to itself")
            seen.add(reference)
            value = self._at(reference)
        return object_of(value, "a referable object")

    def _at(self, reference: str) -> Any:
        value: Any = self.document
        for part in unquote(reference[2:]).split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and name.isdecimal():
                value = dict(enumerate(value)).get(int(name))
            else:
                value = value.get(name) if isinstance(value, dict) else None
            if value is None:
                raise parsing_failed(f"the reference '{reference}' points nowhere")
        return value

    def _parameters(self, *lists: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        merged: dict[tuple[Any, Any], dict[str, Any]] = {}
        for parameters in lists:
            for item in list_of(parameters, "parameters"):
                parameter = self.resolve(item)
                if not isinstance(parameter.get("name"), str) or not isinstance(parameter.get("in"), str):
                    raise parsing_failed("a parameter needs 'name' and 'in'")
                merged[parameter["in"], parameter["name"]] = parameter
        return list(merged.values())

    def _server_urls(self) -> list[str]:
        urls = []
        for item in list_of(self.document.get("servers"), "servers"):
            server = object_of(item, "a server")
            url = str(server.get("url", ""))
            for name, variable in object_of(server.get("variables"), "variables").items():
                url = url.replace(f"{{{name}}}", str(object_of(variable, "a variable").get("default", "")))
            if "?" in url:
                raise parsing_failed(f"the server '{url}' has a query string, which is not allowed")
            urls.append(urljoin(self.source, url) if self.source else url)
        return urls

    def _swagger_urls(self) -> list[str]:
        host = self.document.get("host") or (urlsplit(self.source).netloc if self.source else None)
        schemes = list_of(self.document.get("schemes"), "schemes") or ["https"]
        base_path = self.document.get("basePath") or ""
        return [f"{scheme}://{host}{base_path}" for scheme in schemes] if host else []


def read_specification(format_: str, text: str, source: str | None = None) -> Specification:
    """The document of an import.

    Args:
        format_: the API's `format`, one of IMPORT_FORMATS.
        text: the document.
        source: where it was fetched from, None when it came inline.

    Raises:
        ValidationFailed: the document cannot be parsed or is none that can be imported.
    """
    document = parsed(text, "json" in format_)
    dialect: Literal["openapi", "swagger"] = "swagger" if format_.startswith("swagger") else "openapi"
    _check(document, dialect)
    return Specification(dialect, document, source)


def object_of(value: Any, what: str) -> dict[str, Any]:
    """`value` when it is an object, an empty one when there is none.

    Raises:
        ValidationFailed: it is something else; `what` names it.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise parsing_failed(f"{what}: an object was expected in place of {_shown(value)}")
    return value


def list_of(value: Any, what: str) -> list[Any]:
    """`value` when it is a list, an empty one when there is none.

    Raises:
        ValidationFailed: it is something else; `what` names it.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise parsing_failed(f"{what}: a list was expected in place of {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    return json.dumps(value, default=str)[:60]


def _check(document: dict[str, Any], dialect: str) -> None:
    version = str(document.get(dialect, ""))
    if dialect == "swagger" and version != "2.0":
        raise parsing_failed(f"'swagger' must be '2.0', not '{version}'")
    if dialect == "openapi" and not version.startswith(("3.0.", "3.1.")):
        raise parsing_failed(f"'openapi' must be a version 3.0.x or 3.1.x, not '{version}'")
    info = document.get("info")
    if not isinstance(info, dict) or not info.get("title") or not info.get("version"):
        raise parsing_failed("'info' needs 'title' and 'version'")
    paths = document.get("paths")
    if not isinstance(paths, dict) and not (version.startswith("3.1.") and paths is None):
        raise parsing_failed("'paths' is required and must be an object")
    for path, item in _path_items(document):
        if not str(path).startswith("/") or not isinstance(item, dict):
            raise parsing_failed(f"the path '{path}' must start with '/' and be an object")


def _path_items(document: dict[str, Any]) -> list[tuple[str, Any]]:
    """The paths, and those that Azure's extension has for paths that only their query tells apart."""
    found = []
    for name in ("paths", "x-ms-paths"):
        found += list(object_of(document.get(name), name).items())
    return [(path, item) for path, item in found if not str(path).startswith("x-")]
