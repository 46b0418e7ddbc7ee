"""From an expression's tree to a function of the request's context, with C#'s types checked on the way."""

from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.csharp_types import VALUE_TYPES, is_assignable, not_null
from auth0_apim_sandbox.apim.policies.expressions.errors import EvaluationError, ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.members import PROPERTIES
from auth0_apim_sandbox.apim.policies.expressions.methods import INDEXES, METHODS, Method
from auth0_apim_sandbox.apim.policies.expressions.operators import bind_binary, bind_cast, bind_conditional, bind_unary
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound, Evaluate, Scope
from auth0_apim_sandbox.apim.policies.expressions.trees import (
    Binary,
    Call,
    Cast,
    Conditional,
    Index,
    Lambda,
    Literal,
    Member,
    Name,
    NewArray,
    NullConditional,
    Out,
    Tree,
    Unary,
)


def bind(tree: Tree, scope: Scope) -> Bound:  # noqa: PLR0911 - one line for each kind of tree
    """The type and the evaluator of `tree`.

    Raises:
        ExpressionError: wrong types, or something that is not supported, which it names.
    """
    match tree:
        case Literal(value, kind):
            return ("string" if kind == "char" else kind), lambda _: value
        case Name(name):
            return scope.find(name)
        case Member(target, name):
            return _bind_member(bind(target, scope), name)
        case Call():
            return _bind_call(tree, scope)
        case Index(target, index):
            return _bind_index(bind(target, scope), bind(index, scope))
        case NullConditional(target, rest):
            return _bind_null_conditional(bind(target, scope), rest, scope)
        case Cast(to, operand, is_optional):
            return bind_cast(to, bind(operand, scope), is_optional=is_optional)
        case Unary(operator, operand):
            return bind_unary(operator, bind(operand, scope))
        case Conditional(condition, yes, no):
            return bind_conditional(bind(condition, scope), bind(yes, scope), bind(no, scope))
        case Binary(operator, left, right):
            return bind_binary(operator, bind(left, scope), bind(right, scope))
        case NewArray(items):
            return _bind_new_array([bind(item, scope) for item in items])
        case Lambda() | Out():
            raise ExpressionError("A lambda or 'out' is supported only as the argument of a method that takes one.")


def _bind_member(target: Bound, name: str) -> Bound:
    kind, evaluate = target
    if name not in PROPERTIES.get(kind, {}):
        raise ExpressionError(f"'{name}' of '{kind}' is not supported in an expression.")
    result, get = PROPERTIES[kind][name]

    def member(context: Any) -> Any:
        return get(not_null(evaluate(context), name))

    return result, member


def _bind_call(call: Call, scope: Scope) -> Bound:
    kind, evaluate = bind(call.target, scope)
    method = METHODS.get(kind, {}).get(call.name)
    if method is None:
        raise ExpressionError(f"'{call.name}()' of '{kind}' is not supported in an expression.")
    evaluators = _bind_arguments(call, method, scope)
    run, extension = method.run, method.extension

    def invoke(context: Any) -> Any:
        target = evaluate(context)
        if not extension:
            not_null(target, call.name)
        return run(context, target, *[evaluator(context) for evaluator in evaluators])

    if call.type_argument is None:
        return method.result, invoke
    if kind != "Variables":
        raise ExpressionError(f"'{call.name}<{call.type_argument}>()' of '{kind}' is not supported in an expression.")
    return bind_cast(call.type_argument, ("object", invoke), is_optional=False)


def _bind_arguments(call: Call, method: Method, scope: Scope) -> list[Evaluate]:
    required = sum(not argument.endswith("?") for argument in method.arguments)
    if not required <= len(call.arguments) <= len(method.arguments):
        raise ExpressionError(f"'{call.name}()' does not take {len(call.arguments)} arguments.")
    evaluators: list[Evaluate] = []
    for argument, wanted in zip(call.arguments, method.arguments, strict=False):
        expected = wanted.rstrip("?")
        actual, evaluator = _bind_argument(argument, expected, scope)
        if not is_assignable(actual, expected):
            raise ExpressionError(f"'{call.name}()' takes '{expected}', not '{actual}'.")
        evaluators.append(evaluator)
    return evaluators


def _bind_argument(argument: Tree, expected: str, scope: Scope) -> Bound:
    if isinstance(argument, Lambda) and "=>" in expected:
        return _bind_lambda(argument, expected.partition("=>")[0], scope)
    if isinstance(argument, Out) and expected.startswith("out "):
        return _bind_out(argument, expected.removeprefix("out "), scope)
    return bind(argument, scope)


def _bind_lambda(tree: Lambda, parameter_type: str, scope: Scope) -> Bound:
    """A lambda's evaluator gives a function of its parameter."""
    held: list[Any] = []
    inside = scope.inside(tree.parameter, (parameter_type, lambda _: held[-1]))
    result, evaluate = bind(tree.body, inside)

    def function(context: Any) -> Any:
        def call(value: Any) -> Any:
            held.append(value)
            try:
                return evaluate(context)
            finally:
                held.pop()

        return call

    return f"{parameter_type}=>{result}", function


def _bind_out(tree: Out, type_: str, scope: Scope) -> Bound:
    """An `out` argument's evaluator gives a function that sets the variable."""
    if tree.type is not None:
        variable = scope.declare(tree.name, type_ if tree.type == "var" else tree.type)
    else:
        variable = scope.variable(tree.name)

    def store(value: Any) -> None:
        variable.value = value

    return f"out {variable.type}", lambda _: store


def _bind_index(target: Bound, index: Bound) -> Bound:
    kind, evaluate = target
    if kind not in INDEXES:
        raise ExpressionError(f"'[…]' of '{kind}' is not supported in an expression.")
    expected, result = INDEXES[kind]
    if index[0] != expected:
        raise ExpressionError(f"'[…]' of '{kind}' takes '{expected}', not '{index[0]}'.")

    def item(context: Any) -> Any:
        values, key = not_null(evaluate(context), "[]"), index[1](context)
        if expected == "int":
            if not 0 <= key < len(values):
                raise EvaluationError("Index was outside the bounds of the array.")
            return values[key]
        found = values.get(key)
        if found is None:
            raise EvaluationError("The given key was not present in the dictionary.")
        return found

    return result, item


def _bind_null_conditional(target: Bound, rest: Tree, scope: Scope) -> Bound:
    kind, evaluate = target
    held: list[Any] = []
    result, continue_with = bind(rest, scope.inside("#it", (kind, lambda _: held[-1])))

    def conditional(context: Any) -> Any:
        value = evaluate(context)
        if value is None:
            return None
        held.append(value)
        try:
            return continue_with(context)
        finally:
            held.pop()

    return (f"{result}?" if result in VALUE_TYPES else result), conditional


def _bind_new_array(items: list[Bound]) -> Bound:
    for kind, _ in items:
        if kind not in ("string", "null"):
            raise ExpressionError(f"An array of '{kind}' is not supported in an expression; arrays of strings are.")
    evaluators = [evaluate for _, evaluate in items]
    return "string[]", lambda context: [evaluate(context) for evaluate in evaluators]
