"""The operations of an imported API document.

Names follow Microsoft's "API import restrictions and known issues": `operationId` in lower case, every run of other
characters a dash, trimmed, at most 76 characters and the rest for a suffix that makes it unique. The service keeps an
`operationId` of letters, digits, dashes and underscores as it is, though, which its recorded answers show.
"""

import itertools
import re
from typing import Any

from auth0_apim_sandbox.apim.arm.contract import checked
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed
from auth0_apim_sandbox.apim.resources.apis.operations import OperationContract, check_template, placeholders
from auth0_apim_sandbox.apim.resources.apis.specification import Endpoint, Specification, list_of, object_of
from auth0_apim_sandbox.apim.resources.apis.specification_text import parsing_failed

_LONGEST_NAME = 76
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
"""Methods whose operations lose their bodies when they are imported."""
_KEPT_NAME = re.compile(rf"[A-Za-z0-9_](?:[A-Za-z0-9_-]{{0,{_LONGEST_NAME - 2}}}[A-Za-z0-9_])?")


def imported_operations(
    specification: Specification, schema_id: str, translate_query: bool
) -> dict[str, OperationContract]:
    """The operations by resource name, in the order of the document.

    Args:
        specification: the document.
        schema_id: name of the schema resource that holds the document's schemas.
        translate_query: whether required query parameters become parameters of the URL template.

    Raises:
        ValidationFailed: an operation cannot be imported.
    """
    operations: dict[str, OperationContract] = {}
    names: set[str] = set()
    signatures: dict[str, list[str]] = {}
    for endpoint in specification.endpoints():
        properties = _Converter(specification, schema_id, translate_query).operation(endpoint)
        operation = checked(OperationContract, properties)
        check_template(operation)
        signature = f"{operation.method} {operation.url_template}"
        signatures.setdefault(re.sub(r"\{[^{}]*\}", "{}", signature).lower(), []).append(signature)
        name = _unique(_resource_name(endpoint), names)
        names.add(name.lower())
        operations[name] = operation
    for same in signatures.values():
        if len(same) > 1:
            message = (
                f"Importing API has duplicate signature operations: {len(same)} operations with signature '{same[0]}'"
            )
            raise ValidationFailed(("representation", message))
    return operations


