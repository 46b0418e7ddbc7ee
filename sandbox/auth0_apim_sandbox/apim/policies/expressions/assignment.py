"""Assignments: to variables, to items, and compound ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from auth0_apim_sandbox.apim.policies.expressions.binding import Binder
from auth0_apim_sandbox.apim.policies.expressions.calls import Argument, bind_call
from auth0_apim_sandbox.apim.policies.expressions.conversions import cast, converted, fits
from auth0_apim_sandbox.apim.policies.expressions.library.collections_members import item_at, set_item
from auth0_apim_sandbox.apim.policies.expressions.operators import bind_binary, bind_coalesce
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import ExpressionError, null_reference
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Frame
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import instance_members
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import INT, NUMBERS, Type
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound, Variable
from auth0_apim_sandbox.apim.policies.expressions.syntax import children, required, text_of, unsupported


class Assignments(Binder):
    """Binds assignments."""

    def assignment(self, node: Node) -> Bound:
        """`target = value`, `target += value` and the like."""
        operator = text_of(required(node, "operator")).removesuffix("=")
        target = required(node, "left")
        if target.type == "identifier":
            return self._to_variable(target, operator, lambda: self._assigned_value(target, required(node, "right")))
        if target.type == "element_access_expression":
            return self._to_item(target, operator, self.value(required(node, "right")))
        raise unsupported(node, "assignment")

    def _assigned_value(self, target: Node, node: Node) -> Bound:
        if node.type != "lambda_expression":
            return self.value(node)
        kind = self._variable_named(target).type
        if kind.name != "Func":
            raise unsupported(node)
        found = self.lambda_of(node)
        if found.count != len(kind.arguments) - 1:
            raise ExpressionError(f"'{kind}' takes {len(kind.arguments) - 1} parameters.")
        return Bound(kind, found.bind(kind.arguments[:-1], kind.arguments[-1]).run)

    def increment(self, node: Node) -> Bound:
        """`variable++`, which gives the value before, and `++variable`."""
        target = children(node)[0]
        if target.type != "identifier":
            raise unsupported(node)
        one = Bound(INT, lambda _: 1, 1)
        is_postfix = node.type == "postfix_unary_expression"
        operator = text_of(node)[-1] if is_postfix else text_of(node)[0]
        if operator not in "+-" or self._variable_named(target).type.name not in NUMBERS:
            raise unsupported(node)
        before = self.value(target).run
        step = self._to_variable(target, operator, lambda: one)

        def run(frame: Frame) -> Any:
            value = before(frame)
            changed = step.run(frame)
            return value if is_postfix else changed

        return Bound(step.type, run)

    def _variable_named(self, node: Node) -> Variable:
        found = self.scope.find(text_of(node))
        if not isinstance(found, Variable):
            raise ExpressionError(f"The variable '{text_of(node)}' does not exist.")
        if found.is_read_only:
            raise ExpressionError(f"Cannot assign to '{found.name}' because it is read-only.")
        return found

    def _to_variable(self, target: Node, operator: str, bind: Callable[[], Bound]) -> Bound:
        variable = self._variable_named(target)
        if operator:
            self.scope.check_assigned(variable)
        value = bind()
        slot = variable.slot
        if operator:
            value = _combined(operator, Bound(variable.type, lambda frame: frame[slot][0]), value)
        run = converted(value, variable.type, variable.name).run
        self.scope.assign(slot)

        def store(frame: Frame) -> Any:
            result = frame[slot][0] = run(frame)
            return result

        return Bound(variable.type, store)

    def _to_item(self, target: Node, operator: str, value: Bound) -> Bound:
        owner = self.value(required(target, "expression"))
        indexes = self.arguments(children(required(target, "subscript")))
        if owner.type.name == "[]":
            item = owner.type.arguments[0]
            return Bound(item, self._array_store(owner, indexes, item, operator, value))
        if operator:
            value = _combined(operator, self._indexed(owner, children(required(target, "subscript"))), value)
        methods = instance_members(owner.type, "this[]=")
        if not methods:
            raise ExpressionError(f"'[…] =' of '{owner.type}' is not supported in an expression.")
        item = methods[0].parameters[-1].type
        value = converted(value, item)
        slot = self.scope.cells
        self.scope.cells += 1
        held = Bound(item, lambda frame: frame[slot][0])
        call = bind_call(f"{owner.type}[…] =", methods, owner, [*indexes, Argument(held)], ()).run
        run = value.run

        def store(frame: Frame) -> Any:
            frame[slot] = [run(frame)]
            call(frame)
            return frame[slot][0]

        return Bound(item, store)

    def _array_store(self, owner: Bound, indexes: list[Argument], item: Type, operator: str, value: Bound) -> Code:
        if len(indexes) != 1 or not isinstance(indexes[0].value, Bound) or not fits(indexes[0].value, INT):
            raise ExpressionError(f"'[…]' of '{owner.type}' takes 'int'.")
        run, at = owner.run, indexes[0].value.run
        if operator:
            value = _combined(operator, Bound(item, lambda frame: item_at(run(frame), at(frame))), value)
        code = converted(value, item).run

        def store(frame: Frame) -> Any:
            values = run(frame)
            if values is None:
                raise null_reference()
            position, result = at(frame), code(frame)
            set_item(values, position, result)
            return result

        return store


def _combined(operator: str, old: Bound, value: Bound) -> Bound:
    """`old operator value` as a value of the old type, as a compound assignment has it."""
    if operator == "??":
        return bind_coalesce(old, value)
    result = bind_binary(operator, old, value)
    return result if fits(result, old.type) else cast(result, old.type)
