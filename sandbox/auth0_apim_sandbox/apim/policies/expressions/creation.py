"""`new`: objects with their initializers, anonymous objects, arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from auth0_apim_sandbox.apim.policies.expressions.calls import Argument, bind_call
from auth0_apim_sandbox.apim.policies.expressions.conversions import converted, fits
from auth0_apim_sandbox.apim.policies.expressions.library.sequences import array, filled
from auth0_apim_sandbox.apim.policies.expressions.library.values import Anonymous
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EXCEPTIONS, EvaluationError, ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Frame
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import STATIC, instance_members, with_types
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    INT,
    NULL,
    STRING,
    VOID,
    Type,
    array_of,
    type_parameters,
)
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound, Scope
from auth0_apim_sandbox.apim.policies.expressions.syntax import children, required, text_of, unsupported
from auth0_apim_sandbox.apim.policies.expressions.type_names import read_type


class Creation:
    """Binds `new`."""

    scope: Scope

    if TYPE_CHECKING:

        def value(self, node: Node) -> Bound: ...  # noqa: D102
        def arguments(self, nodes: list[Node]) -> list[Argument]: ...  # noqa: D102

    def object_creation(self, node: Node) -> Bound:
        """`new type(arguments) { initializer }`."""
        kind = read_type(required(node, "type"))
        given = node.child_by_field_name("arguments")
        arguments = self.arguments([] if given is None else children(given))
        made = _exception(kind, arguments) if _is_exception(kind) else self._constructed(kind, arguments)
        initializer = node.child_by_field_name("initializer")
        return made if initializer is None else self._initialized(made, initializer)

    @staticmethod
    def _constructed(kind: Type, arguments: list[Argument]) -> Bound:
        methods = STATIC.get(kind.name, {}).get("new", [])
        if not methods:
            raise ExpressionError(f"'new {kind}' is not supported in an expression.")
        letters = list(type_parameters(methods[0].result, methods[0].letters))
        values = dict(zip(letters, kind.arguments, strict=False))
        return bind_call(f"new {kind}", [with_types(each, values) for each in methods], None, arguments, ())

    def _initialized(self, made: Bound, initializer: Node) -> Bound:
        slot = self.scope.cells
        self.scope.cells += 1
        target = Bound(made.type, lambda frame: frame[slot][0])
        steps = [self._step(target, item) for item in children(initializer)]
        run = made.run

        def create(frame: Frame) -> Any:
            found = run(frame)
            frame[slot] = [found]
            for step in steps:
                step(frame)
            return found

        return Bound(made.type, create)

    def _step(self, target: Bound, item: Node) -> Code:
        name, nodes = "Add", children(item) if item.type == "initializer_expression" else [item]
        if item.type == "assignment_expression":
            left = required(item, "left")
            if left.type == "identifier":
                raise unsupported(item, "property initializer")
            name, nodes = "this[]=", [*_indexes(left), required(item, "right")]
        arguments = [
            self.arguments([each])[0] if each.type == "argument" else Argument(self.value(each)) for each in nodes
        ]
        methods = [each for each in instance_members(target.type, name) if len(each.parameters) == len(arguments)]
        if not methods:
            raise ExpressionError(f"'{target.type}' has no '{name}' that is supported for its initializer.")
        return bind_call(f"{target.type}.{name}", methods, target, arguments, ()).run

    def anonymous_object(self, node: Node) -> Bound:
        """`new { name = value, context.Api.Id }`."""
        names: list[str] = []
        values: list[Bound] = []
        parts = [child for child in node.children if child.is_named and child.type != "comment"]
        position = 0
        while position < len(parts):
            following = parts[position].next_sibling
            if following is not None and following.type == "=":
                names.append(text_of(parts[position]))
                position += 1
            else:
                names.append(text_of(parts[position]).rpartition(".")[2].strip())
            values.append(self.value(parts[position]))
            position += 1
        if len(set(names)) != len(names) or any(value.type in (NULL, VOID) for value in values):
            raise ExpressionError("The members of an anonymous type need names and types of their own.")
        kind = Type("<anonymous>", tuple(value.type for value in values), tuple(names))
        codes = [value.run for value in values]
        return Bound(kind, lambda frame: Anonymous(kind, tuple([code(frame) for code in codes])))

    def array_creation(self, node: Node) -> Bound:
        """`new type[size]` and `new type[] { items }`."""
        of = required(node, "type")
        item = read_type(required(of, "type"))
        sizes = children(required(of, "rank"))
        initializer = next((part for part in children(node) if part.type == "initializer_expression"), None)
        if initializer is not None:
            return self._array(item, [self.value(each) for each in children(initializer)])
        if len(sizes) != 1:
            raise unsupported(node)
        size = converted(self.value(sizes[0]), INT).run
        return Bound(array_of(item), lambda frame: filled(item, size(frame)))

    def implicit_array(self, node: Node) -> Bound:
        """`new [] { items }`."""
        initializer = next(part for part in children(node) if part.type == "initializer_expression")
        values = [self.value(each) for each in children(initializer)]
        kinds = [value.type for value in values if value.type != NULL]
        best = next((kind for kind in kinds if all(fits(value, kind) for value in values)), None)
        if best is None:
            raise ExpressionError("No best type found for an array whose type is not written.")
        return self._array(best, values)

    @staticmethod
    def _array(item: Type, values: list[Bound]) -> Bound:
        codes = [converted(value, item).run for value in values]
        if item == STRING:
            return Bound(array_of(item), lambda frame: [code(frame) for code in codes])
        return Bound(array_of(item), lambda frame: array(item, [code(frame) for code in codes]))


def _indexes(left: Node) -> list[Node]:
    parts = children(left)
    return children(parts[0]) if parts and parts[0].type == "bracketed_argument_list" else parts


def _is_exception(kind: Type) -> bool:
    return kind.name == "Exception" or kind.name in EXCEPTIONS


def _exception(kind: Type, arguments: list[Argument]) -> Bound:
    default = f"Exception of type 'System.{kind.name}' was thrown."
    if not arguments:
        return Bound(kind, lambda _: EvaluationError(default, kind.name))
    first = arguments[0].value
    if not isinstance(first, Bound) or first.type != STRING or len(arguments) > 1:
        raise ExpressionError(f"'new {kind}' takes a message.")
    message = first.run
    return Bound(kind, lambda frame: EvaluationError(message(frame) or default, kind.name))
