"""The scopes that JwtPolicy's inputs demand, checked against those that the API has."""

from collections.abc import Mapping
from typing import Any

import pulumi

from auth0_apim.inputs import Inputs
from auth0_apim.openapi_security import scopes_document_problem, scopes_in_document
from auth0_apim.policy_rules import (
    operation_problem,
    operation_scopes_problem,
    required_scopes_problem,
    undeclared_scopes_problem,
)


def operation_scopes(inputs: Inputs, args: Mapping[str, Any], level: str) -> pulumi.Output[dict[str, Any]]:
    """The scopes of an API's operations: `operations` by their id, `default` of every other one, None where closed.

    Raises:
        InputError: they are not known at construction, wrong, no scopes of the API, or nothing is open.
    """
    example = '{"add": ["calc:add"]}'
    own = inputs.plain("operation_scopes", args.get("operation_scopes") or {}, operation_scopes_problem, example)
    default, document = args.get("default_scopes"), args.get("scopes_document")
    if level == "api" and not own and default is None and document is None:
        problem = "names no operation, so that all would be closed; to open them to any good token, say so"
        raise inputs.error("operation_scopes", problem, "default_scopes: []")
    known = dict(own)
    if document is not None:
        source = inputs.plain(
            "scopes_document",
            {"document": document, "named": sorted(own)},
            scopes_document_problem,
            '"openapi/calculator.yaml"',
        )
        known = scopes_in_document(**source) | known
    names = [known_operation(inputs, "operation_scopes", operation, args) for operation in sorted(known)]
    checked: dict[str, Any] = {
        "operations": declared(inputs, "operation_scopes", known, args),
        "names": pulumi.Output.all(*names),
    }
    if default is not None:
        inputs.check("default_scopes", default, required_scopes_problem, '["calc:use"]')
        checked["default"] = declared(inputs, "default_scopes", default, args)
    return pulumi.Output.all(**checked)


def known_operation(
    inputs: Inputs, input_name: str, operation: pulumi.Input[str], args: Mapping[str, Any]
) -> pulumi.Output[str]:
    """`operation`, once it is known to be one of the API's.

    Raises:
        InputError: it is none.
    """
    pair = {"operation": operation, "operations": args.get("operations")}
    checked = inputs.check(input_name, pair, operation_problem, "an id of PublishedApi.operations")
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
