"""The scopes that an OpenAPI document's `security` demands of a token, by operation.

https://spec.openapis.org/oas/v3.1.1#security-requirement-object, and the same of Swagger 2.0.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from auth0_apim.openapi_document import OpenApiError, identified_operations, load_document, parse_openapi
from auth0_apim.openapi_source import read_text

_WITH_SCOPES = ("oauth2", "openIdConnect")


def scopes_in_document(document: str, named: Sequence[str] = ()) -> dict[str, list[str]]:
    """The scopes by operation id of a document (a file's path, or its text), none where any token will do.

    Operations that the document says nothing about are left out.

    Args:
        document: JSON or YAML.
        named: ids of operations that somebody else speaks of, and that are left out too.

    Raises:
        OpenApiError: there is no such document, or a requirement that one list of scopes cannot say.
    """
    if "\n" not in document and "://" in document.partition("{")[0]:
        raise OpenApiError("is a URL, which only Azure reads; give the document's text or a file")
    text = read_text(document)
    parse_openapi(text)
    content = load_document(text)
    schemes = _security_schemes(content)
    found = {}
    for operation, description in identified_operations(content):
        security = description.get("security", content.get("security"))
        if security is not None and operation not in named:
            found[operation] = _scopes(operation, security, schemes)
    return found


def scopes_document_problem(value: Mapping[str, Any]) -> str | None:
    """A document (`document`) whose requirements can be said by scopes, but for operations that are `named` elsewhere."""
    try:
        scopes_in_document(**value)
    except OpenApiError as error:
        return str(error)
    return None


def _security_schemes(content: Mapping[str, Any]) -> Mapping[str, Any]:
    components = content.get("components") or {}
    return components.get("securitySchemes") or content.get("securityDefinitions") or {}


def _scopes(operation: str, security: Any, schemes: Mapping[str, Any]) -> list[str]:
    remedy = f"name {operation!r} in 'operation_scopes' instead"
    if not isinstance(security, list) or not all(isinstance(each, dict) for each in security):
        raise OpenApiError(f"has a 'security' of {operation!r} that is no list of requirements")
    if not security or {} in security:
        raise OpenApiError(f"lets anybody call {operation!r} without a token, which no JwtPolicy does; {remedy}")
    alternatives = [_scopes_of_one(operation, requirement, schemes) for requirement in security]
    if any(set(alternative) != set(alternatives[0]) for alternative in alternatives):
        raise OpenApiError(f"has alternatives in the 'security' of {operation!r} with different scopes; {remedy}")
    return sorted(set(alternatives[0]))


def _scopes_of_one(operation: str, requirement: Mapping[str, Any], schemes: Mapping[str, Any]) -> list[str]:
    scopes: list[str] = []
    for name, needed in requirement.items():
        scheme = schemes.get(name)
        if not isinstance(scheme, dict):
            raise OpenApiError(f"asks for the security scheme {name!r} at {operation!r}, which it does not describe")
        if scheme.get("type") in _WITH_SCOPES:
            scopes.extend(str(scope) for scope in needed or ())
    return scopes
