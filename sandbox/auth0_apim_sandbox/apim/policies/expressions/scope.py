"""The names an expression can use, and its variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.errors import ExpressionError

Evaluate = Callable[[Any], Any]
"""Takes the request's context, gives the expression's value."""

Bound = tuple[str, Evaluate]
"""The static type of an expression and how to evaluate it."""

STATICS = ("Array", "DateTime", "StringComparer", "StringComparison", "int", "string")
"""Types whose static members are supported."""

_KEYWORDS = {"String": "string", "Int32": "int"}


@dataclass
class Variable:
    """A variable of an expression; evaluation is synchronous, so one cell holds its value while the expression runs."""

    type: str
    value: Any = None


@dataclass(frozen=True)
class Scope:
    """What names mean: variables of the whole expression, and parameters of the lambdas around."""

    variables: dict[str, Variable] = field(default_factory=dict)
    parameters: Mapping[str, Bound] = field(default_factory=dict)

    def find(self, name: str) -> Bound:
        """What `name` stands for.

        Raises:
            ExpressionError: nothing that is supported.
        """
        if name == "context":
            return "Context", lambda context: context
        if name in self.parameters:
            return self.parameters[name]
        if name in self.variables:
            variable = self.variables[name]
            return variable.type, lambda _: variable.value
        static = _KEYWORDS.get(name, name)
        if static in STATICS:
            return f"static {static}", lambda context: context
        raise ExpressionError(f"'{name}' is not supported in an expression.")

    def inside(self, name: str, bound: Bound) -> Scope:
        """The scope in a lambda whose parameter is `name`."""
        return Scope(self.variables, {**self.parameters, name: bound})

    def declare(self, name: str, type_: str) -> Variable:
        """A new variable.

        Raises:
            ExpressionError: the name is taken, or the value has no type.
        """
        if name in self.variables or name in self.parameters or name == "context" or name in STATICS:
            raise ExpressionError(f"A variable named '{name}' is already defined.")
        if type_ == "null" or "=>" in type_:
            raise ExpressionError(f"The type of the variable '{name}' cannot be told from its value.")
        self.variables[name] = Variable(type_)
        return self.variables[name]

    def variable(self, name: str) -> Variable:
        """The variable called `name`.

        Raises:
            ExpressionError: there is none.
        """
        if name not in self.variables:
            raise ExpressionError(f"The variable '{name}' does not exist.")
        return self.variables[name]