class _Converter:
    def __init__(self, specification: Specification, schema_id: str, translate_query: bool) -> None:
        self._specification = specification
        self._schema_id = schema_id
        self._translate_query = translate_query

    def operation(self, endpoint: Endpoint) -> dict[str, Any]:
        """The properties of the operation resource."""
        by_location: dict[str, list[dict[str, Any]]] = {}
        for parameter in endpoint.parameters:
            by_location.setdefault(parameter["in"], []).append(parameter)
        in_template = self._template_parameters(endpoint, by_location.get("path", []))
        query = by_location.get("query", [])
        required = [item for item in query if item.get("required")] if self._translate_query else []
        # What the path says of the query is dropped; required parameters are all that the template keeps of it.
        url_template = endpoint.path.partition("?")[0]
        _check_distinct(endpoint, [*placeholders(url_template), *(item["name"] for item in required)])
        if required:
            url_template += "?" + "&".join(f"{item['name']}={{{item['name']}}}" for item in required)
        return {
            "displayName": _display_name(endpoint),
            "method": endpoint.method,
            "urlTemplate": url_template,
            "templateParameters": [*in_template, *(self._parameter(item) for item in required)],
            "description": _text(endpoint.operation.get("description"), 1000),
            "request": {
                "queryParameters": [self._parameter(item) for item in query if item not in required],
                "headers": [self._parameter(item) for item in by_location.get("header", [])],
                "representations": self._request_representations(endpoint, by_location),
            },
            "responses": self._responses(endpoint),
        }

    def _template_parameters(self, endpoint: Endpoint, declared: list[dict[str, Any]]) -> list[dict[str, Any]]:
        path, _, dropped = endpoint.path.partition("?")
        names = placeholders(path)
        declared = [item for item in declared if item["name"] not in placeholders(dropped)]
        unknown = [item["name"] for item in declared if item["name"] not in names]
        missing = [name for name in names if name not in [item["name"] for item in declared]]
        if unknown or missing:
            where = f"{endpoint.method} {endpoint.path}"
            raise parsing_failed(f"the path parameters of {where} and its template differ at {unknown + missing}")
        return [{**self._parameter(item), "required": True} for item in declared]

    def _parameter(self, parameter: dict[str, Any]) -> dict[str, Any]:
        schema = self._specification.resolve(parameter["schema"]) if "schema" in parameter else parameter
        values = [str(value) for value in list_of(schema.get("enum"), "enum")]
        default = schema.get("default")
        return {
            "name": parameter["name"],
            "description": _parameter_description(parameter, schema),
            "type": _type(schema),
            "required": bool(parameter.get("required", False)),
            "defaultValue": None if default is None else str(default),
            "values": values,
        }

    def _request_representations(
        self, endpoint: Endpoint, by_location: dict[str, list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        if endpoint.method in _WITHOUT_BODY:
            return []
        if self._specification.dialect == "openapi":
            body = endpoint.operation.get("requestBody")
            return self._content(self._specification.resolve(body).get("content")) if body else []
        consumes = self._media_types(endpoint, "consumes")
        if by_location.get("formData"):
            form = [self._parameter(item) for item in by_location["formData"]]
            media_types = consumes or ["application/x-www-form-urlencoded"]
            return [{"contentType": media_type, "formParameters": form} for media_type in media_types]
        bodies = by_location.get("body", [])
        media_types = consumes or ["application/json"]
        return [self._representation(name, body.get("schema")) for body in bodies for name in media_types]

    def _responses(self, endpoint: Endpoint) -> list[dict[str, Any]]:
        answers = []
        described = object_of(endpoint.operation.get("responses"), "responses")
        for named, item in described.items():
            status = "500" if named == "default" and not {"500", 500} & described.keys() else str(named)
            if not re.fullmatch("[1-5][0-9]{2}", status):
                continue  # API Management has no place for ranges such as `4XX`.
            response = self._specification.resolve(item)
            answers.append(
                {
                    "statusCode": int(status),
                    "description": _text(response.get("description"), None),
                    "headers": self._headers(object_of(response.get("headers"), "headers")),
                    "representations": self._response_representations(endpoint, response),
                }
            )
        return answers

    def _response_representations(self, endpoint: Endpoint, response: dict[str, Any]) -> list[dict[str, Any]]:
        if self._specification.dialect == "openapi":
            return self._content(response.get("content"))
        if "schema" not in response:
            return []
        produces = self._media_types(endpoint, "produces")
        return [self._representation(name, response["schema"]) for name in produces or ["application/json"]]

    def _media_types(self, endpoint: Endpoint, kind: str) -> list[str]:
        given = endpoint.operation.get(kind) or self._specification.document.get(kind)
        return [str(name) for name in list_of(given, kind)]

    def _headers(self, headers: dict[str, Any]) -> list[dict[str, Any]]:
        resolved = {name: self._specification.resolve(header) for name, header in headers.items()}
        return [self._parameter({**header, "name": name}) for name, header in resolved.items()]

    def _content(self, content: Any) -> list[dict[str, Any]]:
        return [
            self._representation(str(name), object_of(media, "a media type").get("schema"))
            for name, media in object_of(content, "content").items()
        ]

    def _representation(self, media_type: str, schema: Any) -> dict[str, Any]:
        # OpenAPI 3.1 has schemas that are true or false
        reference = "" if isinstance(schema, bool) else str(object_of(schema, "a schema").get("$ref", ""))
        if not reference:
            return {"contentType": media_type}
        return {"contentType": media_type, "schemaId": self._schema_id, "typeName": reference.rpartition("/")[2]}


def _check_distinct(endpoint: Endpoint, names: list[str]) -> None:
    if len({name.lower() for name in names}) < len(names):
        where = f"{endpoint.method} {endpoint.path}"
        raise parsing_failed(f"the names of the required parameters of {where} are not unique in its path and query")


def _resource_name(endpoint: Endpoint) -> str:
    wanted = str(endpoint.operation.get("operationId") or f"{endpoint.method}-{endpoint.path}")
    if _KEPT_NAME.fullmatch(wanted):
        return wanted
    # In the order that is documented: trimmed, then cut, so that a dash may be left at the end.
    return re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:_LONGEST_NAME] or endpoint.method.lower()


def _unique(name: str, known: set[str]) -> str:
    candidates = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(1)))
    return next(candidate for candidate in candidates if candidate.lower() not in known)


def _display_name(endpoint: Endpoint) -> str:
    operation = endpoint.operation
    fallback = f"{endpoint.method.capitalize()} - {endpoint.path}"
    return str(operation.get("summary") or operation.get("operationId") or fallback)[:300]


def _type(schema: dict[str, Any]) -> str:
    declared = schema.get("type", "string")
    if isinstance(declared, list):  # OpenAPI 3.1: ["string", "null"]
        declared = next((item for item in declared if item != "null"), "string")
    return str(declared)


def _parameter_description(parameter: dict[str, Any], schema: dict[str, Any]) -> str | None:
    if not schema.get("format"):
        return _text(parameter.get("description"), None)
    return f"Format - {schema['format']}. {parameter.get('description') or ''}".strip()


def _text(value: Any, longest: int | None) -> str | None:
    return None if value is None else str(value)[:longest]
