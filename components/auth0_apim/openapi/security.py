"""The scopes that an OpenAPI document's `security` demands of a token, by operation.

https://spec.openapis.org/oas/v3.1.1#security-requirement-object, and the same of Swagger 2.0.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from auth0_apim.openapi.document import parse_openapi
from auth0_apim.openapi.operations import resolved
from auth0_apim.openapi.source import read_text
from auth0_apim.openapi.text import OpenApiError

_WITH_SCOPES = ("oauth2", "openIdConnect")
_WITHOUT_SCOPES = ("apiKey", "basic", "http", "mutualTLS")


def scopes_in_document(document: str, named: Sequence[str] = ()) -> dict[str, list[str]]:
    """The scopes by operation id of a document (a file's path, or its text), none where any token will do.

    Operations that the document says nothing about are left out.

    Args:
        document: JSON or YAML.
        named: operations that somebody else speaks of, by id or by method and URL template; they are left out too.

    Raises:
        OpenApiError: there is no such document, or a requirement that one list of scopes cannot say.
    """
    if "\n" not in document and "://" in document.partition("{")[0]:
        raise OpenApiError("is a URL, which only Azure reads; give the document's text or a file")
    parsed = parse_openapi(read_text(document))
    found = {}
    for name, operation in parsed.described.items():
        security = operation.description.get("security")
        security = parsed.content.get("security") if security is None else security
        if security is not None and not {name, operation.signature} & set(named):
            found[name] = _scopes(name, security, parsed.content)
    return found


def scopes_document_problem(value: Mapping[str, Any]) -> str | None:
    """A document (`document`) whose requirements can be said by scopes, but for operations that are `named` elsewhere."""
    try:
        scopes_in_document(**value)
    except OpenApiError as error:
        return str(error)
    return None


def _scopes(operation: str, security: Any, content: Mapping[str, Any]) -> list[str]:
    remedy = f"name {operation!r} in 'operation_scopes' instead"
    if not isinstance(security, list) or not all(isinstance(each, dict) for each in security):
        raise OpenApiError(f"has a 'security' of {operation!r} that is no list of requirements")
    if not security or {} in security:
        raise OpenApiError(
            f"lets anybody call {operation!r} without a token; name it in 'public_operations' where that is meant, "
            "or in 'operation_scopes' with what it asks"
        )
    alternatives = [_scopes_of_one(operation, requirement, content) for requirement in security]
    if any(set(alternative) != set(alternatives[0]) for alternative in alternatives):
        raise OpenApiError(f"has alternatives in the 'security' of {operation!r} with different scopes; {remedy}")
    return sorted(set(alternatives[0]))


def _scopes_of_one(operation: str, requirement: Mapping[str, Any], content: Mapping[str, Any]) -> list[str]:
    scopes: list[str] = []
    for name, needed in requirement.items():
        kind = _kind(operation, name, content)
        if not isinstance(needed, list) or not all(isinstance(scope, str) for scope in needed):
            raise OpenApiError(f"has a 'security' of {operation!r} whose {name!r} is no list of scopes")
        # OpenAPI 3.1 lets other schemes name roles, which no token's scopes are.
        if needed and kind not in _WITH_SCOPES:
            remedy = f"name {operation!r} in 'operation_scopes' instead"
            raise OpenApiError(f"asks for roles of {name!r}, which has no scopes, at {operation!r}; {remedy}")
        scopes.extend(str(scope) for scope in needed)
    return scopes


def _kind(operation: str, name: str, content: Mapping[str, Any]) -> str:
    components = content.get("components") or {}
    schemes = components.get("securitySchemes") or content.get("securityDefinitions") or {}
    if name not in schemes:
        raise OpenApiError(f"asks for the security scheme {name!r} at {operation!r}, which it does not describe")
    scheme, _ = resolved(content, schemes[name], f"the security scheme {name!r}")
    kind = scheme.get("type")
    if kind not in (*_WITH_SCOPES, *_WITHOUT_SCOPES):
        raise OpenApiError(f"has the security scheme {name!r} of a type that is not known, {kind!r}")
    return str(kind)
