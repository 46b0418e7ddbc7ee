"""What JwtPolicy's inputs ask of an API's operations, each by its method and URL template."""

from collections.abc import Mapping
from typing import Any

import pulumi

from auth0_apim.component.inputs import Inputs
from auth0_apim.openapi.document import parse_openapi
from auth0_apim.openapi.security import scopes_document_problem, scopes_in_document
from auth0_apim.openapi.source import read_text
from auth0_apim.policy.operation_rules import (
    default_scopes_problem,
    named_operations_problem,
    operation_named,
    operations_problem,
    public_operations_problem,
    undeclared_scopes_problem,
)

AN_OPERATION = "use an id of PublishedApi.operations"
"""What to do where a name stands for no operation."""


def require_operations(inputs: Inputs) -> None:
    """Require that the operations of an API are named, exist, and ask for scopes that the API has.

    Raises:
        InputError: an input names no operation or no scope of the API, or all operations would be denied.
    """
    own, public = inputs.get("operation_scopes", {}), inputs.get("public_operations", [])
    from_document, default = inputs.get("scopes_from_document"), inputs.get("default_scopes")
    if not own and not public and default is None and not from_document:
        problem = "names no operation, so that all are denied"
        raise inputs.error("operation_scopes", problem, "to accept any good token at each, give default_scopes: []")
    if from_document:
        inputs.need("scopes_from_document", "openapi")
        inputs.require("openapi", _source(inputs, inputs.get("openapi")), scopes_document_problem)
    operations = _operations(inputs)
    if "operations" not in inputs:
        inputs.require("operations", operations, operations_problem)
    scopes = scopes_by_operation(inputs, inputs.get("openapi"))
    named = {"operations": operations, "names": list(scopes), "public": public}
    inputs.require("operation_scopes", named, named_operations_problem, AN_OPERATION)
    inputs.require("public_operations", named, public_operations_problem, AN_OPERATION)
    wanted = {"scopes": default, "operations": operations}
    if default is not None:
        inputs.require("default_scopes", wanted, default_scopes_problem)
    require_declared(inputs, "operation_scopes", scopes)
    require_declared(inputs, "default_scopes")


def require_declared(inputs: Inputs, input_name: str, by_operation: Mapping[str, Any] | None = None) -> None:
    """Require that each scope that an input asks for is one of the API's.

    Args:
        inputs: with `available_scopes` where the API's are known.
        input_name: the input, a list of scopes.
        by_operation: its scopes by operation, where it has those.

    Raises:
        InputError: one is not.
    """
    asked = {"": inputs.get(input_name, [])} if by_operation is None else by_operation
    pair = {"operations": asked, "available": inputs.get("available_scopes")}
    inputs.require(input_name, pair, undeclared_scopes_problem, "use one of the API's scopes")


def operation_requirements(inputs: Inputs) -> pulumi.Output[dict[str, Any]]:
    """The scopes of an API's operations (`required`) and the operations that need no token (`public`); others are denied."""
    known = {
        "operations": inputs.output("operations", _operations(inputs)),
        "checked": [inputs.output("operation_scopes", {}), inputs.output("public_operations", [])],
    }
    if "default_scopes" in inputs:
        known["default"] = inputs.output("default_scopes")
    scopes, public = scopes_by_operation(inputs, inputs.get("openapi")), inputs.get("public_operations", [])
    return pulumi.Output.all(**known).apply(lambda each: _by_operation(scopes, public, each))


def scopes_by_operation(policy: Inputs | Mapping[str, Any], openapi: Any) -> dict[str, list[str]]:
    """The scopes that calls of single operations need, by the operation's name, those of the document too.

    Args:
        policy: JwtPolicy's inputs.
        openapi: the document that is asked where they say so.

    Raises:
        OpenApiError: it is asked and cannot be read.
    """
    documented = scopes_in_document(**_source(policy, openapi)) if policy.get("scopes_from_document") else {}
    return {**documented, **policy.get("operation_scopes", {})}


def _source(policy: Inputs | Mapping[str, Any], openapi: Any) -> dict[str, Any]:
    named = {*policy.get("operation_scopes", {}), *policy.get("public_operations", [])}
    return {"document": openapi, "named": sorted(named)}


def _operations(inputs: Inputs) -> Any:
    """The API's operations by id; none where they are not known."""
    if "operations" not in inputs and inputs.get("scopes_from_document"):
        return parse_openapi(read_text(inputs.get("openapi"))).operations
    return inputs.get("operations", {})


def _by_operation(scopes: Mapping[str, Any], public: list[str], known: Mapping[str, Any]) -> dict[str, Any]:
    operations = known["operations"]
    required = {operation_named(name, operations): wanted for name, wanted in scopes.items()}
    open_to_all = sorted(str(operation_named(name, operations)) for name in public)
    if "default" in known:
        unnamed = set(operations.values()).difference(required, open_to_all)
        required |= dict.fromkeys(unnamed, known["default"])
    return {"required": required, "public": open_to_all}
