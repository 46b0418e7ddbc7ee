"""What names mean in an expression, which variables have a value at a point of it, and how many cells it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import NULL, VOID, Type

NOTHING = object()
"""The constant of what is no constant."""


@dataclass(frozen=True)
class Bound:
    """A bound expression: its static type, its code, and its value where that is a constant."""

    type: Type
    run: Code
    constant: Any = NOTHING


@dataclass(frozen=True)
class Variable:
    """A local variable or a parameter; a constant one cannot be assigned to."""

    name: str
    type: Type
    slot: int
    is_read_only: bool = False
    constant: Any = NOTHING


@dataclass(frozen=True)
class LocalFunction:
    """A local function: types of its parameters, of its result, and the cell it is in."""

    name: str
    parameters: tuple[Type, ...]
    result: Type
    slot: int


Assigned = frozenset[int] | None
"""The cells that surely have a value; None where no way leads, which C# counts as all of them."""


def joined(one: Assigned, other: Assigned) -> Assigned:
    """What has a value where two ways meet."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


class Scope:
    """The names of the blocks around, innermost last, and the flow of assignments."""

    def __init__(self) -> None:
        self._blocks: list[dict[str, Variable | LocalFunction]] = [{}]
        self.assigned: Assigned = frozenset()
        self.cells = 1
        """The run stands in the first cell."""

    @contextmanager
    def block(self) -> Iterator[None]:
        """A block inside, whose variables end with it."""
        self._blocks.append({})
        try:
            yield
        finally:
            self._blocks.pop()

    def find(self, name: str) -> Variable | LocalFunction | None:
        """What the name stands for, None when it is no variable."""
        for block in reversed(self._blocks):
            if name in block:
                return block[name]
        return None

    def declare(
        self, name: str, of: Type, *, read_only: bool = False, constant: Any = NOTHING, has_value: bool = False
    ) -> Variable:
        """A new variable in the innermost block.

        Raises:
            ExpressionError: the name is taken, or the value has no type.
        """
        self._check_free(name)
        if of in (NULL, VOID) or of.name == "<throw>":
            raise ExpressionError(f"The type of the variable '{name}' cannot be told from its value.")
        variable = Variable(name, of, self.cells, read_only, constant)
        self.cells += 1
        self._blocks[-1][name] = variable
        if has_value:
            self.assign(variable.slot)
        return variable

    def declare_function(self, name: str, parameters: tuple[Type, ...], result: Type) -> LocalFunction:
        """A new local function in the innermost block.

        Raises:
            ExpressionError: the name is taken.
        """
        self._check_free(name)
        function = LocalFunction(name, parameters, result, self.cells)
        self.cells += 1
        self._blocks[-1][name] = function
        return function

    def _check_free(self, name: str) -> None:
        if name == "context" or self.find(name) is not None:
            raise ExpressionError(f"A variable named '{name}' is already defined in this scope or in one around it.")

    def assign(self, slot: int) -> None:
        """The cell has a value from here on."""
        if self.assigned is not None:
            self.assigned |= {slot}

    def check_assigned(self, variable: Variable) -> None:
        """Refuse the use of a variable that may have no value.

        Raises:
            ExpressionError: there is a way here on which nothing was assigned to it.
        """
        if self.assigned is not None and variable.slot not in self.assigned:
            raise ExpressionError(f"Use of unassigned local variable '{variable.name}'.")
