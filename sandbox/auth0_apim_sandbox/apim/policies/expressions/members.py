"""Names, members, calls and indexes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from auth0_apim_sandbox.apim.policies.expressions.calls import Argument, bind_call
from auth0_apim_sandbox.apim.policies.expressions.library.collections_members import item_at
from auth0_apim_sandbox.apim.policies.expressions.library.enumerations import MEMBERS
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    EXCEPTIONS,
    ExpressionError,
    invalid_operation,
    null_reference,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Frame
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import (
    EXTENSIONS,
    STATIC,
    Method,
    instance_members,
    is_property,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    BOOL,
    INT,
    VOID,
    Type,
    is_nullable,
    is_reference,
    nullable,
    underlying,
)
from auth0_apim_sandbox.apim.policies.expressions.scope import NOTHING, Bound, LocalFunction, Scope, Variable
from auth0_apim_sandbox.apim.policies.expressions.syntax import (
    check_grouping,
    children,
    last_operand,
    required,
    text_of,
    unsupported,
)
from auth0_apim_sandbox.apim.policies.expressions.type_names import is_namespace, named_type, read_type

CONTEXT = Type("IProxyRequestContext")


@dataclass(frozen=True)
class Static:
    """A type, of which a static member is meant."""

    type: Type


@dataclass(frozen=True)
class Namespace:
    """A namespace, of which a type is meant."""

    name: str


class Members:
    """Binds names, members, calls and indexes."""

    scope: Scope

    def __init__(self) -> None:
        self._held: list[Bound] = []
        self._open: set[int] = set()
        """The `target?.` whose rest is being bound."""
        self._grafts: dict[int, tuple[Node, Node]] = {}
        """By operand: the chain that goes on from it, and its `?.`."""

    if TYPE_CHECKING:

        def bind_part(self, node: Node) -> Bound | Static | Namespace: ...  # noqa: D102
        def value(self, node: Node) -> Bound: ...  # noqa: D102
        def bind(self, node: Node) -> Bound: ...  # noqa: D102
        def arguments(self, nodes: list[Node]) -> list[Argument]: ...  # noqa: D102
        def call_function(  # noqa: D102
            self, function: LocalFunction, arguments: list[Argument], held: Code | None = None
        ) -> Bound: ...

    def identifier(self, node: Node) -> Bound | Static | Namespace:
        """A variable, `context`, a type or a namespace."""
        name = text_of(node)
        if name == "context":
            return Bound(CONTEXT, lambda frame: frame[0].context)
        found = self.scope.find(name)
        if isinstance(found, Variable):
            return self._variable(found)
        if isinstance(found, LocalFunction):
            raise ExpressionError(f"The local function '{name}' can only be called.")
        kind = named_type(name)
        if kind is not None:
            return Static(kind)
        if is_namespace(name):
            return Namespace(name)
        raise ExpressionError(f"The name '{name}' does not exist in the current context, or is not supported.")

    def _variable(self, variable: Variable) -> Bound:
        if variable.constant is not NOTHING:
            return Bound(variable.type, lambda _: variable.constant, variable.constant)
        self.scope.check_assigned(variable)
        slot = variable.slot
        return Bound(variable.type, lambda frame: frame[slot][0])

    def keyword(self, node: Node) -> Static:
        """A type by its keyword, as in `string.Empty`."""
        return Static(read_type(node))

    def member_access(self, node: Node) -> Bound | Static | Namespace:
        """`target.name`."""
        target, name = self.bind_part(required(node, "expression")), text_of(required(node, "name"))
        if isinstance(target, Namespace):
            kind = named_type(name, target.name)
            if kind is not None:
                return Static(kind)
            if is_namespace(f"{target.name}.{name}"):
                return Namespace(f"{target.name}.{name}")
            raise ExpressionError(f"'{target.name}.{name}' is not supported in an expression.")
        return _static_member(target.type, name) if isinstance(target, Static) else _member(target, name)

    def invocation(self, node: Node) -> Bound:
        """`target.name(arguments)`, and the call of a local function or of a variable that holds a lambda."""
        function, given = required(node, "function"), children(required(node, "arguments"))
        if function.type == "conditional_access_expression" and function.id in self._open:
            function = children(function)[-1]
        if function.type == "member_access_expression":
            target = self.bind_part(required(function, "expression"))
            return self._called(target, required(function, "name"), given, function)
        if function.type == "member_binding_expression":
            return self._called(self._held[-1], required(function, "name"), given, function)
        if function.type == "identifier":
            found = self.scope.find(text_of(function))
            if isinstance(found, LocalFunction):
                return self.call_function(found, self.arguments(given))
            if isinstance(found, Variable) and found.type.name == "Func":
                return self._invoked(self._variable(found), given)
            raise ExpressionError(f"'{text_of(function)}()' is not supported in an expression.")
        raise unsupported(node)

    def _invoked(self, function: Bound, given: list[Node]) -> Bound:
        kinds = function.type.arguments
        local = LocalFunction("lambda", kinds[:-1], kinds[-1], 0)
        return self.call_function(local, self.arguments(given), lambda frame: _held_function(function, frame))

    def _called(self, target: Bound | Static | Namespace, name: Node, given: list[Node], node: Node) -> Bound:
        types: tuple[Type, ...] = ()
        if name.type == "generic_name":
            types = tuple(read_type(each) for each in children(children(name)[1]))
            name = children(name)[0]
        word = text_of(name)
        if isinstance(target, Namespace):
            raise ExpressionError(f"'{' '.join(text_of(node).split())}' is not supported in an expression.")
        if isinstance(target, Static):
            methods = [each for each in _static_methods(target.type, word) if not is_property(each)]
            if not methods:
                raise ExpressionError(f"'{word}()' of '{target.type}' is not supported in an expression.")
            return bind_call(f"{target.type}.{word}", methods, None, self.arguments(given), types)
        methods = _methods(target.type, word)
        if not methods:
            raise ExpressionError(f"'{word}()' of '{target.type}' is not supported in an expression.")
        return self._overloaded(f"{target.type}.{word}", methods, target, given, types)

    def _overloaded(
        self, what: str, methods: list[Method], target: Bound, given: list[Node], types: tuple[Type, ...]
    ) -> Bound:
        arguments = self.arguments(given)
        instance = [each for each in methods if not each.is_extension]
        extensions = [each for each in methods if each.is_extension]
        if types:
            instance = [each for each in instance if each.letters]
            extensions = [each for each in extensions if each.letters]
        if not instance and not extensions:
            raise ExpressionError(f"'{what}' takes no type arguments.")
        try:
            return bind_call(what, instance or extensions, target, arguments, types)
        except ExpressionError:
            if not instance or not extensions:
                raise
        return bind_call(what, extensions, target, arguments, types)

    def element_access(self, node: Node) -> Bound:
        """`target[index]`."""
        target = self.value(required(node, "expression"))
        return self._indexed(target, children(required(node, "subscript")))

    def _indexed(self, target: Bound, given: list[Node]) -> Bound:
        arguments = self.arguments(given)
        if target.type.name == "[]":
            if len(arguments) != 1 or not isinstance(arguments[0].value, Bound) or arguments[0].value.type != INT:
                raise ExpressionError(f"'[…]' of '{target.type}' takes 'int'.")
            return Bound(target.type.arguments[0], _array_item(target, arguments[0].value))
        methods = instance_members(target.type, "this[]")
        if not methods:
            raise ExpressionError(f"'[…]' of '{target.type}' is not supported in an expression.")
        return bind_call(f"{target.type}[…]", methods, target, arguments, ())

    def conditional_access(self, node: Node) -> Bound | Static | Namespace:
        """`target?.rest` and `target?[…]`."""
        return self.bind_part(children(node)[-1]) if node.id in self._open else self.through(node, node)

    def null_check(self, node: Node) -> Node | None:
        """The `target?.` that a chain of members and calls starts with, None where it starts with none."""
        while node.type in ("invocation_expression", "member_access_expression", "element_access_expression"):
            node = children(node)[0]
        return node if node.type == "conditional_access_expression" and node.id not in self._open else None

    def through(self, whole: Node, check: Node, operand: Node | None = None) -> Bound:
        """A chain with `target?.` at its start, all of which is skipped where the target is null.

        The grammar takes `a + b?.c` for `(a + b)?.c`: what is checked is the last operand of what stands there.
        """
        found = children(check)[0] if operand is None else operand
        last = last_operand(found)
        if last.id != found.id:
            check_grouping(whole, found)
            self._grafts[last.id] = (whole, check)
            return self.bind(found)
        target = self.value(found)
        if not is_nullable(target.type):
            raise ExpressionError(f"Operator '?' cannot be applied to operand of type '{target.type}'.")
        slot = self.scope.cells
        self.scope.cells += 1
        before = self.scope.assigned
        self._held.append(Bound(underlying(target.type), lambda frame: frame[slot][0]))
        self._open.add(check.id)
        try:
            rest = self.bind(whole)
        finally:
            self._open.discard(check.id)
            self._held.pop()
        self.scope.assigned = before
        run, continue_with = target.run, rest.run

        def conditional(frame: Frame) -> Any:
            value = run(frame)
            if value is None:
                return None
            frame[slot] = [value]
            return continue_with(frame)

        kind = rest.type
        return Bound(kind if is_nullable(kind) or kind == VOID else nullable(kind), conditional)

    def member_binding(self, node: Node) -> Bound:
        """`.name` behind `?`."""
        return _member(self._held[-1], text_of(required(node, "name")))

    def element_binding(self, node: Node) -> Bound:
        """`[index]` behind `?`."""
        return self._indexed(
            self._held[-1],
            children(children(node)[0]) if children(node)[0].type == "bracketed_argument_list" else children(node),
        )


def _held_function(function: Bound, frame: Frame) -> Any:
    found = function.run(frame)
    if found is None:
        raise null_reference()
    return found


def _array_item(target: Bound, index: Bound) -> Callable[[Frame], Any]:
    run, position = target.run, index.run

    def item(frame: Frame) -> Any:
        values, at = run(frame), position(frame)
        if values is None:
            raise null_reference()
        return item_at(values, at)

    return item


def _static_methods(kind: Type, name: str) -> list[Method]:
    found = STATIC.get(kind.name, {}).get(name, [])
    if kind.name in EXCEPTIONS or kind.name == "Exception":
        return []
    return found or [each for each in EXTENSIONS.get(name, []) if kind.name == "Enumerable"]


def _static_member(kind: Type, name: str) -> Bound:
    if name in MEMBERS.get(kind.name, {}):
        number = MEMBERS[kind.name][name]
        return Bound(kind, lambda _: number, number)
    found = [each for each in _static_methods(kind, name) if is_property(each)]
    if not found:
        raise ExpressionError(f"'{name}' of 'static {kind}' is not supported in an expression.")
    method = found[0]
    run = method.run
    return Bound(method.result, (lambda frame: run(frame[0])) if method.needs_run else (lambda _: run()))


def _methods(kind: Type, name: str) -> list[Method]:
    own = [each for each in instance_members(kind, name) if not is_property(each)]
    return [*own, *EXTENSIONS.get(name, [])]


def _member(target: Bound, name: str) -> Bound:
    kind, run = target.type, target.run
    if kind.name == "?":
        return _of_nullable(target, name)
    if kind.members:
        return _of_anonymous(target, name)
    found = [each for each in instance_members(kind, name) if is_property(each)]
    if not found:
        raise ExpressionError(f"'{name}' of '{kind}' is not supported in an expression.")
    get, needs_run, may_be_null = found[0].run, found[0].needs_run, is_reference(kind)

    def member(frame: Frame) -> Any:
        value = run(frame)
        if value is None and may_be_null:
            raise null_reference()
        return get(frame[0], value) if needs_run else get(value)

    return Bound(found[0].result, member)


def _of_nullable(target: Bound, name: str) -> Bound:
    run, inner = target.run, target.type.arguments[0]
    if name == "HasValue":
        return Bound(BOOL, lambda frame: run(frame) is not None)
    if name != "Value":
        raise ExpressionError(f"'{name}' of '{target.type}' is not supported in an expression.")

    def value(frame: Frame) -> Any:
        found = run(frame)
        if found is None:
            raise invalid_operation("Nullable object must have a value.")
        return found

    return Bound(inner, value)


def _of_anonymous(target: Bound, name: str) -> Bound:
    if name not in target.type.members:
        raise ExpressionError(f"'{name}' of '{target.type}' is not supported in an expression.")
    position, run = target.type.members.index(name), target.run
    return Bound(target.type.arguments[position], lambda frame: run(frame).values[position])
