"""From the text of a policy expression to its type and its evaluator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.binding import bind
from auth0_apim_sandbox.apim.policies.expressions.blocks import parse_block
from auth0_apim_sandbox.apim.policies.expressions.csharp_types import common_type, is_assignable
from auth0_apim_sandbox.apim.policies.expressions.errors import ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound, Scope, Variable
from auth0_apim_sandbox.apim.policies.expressions.syntax import parse_expression
from auth0_apim_sandbox.apim.policies.expressions.trees import Assignment, Declaration, If, Return, Statement, Tree

_GOES_ON = object()
Run = Callable[[Any], Any]
"""Runs a statement on a context; gives what it returns, or `_GOES_ON`."""


def bind_expression(text: str) -> Bound:
    """The type and the evaluator of `@(…)` or `@{…}`.

    Raises:
        ExpressionError: malformed, of wrong types, or using something that is not supported, which it names.
    """
    try:
        if text.strip().startswith("@{"):
            block = _Block()
            run = block.sequence(parse_block(text))
            return block.type, run
        return bind(parse_expression(text), Scope())
    except RecursionError:
        raise ExpressionError("The expression is nested too deep.") from None


class _Block:
    """Binds the statements of one block."""

    def __init__(self) -> None:
        self._scope = Scope()
        self._type: str | None = None

    @property
    def type(self) -> str:
        """The type of what the block returns."""
        return self._type or "object"

    def sequence(self, statements: tuple[Statement, ...]) -> Run:
        """One statement after the other until one returns."""
        runs = [self._statement(statement) for statement in statements]

        def run(context: Any) -> Any:
            for step in runs:
                result = step(context)
                if result is not _GOES_ON:
                    return result
            return _GOES_ON

        return run

    def _statement(self, statement: Statement) -> Run:
        match statement:
            case Return(value):
                return self._return(value)
            case If():
                return self._if(statement)
            case Declaration(type_, name, value):
                return self._declaration(type_, name, value)
            case Assignment(name, value):
                return _storing(self._scope.variable(name), name, bind(value, self._scope))

    def _return(self, value: Tree) -> Run:
        kind, evaluate = bind(value, self._scope)
        self._type = kind if self._type is None else common_type(self._type, kind, "return")
        return evaluate

    def _declaration(self, type_: str, name: str, value: Tree | None) -> Run:
        if value is None:
            if type_ == "var":
                raise ExpressionError(f"The variable '{name}' needs a type or a value.")
            return _storing(self._scope.declare(name, type_), name, ("null", lambda _: None), checked=False)
        bound = bind(value, self._scope)
        return _storing(self._scope.declare(name, bound[0] if type_ == "var" else type_), name, bound)

    def _if(self, statement: If) -> Run:
        kind, test = bind(statement.condition, self._scope)
        if kind != "bool":
            raise ExpressionError(f"Cannot implicitly convert type '{kind}' to 'bool'.")
        yes, no = self.sequence(statement.yes), self.sequence(statement.no)
        return lambda context: yes(context) if test(context) else no(context)


def _storing(variable: Variable, name: str, value: Bound, *, checked: bool = True) -> Run:
    kind, evaluate = value
    if checked and not is_assignable(kind, variable.type):
        raise ExpressionError(f"Cannot implicitly convert type '{kind}' to '{variable.type}' of '{name}'.")

    def store(context: Any) -> Any:
        variable.value = evaluate(context)
        return _GOES_ON

    return store
