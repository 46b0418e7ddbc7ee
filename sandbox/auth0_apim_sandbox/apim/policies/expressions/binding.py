"""From the syntax of an expression to its code, with C#'s types checked on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from auth0_apim_sandbox.apim.policies.expressions.calls import Argument, Lambda, Out
from auth0_apim_sandbox.apim.policies.expressions.conversions import bind_as, cast, converted
from auth0_apim_sandbox.apim.policies.expressions.creation import Creation
from auth0_apim_sandbox.apim.policies.expressions.interpolation import interpolated
from auth0_apim_sandbox.apim.policies.expressions.library.sequences import default_of
from auth0_apim_sandbox.apim.policies.expressions.library.values import is_instance
from auth0_apim_sandbox.apim.policies.expressions.literals import literal
from auth0_apim_sandbox.apim.policies.expressions.members import Members, Namespace, Static
from auth0_apim_sandbox.apim.policies.expressions.operators import (
    bind_binary,
    bind_coalesce,
    bind_concatenation,
    bind_conditional,
    bind_unary,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Frame
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import BOOL, STRING, THROWN, VOID, Type
from auth0_apim_sandbox.apim.policies.expressions.scope import Assigned, Bound, LocalFunction, Scope, joined
from auth0_apim_sandbox.apim.policies.expressions.syntax import children, required, text_of, unsupported
from auth0_apim_sandbox.apim.policies.expressions.type_names import read_type


class Binder(Creation, Members):
    """Binds the parts of one expression; `scope` is what its names mean."""

    def __init__(self) -> None:
        super().__init__()
        self.scope = Scope()

    def bind(self, node: Node) -> Bound:
        """The value of an expression.

        Raises:
            ExpressionError: wrong types, or something that is not supported, which it names.
        """
        found = self.bind_part(node)
        if isinstance(found, Static):
            raise ExpressionError(f"'{found.type}' is a type, which is not valid here.")
        if isinstance(found, Namespace):
            raise ExpressionError(f"'{found.name}' is not supported in an expression.")
        return found

    def value(self, node: Node) -> Bound:
        """The value of an expression that has one.

        Raises:
            ExpressionError: it is a call that gives nothing.
        """
        found = self.bind(node)
        if found.type == VOID:
            raise ExpressionError(f"'{text_of(node)[:60]}' gives no value.")
        return found

    def bind_part(self, node: Node) -> Bound | Static | Namespace:
        """The value, the type or the namespace that `node` stands for."""
        kind = node.type
        if kind.endswith("literal") and node.id not in self._grafts:
            of, constant = literal(kind, text_of(node))
            return Bound(of, lambda _: constant, constant)
        graft = self._grafts.pop(node.id, None)
        if graft is not None:
            return self.through(*graft, node)
        check = self.null_check(node)
        if check is not None and check.id != node.id:
            return self.through(node, check)
        bind = _BY_KIND.get(kind)
        if bind is None:
            raise unsupported(node)
        return bind(self, node)

    def parenthesized(self, node: Node) -> Bound | Static | Namespace:
        """`(inner)`."""
        return self.bind_part(children(node)[0])

    def condition(self, node: Node) -> tuple[Bound, Assigned, Assigned]:
        """A Boolean, and which variables have a value where it is true and where it is false."""
        while node.type == "parenthesized_expression":
            node = children(node)[0]
        operator = _operator(node)
        if node.type == "binary_expression" and operator in ("&&", "||"):
            return self._logical(node, operator)
        if node.type == "prefix_unary_expression" and operator == "!":
            inner, true, false = self.condition(children(node)[0])
            return bind_unary("!", inner), false, true
        found = self.value(node)
        if found.type != BOOL:
            raise ExpressionError(f"Cannot implicitly convert type '{found.type}' to 'bool'.")
        after = self.scope.assigned
        return found, None if found.constant is False else after, None if found.constant is True else after

    def _logical(self, node: Node, operator: str) -> tuple[Bound, Assigned, Assigned]:
        left, left_true, left_false = self._operand(required(node, "left"), operator)
        self.scope.assigned = left_true if operator == "&&" else left_false
        right, right_true, right_false = self._operand(required(node, "right"), operator)
        first, second = left.run, right.run
        if operator == "&&":
            code: Code = lambda frame: first(frame) and second(frame)  # noqa: E731
            return Bound(BOOL, code), right_true, joined(left_false, right_false)
        code = lambda frame: first(frame) or second(frame)  # noqa: E731
        return Bound(BOOL, code), joined(left_true, right_true), right_false

    def _operand(self, node: Node, operator: str) -> tuple[Bound, Assigned, Assigned]:
        try:
            return self.condition(node)
        except ExpressionError as error:
            if "to 'bool'" not in str(error):
                raise
            raise ExpressionError(f"Operator '{operator}' cannot be applied here: {error}") from None

    def binary(self, node: Node) -> Bound:
        """`left operator right`; a chain of `+` is taken as a whole."""
        operator = _operator(node)
        if operator in ("&&", "||"):
            found, true, false = self.condition(node)
            self.scope.assigned = joined(true, false)
            return found
        if operator == "??":
            return self._coalesced(node)
        if operator == "as":
            return bind_as(self.value(required(node, "left")), read_type(required(node, "right")))
        operands = [node]
        while operands[0].type == "binary_expression" and _operator(operands[0]) == operator == "+":
            left, right = required(operands[0], "left"), required(operands[0], "right")
            operands[0:1] = [left, right]
        if operator != "+":
            return bind_binary(operator, self.value(required(node, "left")), self.value(required(node, "right")))
        return self._sum([self.value(each) for each in operands])

    @staticmethod
    def _sum(values: list[Bound]) -> Bound:
        result, index = values[0], 1
        while index < len(values):
            if STRING in (result.type, values[index].type):
                return bind_concatenation([result, *values[index:]])
            result = bind_binary("+", result, values[index])
            index += 1
        return result

    def _coalesced(self, node: Node) -> Bound:
        left = self.value(required(node, "left"))
        before = self.scope.assigned
        right = self.value(required(node, "right"))
        self.scope.assigned = before
        return bind_coalesce(left, right)

    def conditional(self, node: Node) -> Bound:
        """`condition ? yes : no`."""
        test, true, false = self.condition(required(node, "condition"))
        self.scope.assigned = true
        yes = self.value(required(node, "consequence"))
        after = self.scope.assigned
        self.scope.assigned = false
        no = self.value(required(node, "alternative"))
        self.scope.assigned = joined(after, self.scope.assigned)
        return bind_conditional(test, yes, no)

    def unary(self, node: Node) -> Bound:
        """`!operand`, `-operand`, and `++variable`."""
        operator = _operator(node)
        if operator in ("++", "--"):
            return self.increment(node)
        if operator == "!":
            found, true, false = self.condition(node)
            self.scope.assigned = joined(true, false)
            return found
        return bind_unary(operator, self.value(children(node)[0]))

    def cast(self, node: Node) -> Bound:
        """`(type)operand`."""
        return cast(self.value(required(node, "value")), read_type(required(node, "type")))

    def as_type(self, node: Node) -> Bound:
        """`operand as type`."""
        return bind_as(self.value(required(node, "left")), read_type(required(node, "right")))

    def is_type(self, node: Node) -> Bound:
        """`operand is type`, `operand is null`, and `operand is type name`."""
        left, right = children(node)[0], children(node)[-1]
        value = converted(self.value(left), Type("object"))
        run = value.run
        if right.type == "declaration_pattern":
            kind = read_type(required(right, "type"))
            variable = self.scope.declare(text_of(required(right, "name")), kind, has_value=True)
            slot, narrowed = variable.slot, cast(Bound(Type("object"), lambda frame: frame), kind).run

            def matches(frame: Frame) -> bool:
                found = run(frame)
                fits = is_instance(found, kind)
                frame[slot] = [narrowed(found) if fits else None]
                return fits

            return Bound(BOOL, matches)
        negated = right.type == "negated_pattern"
        pattern = children(right)[0] if negated else right
        inner = children(pattern)[0] if pattern.type == "constant_pattern" else pattern
        if inner.type == "null_literal":
            return Bound(BOOL, lambda frame: (run(frame) is None) is not negated)
        kind = read_type(children(pattern)[0] if pattern.type == "type_pattern" else inner)
        return Bound(BOOL, lambda frame: is_instance(run(frame), kind) is not negated)

    def throw(self, node: Node) -> Bound:
        """`throw` where a value is asked for."""
        code = self.thrown(children(node)[0])
        return Bound(THROWN, code)

    def default(self, node: Node) -> Bound:
        """`default(type)`."""
        kind = read_type(children(node)[0])
        value = default_of(kind)
        return Bound(kind, lambda _: value)

    def checked(self, node: Node) -> Bound:
        """`unchecked(inner)`; `checked` would raise where this wraps."""
        if text_of(node).startswith("checked"):
            raise unsupported(node)
        return self.value(children(node)[-1])

    def interpolation(self, node: Node) -> Bound:
        """`$"…"`."""
        return interpolated(node, self.value)

    def arguments(self, nodes: list[Node]) -> list[Argument]:
        """The arguments of a call."""
        return [self._argument(node) for node in nodes]

    def _argument(self, node: Node) -> Argument:
        name = node.child_by_field_name("name")
        words = [child.type for child in node.children]
        inner = children(node)[-1]
        label = None if name is None else text_of(name)
        if "out" in words:
            return Argument(self._out(inner), label)
        if "ref" in words or "in" in words:
            raise unsupported(node)
        if inner.type in ("lambda_expression", "anonymous_method_expression"):
            return Argument(self.lambda_of(inner), label)
        return Argument(self.value(inner), label)

    def _out(self, node: Node) -> Out:
        if node.type == "declaration_expression":
            name = text_of(required(node, "name"))
            written = required(node, "type")
            kind = None if written.type == "implicit_type" else read_type(written)
            if name == "_":
                return Out(kind, lambda _: lambda _: lambda value: None)  # noqa: ARG005
            return Out(kind, lambda of: _storing(self.scope.declare(name, of, has_value=True).slot))
        variable = self.scope.find(text_of(node)) if node.type == "identifier" else None
        if text_of(node) == "_":
            return Out(None, lambda _: lambda _: lambda value: None)  # noqa: ARG005
        if variable is None or isinstance(variable, LocalFunction):
            raise ExpressionError(f"The variable '{text_of(node)}' does not exist.")
        slot = variable.slot

        def bind(_: Type) -> Code:
            self.scope.assign(slot)
            return _storing(slot)

        return Out(variable.type, bind)

    def lambda_of(self, node: Node) -> Lambda:
        """A lambda, whose parameters' types are known once the method is."""
        names = _parameters(required(node, "parameters"))
        body = required(node, "body")

        def bind(types: tuple[Type, ...], result: Type | None) -> Bound:
            before = self.scope.assigned
            with self.scope.block():
                slots = [
                    self.scope.declare(name, kind, has_value=True).slot for name, kind in zip(names, types, strict=True)
                ]
                code, kind = self.function_body(body, result)
            self.scope.assigned = before
            return Bound(Type("Func", (*types, kind)), _closure(slots, code))

        return Lambda(len(names), bind)

    def function_body(self, body: Node, result: Type | None) -> tuple[Code, Type]:
        """The code and the type of a lambda's or a local function's body."""
        if body.type == "block":
            return self.block_function(body, result)
        value = self.bind(body)
        return (value.run, value.type) if result in (None, VOID) else (converted(value, result).run, result)

    def block_function(self, body: Node, result: Type | None) -> tuple[Code, Type]:
        """The code and the type of a block that returns."""
        raise NotImplementedError

    def increment(self, node: Node) -> Bound:
        """`variable++` and the like."""
        raise NotImplementedError

    def assignment(self, node: Node) -> Bound:
        """`target = value`."""
        raise NotImplementedError

    def thrown(self, node: Node) -> Code:
        """The code that throws."""
        raise NotImplementedError

    def call_function(self, function: LocalFunction, arguments: list[Argument], held: Code | None = None) -> Bound:
        """The call of a local function, or of the function that `held` gives.

        Raises:
            ExpressionError: wrong arguments.
        """
        if len(arguments) != len(function.parameters):
            raise ExpressionError(f"'{function.name}()' does not take {len(arguments)} arguments.")
        codes: list[Code] = []
        for given, kind in zip(arguments, function.parameters, strict=True):
            if not isinstance(given.value, Bound) or given.name is not None:
                raise ExpressionError(f"'{function.name}()' takes values, in order.")
            codes.append(converted(given.value, kind, function.name).run)
        slot = function.slot
        callee = held or (lambda frame: frame[slot][0])
        return Bound(function.result, lambda frame: callee(frame)(*[code(frame) for code in codes]))


