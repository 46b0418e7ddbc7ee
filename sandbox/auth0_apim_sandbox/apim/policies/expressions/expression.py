"""From the text of a policy expression to its type and its evaluator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.library import (
    collections_members,
    context_members,
    cryptography,
    dates,
    encodings,
    json_members,
    numbers,
    patterns,
    sequences,
    texts,
    xml_nodes,
)
from auth0_apim_sandbox.apim.policies.expressions.library.values import box
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Run
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import NULL, OBJECT, VALUE_TYPES, VOID, Type, underlying
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound as BoundCode
from auth0_apim_sandbox.apim.policies.expressions.statements import StatementBinder
from auth0_apim_sandbox.apim.policies.expressions.syntax import parse

LIBRARY = (
    collections_members,
    context_members,
    cryptography,
    dates,
    encodings,
    json_members,
    numbers,
    patterns,
    sequences,
    texts,
    xml_nodes,
)
"""The modules that declare members."""

Evaluate = Callable[[Any], Any]
"""Takes the request's context, gives the expression's value.

Raises:
    EvaluationError: an exception of .NET that the expression does not catch, or a limit.
"""

Bound = tuple[str, Evaluate]
"""The C# type of an expression and how to evaluate it."""


def bind_expression(text: str) -> Bound:
    """The type and the evaluator of `@(…)` or `@{…}`.

    Raises:
        ExpressionError: malformed, of wrong types, or using something that is not supported, which it names.
    """
    try:
        body = parse(text)
        binder = StatementBinder()
        if body.type == "block":
            code, kind = binder.block_function(body, None)
            if kind == VOID or binder.scope.assigned is not None:
                raise ExpressionError("Not all code paths of '@{…}' return a value.")
            bound = BoundCode(kind, code)
        else:
            bound = binder.value(body)
    except RecursionError:
        raise ExpressionError("The expression is nested too deep.") from None
    kind = OBJECT if bound.type == NULL else bound.type
    return str(kind), _evaluator(bound.run, kind, binder.scope.cells)


def _evaluator(code: Code, kind: Type, cells: int) -> Evaluate:
    needs_box = underlying(kind).name in VALUE_TYPES and underlying(kind).name not in ("bool", "int")

    def evaluate(context: Any) -> Any:
        frame: list[Any] = [Run(context)]
        if cells > 1:
            frame += [[None] for _ in range(cells - 1)]
        try:
            value = code(frame)
        except RecursionError:
            raise EvaluationError(
                "The expression calls itself too deep.", "InsufficientExecutionStackException"
            ) from None
        return box(kind, value) if needs_box else value

    return evaluate
