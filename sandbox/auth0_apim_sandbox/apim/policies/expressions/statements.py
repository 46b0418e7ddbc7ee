"""Statements of `@{…}`, and of lambdas and local functions that have a block: from syntax to code.

A statement's code gives None where the next one follows, `BREAK` or `CONTINUE`, or the returned value in a tuple of one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from auth0_apim_sandbox.apim.policies.expressions.assignment import Assignments
from auth0_apim_sandbox.apim.policies.expressions.binding import Binder
from auth0_apim_sandbox.apim.policies.expressions.calls import Lambda
from auth0_apim_sandbox.apim.policies.expressions.control import BREAK, CONTINUE, guarded, looped, switched
from auth0_apim_sandbox.apim.policies.expressions.conversions import cast, converted, enumerated, fits
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    ExpressionError,
    is_exception,
    null_reference,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Frame
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import NULL, OBJECT, VOID, Type
from auth0_apim_sandbox.apim.policies.expressions.scope import NOTHING, Assigned, Bound, joined
from auth0_apim_sandbox.apim.policies.expressions.syntax import children, required, text_of, unsupported
from auth0_apim_sandbox.apim.policies.expressions.type_names import read_type

_EXPRESSIONS = frozenset(
    {"invocation_expression", "assignment_expression", "postfix_unary_expression", "conditional_access_expression"}
)


class StatementBinder(Assignments, Binder):
    """Binds statements; `returned` are the values that the function around returns."""

    def __init__(self) -> None:
        super().__init__()
        self.returned: list[Bound] = []
        self._loops: list[list[Assigned]] = []
        self._result: Type | None = None
        self._bodies: dict[int, Callable[[], None]] = {}

    def block_function(self, body: Node, result: Type | None) -> tuple[Code, Type]:
        """The code and the type of a block that returns: of `result`, or of what all its values convert to.

        Raises:
            ExpressionError: a way that returns nothing, or values without a common type.
        """
        outer, self.returned = self.returned, []
        outer_result, self._result = self._result, result
        loops, self._loops = self._loops, []
        try:
            run = self.block(body)
            values = self.returned
            if self.scope.assigned is not None and values and values[0].type != VOID:
                raise ExpressionError("Not all code paths of a function return a value.")
            if self.scope.assigned is not None and result not in (None, VOID):
                raise ExpressionError("Not all code paths of a function return a value.")
            kind = result if result is not None else _common(values)
        finally:
            self.returned, self._result, self._loops = outer, outer_result, loops

        def function(frame: Frame) -> Any:
            ended = run(frame)
            return None if ended is None else ended[0]

        return function, kind

    def block(self, node: Node) -> Code:
        """`{ statements }`."""
        with self.scope.block():
            return self._sequence(children(node))

    def _sequence(self, nodes: list[Node]) -> Code:
        functions = [self._announce(node) for node in nodes if node.type == "local_function_statement"]
        codes = [self.statement(node) for node in nodes]
        prepared = [function() for function in functions]

        def run(frame: Frame) -> Any:
            for prepare in prepared:
                prepare(frame)
            for code in codes:
                ended = code(frame)
                if ended is not None:
                    return ended
            return None

        return run

    def statement(self, node: Node) -> Code:
        """One statement.

        Raises:
            ExpressionError: one that is not supported, by its name.
        """
        kind = node.type
        bind = _STATEMENTS.get(kind)
        if bind is None:
            raise unsupported(node)
        code: Code = bind(self, node)
        return code

    def empty(self, node: Node) -> Code:
        """`;`, and a local function, which stands ready before."""
        del node
        return lambda _: None

    def expression_statement(self, node: Node) -> Code:
        """A call or an assignment."""
        inner = children(node)[0]
        if inner.type not in _EXPRESSIONS and text_of(inner)[:2] not in ("++", "--"):
            raise ExpressionError("Only an assignment, a call or an increment can be a statement.")
        run = self.bind(inner).run

        def execute(frame: Frame) -> None:
            run(frame)

        return execute

    def declaration(self, node: Node) -> Code:
        """`type a = 1, b;`, with `const` or without."""
        is_constant = any(text_of(child) == "const" for child in node.children if child.type == "modifier")
        inner = next(child for child in children(node) if child.type == "variable_declaration")
        written, *declarators = children(inner)
        kind = None if written.type == "implicit_type" else read_type(written) if written.type != "func" else None
        codes = [self._declared(kind, each, is_constant) for each in declarators]
        if len(codes) == 1:
            return codes[0]

        def run(frame: Frame) -> None:
            for code in codes:
                code(frame)

        return run

    def _declared(self, kind: Type | None, node: Node, is_constant: bool) -> Code:
        name, *values = children(node)
        word = text_of(name)
        if not values:
            if kind is None or is_constant:
                raise ExpressionError(f"The variable '{word}' needs a type and a value.")
            slot = self.scope.declare(word, kind).slot
            return lambda frame: frame.__setitem__(slot, [None])
        value = self._initial(values[0], kind, word)
        target = value.type if kind is None else kind
        run, constant = converted(value, target, word).run, value.constant if is_constant else NOTHING
        slot = self.scope.declare(word, target, read_only=is_constant, constant=constant, has_value=True).slot

        def store(frame: Frame) -> None:
            frame[slot] = [run(frame)]

        return store

    def _initial(self, node: Node, kind: Type | None, name: str) -> Bound:
        if node.type == "initializer_expression" and kind is not None and kind.name == "[]":
            return self._array(kind.arguments[0], [self.value(each) for each in children(node)])
        if node.type != "lambda_expression":
            return self.value(node)
        if kind is None or kind.name != "Func":
            raise ExpressionError(f"The type of the variable '{name}' cannot be told from its value.")
        found: Lambda = self.lambda_of(node)
        if found.count != len(kind.arguments) - 1:
            raise ExpressionError(f"'{name}' takes a lambda of {len(kind.arguments) - 1} parameters.")
        bound = found.bind(kind.arguments[:-1], kind.arguments[-1])
        return Bound(kind, bound.run)

    def if_statement(self, node: Node) -> Code:
        """`if (condition) yes else no`."""
        test, true, false = self.condition(required(node, "condition"))
        self.scope.assigned = true
        yes = self._inner(required(node, "consequence"))
        after = self.scope.assigned
        self.scope.assigned = false
        other = node.child_by_field_name("alternative")
        no = (lambda _: None) if other is None else self._inner(other)
        self.scope.assigned = joined(after, self.scope.assigned)
        condition = test.run
        return lambda frame: yes(frame) if condition(frame) else no(frame)

    def _inner(self, node: Node) -> Code:
        with self.scope.block():
            return self.statement(node)

    def return_statement(self, node: Node) -> Code:
        """`return value;`."""
        inner = children(node)
        value = self.value(inner[0]) if inner else Bound(VOID, lambda _: None)
        if self._result is not None:
            if (self._result == VOID) is not (value.type == VOID):
                raise ExpressionError(f"A function of type '{self._result}' cannot return '{value.type}'.")
            value = value if self._result == VOID else converted(value, self._result, "return")
        elif value.type == VOID:
            raise ExpressionError("'return' needs a value.")
        self.returned.append(value)
        self.scope.assigned = None
        run = value.run
        return lambda frame: (run(frame),)

    def throw_statement(self, node: Node) -> Code:
        """`throw exception;`, and `throw;` in a `catch`."""
        inner = children(node)
        if not inner:
            raise unsupported(node, "rethrow")
        self_thrown = self.thrown(inner[0])
        self.scope.assigned = None
        return self_thrown

    def thrown(self, node: Node) -> Code:
        """The code that throws the exception that `node` gives."""
        value = self.value(node)
        if not is_exception(value.type.name, "Exception"):
            raise ExpressionError(f"'{value.type}' is no exception.")
        run = value.run

        def throw(frame: Frame) -> Any:
            raise run(frame) or null_reference()

        return throw

    def loop(self, node: Node) -> Code:
        """`while`, `for` and `do`, each with a bound on its rounds."""
        with self.scope.block():
            starts = [self._part(each) for each in node.children_by_field_name("initializer")]
            if node.type == "do_statement":
                return self._do(node)
            condition = node.child_by_field_name("condition")
            before = self.scope.assigned
            test, true, false = (
                (Bound(OBJECT, lambda _: True), before, None) if condition is None else self.condition(condition)
            )
            self.scope.assigned = true
            body, broken = self._body(required(node, "body"))
            updates = [self.bind(each).run for each in node.children_by_field_name("update")]
            self.scope.assigned = _after(false, broken)
        return looped(starts, test.run, body, updates)

    def _do(self, node: Node) -> Code:
        body, broken = self._body(required(node, "body"))
        test, _, false = self.condition(required(node, "condition"))
        self.scope.assigned = _after(false, broken)
        condition = test.run
        state: Code = looped([], lambda _: True, body, [], lambda frame: not condition(frame))
        return state

    def _part(self, node: Node) -> Code:
        if node.type == "variable_declaration":
            written, *declarators = children(node)
            kind = None if written.type == "implicit_type" else read_type(written)
            codes = [self._declared(kind, each, False) for each in declarators]
            return lambda frame: [code(frame) for code in codes]
        return self.bind(node).run

    def _body(self, node: Node) -> tuple[Code, list[Assigned]]:
        self._loops.append([])
        code = self._inner(node)
        return code, self._loops.pop()

    def foreach(self, node: Node) -> Code:
        """`foreach (type name in values) body`."""
        values = self.value(required(node, "right"))
        item, iterate = enumerated(values)
        written = required(node, "type")
        kind = item if written.type == "implicit_type" else read_type(written)
        before = self.scope.assigned
        with self.scope.block():
            slot = self.scope.declare(text_of(required(node, "left")), kind, read_only=True, has_value=True).slot
            change = _item_change(item, kind)
            body, _ = self._body(required(node, "body"))
        self.scope.assigned = before
        run = values.run

        def execute(frame: Frame) -> Any:
            found = run(frame)
            if found is None:
                raise null_reference()
            for each in iterate(found):
                frame[0].step()
                frame[slot] = [change(each)]
                ended = body(frame)
                if ended is BREAK:
                    break
                if ended is not None and ended is not CONTINUE:
                    return ended
            return None

        return execute

    def jump(self, node: Node) -> Code:
        """`break;` and `continue;`."""
        if not self._loops:
            raise ExpressionError("No enclosing loop out of which to break or continue.")
        if node.type == "break_statement":
            self._loops[-1].append(self.scope.assigned)
        self.scope.assigned = None
        signal = BREAK if node.type == "break_statement" else CONTINUE
        return lambda _: signal

    def switch(self, node: Node) -> Code:
        """`switch (value) { case constant: … default: … }`."""
        value = self.value(required(node, "value"))
        after_value = self.scope.assigned
        cases: list[tuple[list[Any] | None, Code]] = []
        self._loops.append([])
        has_default = False
        pending: list[Any] = []
        with self.scope.block():
            for section in children(required(node, "body")):
                self.scope.assigned = after_value
                labels, statements = self._labels(section, value)
                if not statements and labels is not None:
                    pending += labels
                    continue
                has_default |= labels is None
                code = self._sequence(statements)
                cases += [(pending, code), (labels, code)]
                pending = []
                if self.scope.assigned is not None:
                    raise ExpressionError("Control cannot fall through from one case label to another.")
        broken = self._loops.pop()
        self.scope.assigned = _after(None if has_default else after_value, broken)
        return switched(value.run, cases)

    def _labels(self, section: Node, value: Bound) -> tuple[list[Any] | None, list[Node]]:
        is_default = any(child.type == "default" for child in section.children)
        labels, statements = [], []
        for part in children(section):
            if part.type in ("constant_pattern", "case_switch_label"):
                label = self.value(children(part)[0])
                if label.constant is NOTHING or not fits(label, value.type):
                    raise unsupported(part, "case")
                labels.append(label.constant)
            elif part.type.endswith(("_pattern", "when_clause")):
                raise unsupported(part)
            else:
                statements.append(part)
        return (None if is_default else labels), statements

    def try_statement(self, node: Node) -> Code:
        """`try { … } catch (type name) { … } finally { … }`."""
        before = self.scope.assigned
        body = self.block(required(node, "body"))
        after = self.scope.assigned
        handlers: list[tuple[str, int, Code]] = []
        finish: Code | None = None
        for clause in children(node)[1:]:
            self.scope.assigned = before
            if clause.type == "finally_clause":
                finish = self.block(children(clause)[0])
                continue
            handlers.append(self._catch(clause))
            after = joined(after, self.scope.assigned)
        self.scope.assigned = after
        return guarded(body, handlers, finish)

    def _catch(self, clause: Node) -> tuple[str, int, Code]:
        kind, slot = Type("Exception"), 0
        with self.scope.block():
            for part in children(clause):
                if part.type == "catch_declaration":
                    kind = read_type(required(part, "type"))
                    name = part.child_by_field_name("name")
                    if name is not None:
                        slot = self.scope.declare(text_of(name), kind, has_value=True).slot
                elif part.type != "block":
                    raise unsupported(part)
            return kind.name, slot, self.block(required(clause, "body"))

    def wrapped_block(self, node: Node) -> Code:
        """`unchecked { … }`: C# wraps by default."""
        if text_of(node).startswith("checked"):
            raise unsupported(node)
        return self.block(children(node)[-1])

    def using(self, node: Node) -> Code:
        """`using (type name = value) body`: nothing that expressions have holds on to something outside."""
        with self.scope.block():
            codes = [self._part(each) for each in children(node)[:-1]]
            body = self._inner(children(node)[-1])

        def execute(frame: Frame) -> Any:
            for code in codes:
                code(frame)
            return body(frame)

        return execute

    def _announce(self, node: Node) -> Callable[[], Callable[[Frame], None]]:
        parameters = children(required(node, "parameters"))
        kinds = tuple(read_type(required(each, "type")) for each in parameters)
        if any(len(children(each)) != 2 for each in parameters):
            raise unsupported(node, "parameter")
        result = required(node, "type")
        kind = VOID if text_of(result) == "void" else read_type(result)
        function = self.scope.declare_function(text_of(required(node, "name")), kinds, kind)
        holder: list[Callable[[Frame], None]] = []
        self._bodies[node.id] = lambda: holder.append(self._function(node, parameters, kinds, kind, function.slot))
        return lambda: holder[0]

    def local_function(self, node: Node) -> Code:
        """A local function, whose body sees what is declared before it."""
        before = self.scope.assigned
        self._bodies.pop(node.id)()
        self.scope.assigned = before
        return self.empty(node)

    def _function(
        self, node: Node, parameters: list[Node], kinds: tuple[Type, ...], result: Type, slot: int
    ) -> Callable[[Frame], None]:
        with self.scope.block():
            slots = [
                self.scope.declare(text_of(required(each, "name")), kind, has_value=True).slot
                for each, kind in zip(parameters, kinds, strict=True)
            ]
            body = required(node, "body")
            inner = children(body)[0] if body.type == "arrow_expression_clause" else body
            code, _ = self.function_body(inner, result)

        def prepare(frame: Frame) -> None:
            run = frame[0]

            def call(*values: Any) -> Any:
                run.step()
                own = frame.copy()
                for position, value in zip(slots, values, strict=True):
                    own[position] = [value]
                return code(own)

            frame[slot] = [call]

        return prepare