def _operator(node: Node) -> str:
    found = node.child_by_field_name("operator")
    if found is not None:
        return text_of(found)
    return next((child.type for child in node.children if not child.is_named), "")


def _storing(slot: int) -> Code:
    def store(frame: Frame) -> Callable[[Any], None]:
        cell: list[Any] = [None]

        def set_value(value: Any) -> None:
            cell[0] = value
            frame[slot] = cell

        return set_value

    return store


def _parameters(node: Node) -> list[str]:
    if node.type in ("implicit_parameter", "identifier"):
        return [text_of(node)]
    return [text_of(each.child_by_field_name("name") or each) for each in children(node)]


def _closure(slots: list[int], code: Code) -> Code:
    """A lambda's code gives a function; each call has a frame of its own over the cells of the frame around."""

    def make(frame: Frame) -> Callable[..., Any]:
        around = frame.copy()
        run = frame[0]

        def call(*values: Any) -> Any:
            run.step()
            own = around.copy()
            for slot, value in zip(slots, values, strict=True):
                own[slot] = [value]
            return code(own)

        return call

    return make


_BY_KIND: dict[str, Callable[[Any, Node], Bound | Static | Namespace]] = {
    "identifier": Binder.identifier,
    "predefined_type": Binder.keyword,
    "parenthesized_expression": Binder.parenthesized,
    "member_access_expression": Binder.member_access,
    "invocation_expression": Binder.invocation,
    "element_access_expression": Binder.element_access,
    "conditional_access_expression": Binder.conditional_access,
    "member_binding_expression": Binder.member_binding,
    "element_binding_expression": Binder.element_binding,
    "binary_expression": Binder.binary,
    "conditional_expression": Binder.conditional,
    "prefix_unary_expression": Binder.unary,
    "postfix_unary_expression": lambda binder, node: binder.increment(node),
    "assignment_expression": lambda binder, node: binder.assignment(node),
    "cast_expression": Binder.cast,
    "as_expression": Binder.as_type,
    "is_expression": Binder.is_type,
    "is_pattern_expression": Binder.is_type,
    "throw_expression": Binder.throw,
    "default_expression": Binder.default,
    "checked_expression": Binder.checked,
    "interpolated_string_expression": Binder.interpolation,
    "object_creation_expression": Binder.object_creation,
    "anonymous_object_creation_expression": Binder.anonymous_object,
    "array_creation_expression": Binder.array_creation,
    "implicit_array_creation_expression": Binder.implicit_array,
}
