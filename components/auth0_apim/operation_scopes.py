"""What JwtPolicy's inputs ask of an API's operations, each by its method and URL template."""

from collections.abc import Mapping
from typing import Any

import pulumi

from auth0_apim.inputs import Inputs
from auth0_apim.openapi_document import parse_openapi
from auth0_apim.openapi_security import scopes_document_problem, scopes_in_document
from auth0_apim.openapi_source import read_text
from auth0_apim.operation_rules import (
    default_scopes_problem,
    named_operations_problem,
    operation_id_problem,
    operation_named,
    operation_names_problem,
    operation_scopes_problem,
    operations_problem,
    public_operations_problem,
    undeclared_scopes_problem,
)

_AN_OPERATION = "an id of PublishedApi.operations"


def operation_requirements(inputs: Inputs, args: Mapping[str, Any]) -> pulumi.Output[dict[str, Any]]:
    """The scopes of an API's operations (`required`) and the operations that need no token (`public`); others are denied.

    Raises:
        InputError: an input is not known at construction, wrong, names no operation or no scope of the API, or all
            operations would be denied.
    """
    own = inputs.plain(
        "operation_scopes", args.get("operation_scopes") or {}, operation_scopes_problem, '{"add": ["calc:add"]}'
    )
    public = inputs.plain(
        "public_operations", args.get("public_operations") or [], operation_names_problem, '["health"]'
    )
    default, document, operations = args.get("default_scopes"), args.get("scopes_document"), args.get("operations")
    if not own and not public and default is None and document is None:
        problem = "names no operation, so that all are denied; to accept any good token at each, say so"
        raise inputs.error("operation_scopes", problem, "default_scopes: []")
    documented = {}
    if document is not None:
        source = {"document": document, "named": sorted({*own, *public})}
        inputs.plain("scopes_document", source, scopes_document_problem, '"openapi/calculator.yaml"')
        documented = scopes_in_document(**source)
        operations = parse_openapi(read_text(document)).operations if operations is None else operations
    known = inputs.check("operations", operations or {}, operations_problem, '{"add": "GET /add"}')
    scopes = documented | own
    named = {"operations": operations or {}, "names": list(scopes), "public": public}
    checked = {
        "operations": known,
        "names": inputs.check("operation_scopes", named, named_operations_problem, _AN_OPERATION),
        "public": inputs.check("public_operations", named, public_operations_problem, _AN_OPERATION),
        "scopes": declared(inputs, "operation_scopes", scopes, args),
    }
    if default is not None:
        wanted = {"scopes": default, "operations": operations or {}}
        checked["named"] = inputs.check("default_scopes", wanted, default_scopes_problem, '["calc:use"]')
        checked["default"] = declared(inputs, "default_scopes", default, args)
    return pulumi.Output.all(**checked).apply(lambda each: _by_operation(scopes, public, each))


def known_operation(
    inputs: Inputs, input_name: str, operation: pulumi.Input[str], args: Mapping[str, Any]
) -> pulumi.Output[str]:
    """`operation`, an id, once it is known to be one of the API's.

    Raises:
        InputError: it is none.
    """
    pair = {"operation": operation, "operations": args.get("operations")}
    checked = inputs.check(input_name, pair, operation_id_problem, _AN_OPERATION)
    return checked.apply(lambda known: str(known["operation"]))


def declared(inputs: Inputs, input_name: str, scopes: Any, args: Mapping[str, Any]) -> pulumi.Output[Any]:
    """`scopes`, a list or a map of lists by operation, once each is known to be one of the API's.

    Raises:
        InputError: one is not.
    """
    by_operation = scopes if isinstance(scopes, dict) else {"": scopes}
    pair = {"operations": by_operation, "available": args.get("available_scopes")}
    checked = inputs.check(input_name, pair, undeclared_scopes_problem, "a scope of Auth0Api.scopes")
    if isinstance(scopes, dict):
        return checked.apply(lambda known: known["operations"])
    return checked.apply(lambda known: known["operations"][""])


def _by_operation(scopes: Mapping[str, Any], public: list[str], known: Mapping[str, Any]) -> dict[str, Any]:
    operations = known["operations"]
    required = {operation_named(name, operations): wanted for name, wanted in scopes.items()}
    open_to_all = sorted(str(operation_named(name, operations)) for name in public)
    if "default" in known:
        unnamed = set(operations.values()).difference(required, open_to_all)
        required |= dict.fromkeys(unnamed, known["default"])
    return {"required": required, "public": open_to_all}