def _item_change(item: Type, kind: Type) -> Callable[[Any], Any]:
    """The conversion of each item to the variable's type, which C# casts where it has to."""
    if item == kind:
        return lambda value: value
    return cast(Bound(item, lambda value: value), kind).run


def _common(values: list[Bound]) -> Type:
    if not values:
        return VOID
    for candidate in values:
        if candidate.type != NULL and all(fits(value, candidate.type) for value in values):
            return candidate.type
    if all(value.type == NULL for value in values):
        return OBJECT
    kinds = ", ".join(sorted({f"'{value.type}'" for value in values}))
    raise ExpressionError(f"Values of the types {kinds} are returned, which have no common type.")


def _after(state: Assigned, broken: list[Assigned]) -> Assigned:
    for each in broken:
        state = joined(state, each)
    return state


_STATEMENTS: dict[str, Callable[[Any, Node], Code]] = {
    "block": StatementBinder.block,
    "empty_statement": StatementBinder.empty,
    "local_function_statement": StatementBinder.local_function,
    "expression_statement": StatementBinder.expression_statement,
    "local_declaration_statement": StatementBinder.declaration,
    "if_statement": StatementBinder.if_statement,
    "return_statement": StatementBinder.return_statement,
    "throw_statement": StatementBinder.throw_statement,
    "while_statement": StatementBinder.loop,
    "for_statement": StatementBinder.loop,
    "do_statement": StatementBinder.loop,
    "foreach_statement": StatementBinder.foreach,
    "break_statement": StatementBinder.jump,
    "continue_statement": StatementBinder.jump,
    "switch_statement": StatementBinder.switch,
    "try_statement": StatementBinder.try_statement,
    "using_statement": StatementBinder.using,
    "checked_statement": StatementBinder.wrapped_block,
}
