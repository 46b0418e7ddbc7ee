"""From an expression's tree to a function of the request's context, with C#'s types checked on the way."""

from collections.abc import Callable
from typing import Any

from local_apim.policies.expressions.errors import EvaluationError, ExpressionError
from local_apim.policies.expressions.members import INDEXES, METHODS, PROPERTIES, Method, as_text
from local_apim.policies.expressions.syntax import (
    Binary,
    Call,
    Cast,
    Conditional,
    Index,
    Literal,
    Member,
    Name,
    NullConditional,
    Tree,
    Unary,
    parse_expression,
)

Evaluate = Callable[[Any], Any]
"""Takes the request's context, gives the expression's value."""

Bound = tuple[str, Evaluate]
"""The static type of an expression and how to evaluate it."""

_RUNTIME = {"string": str, "bool": bool, "int": int}


def bind_expression(text: str) -> Bound:
    """The type and the evaluator of `@(…)`.

    Raises:
        ExpressionError: malformed, of wrong types, or using something that is not supported, which it names.
    """
    return _bind(parse_expression(text), None)


def _bind(tree: Tree, it: Bound | None) -> Bound:  # noqa: PLR0911 - one line for each kind of tree
    match tree:
        case Literal(value, kind):
            return ("string" if kind == "char" else kind), lambda _: value
        case Name(name):
            return _bind_name(name, it)
        case Member(target, name):
            return _bind_member(_bind(target, it), name)
        case Call():
            return _bind_call(tree, it)
        case Index(target, index):
            return _bind_index(_bind(target, it), _bind(index, it))
        case NullConditional(target, rest):
            return _bind_null_conditional(_bind(target, it), rest)
        case Cast(to, operand):
            return _bind_cast(to, _bind(operand, it))
        case Unary(operator, operand):
            return _bind_unary(operator, _bind(operand, it))
        case Conditional(condition, yes, no):
            return _bind_conditional(_bind(condition, it), _bind(yes, it), _bind(no, it))
        case Binary(operator, left, right):
            return _bind_binary(operator, _bind(left, it), _bind(right, it))


def _bind_name(name: str, it: Bound | None) -> Bound:
    if name == "context":
        return "Context", lambda context: context
    if name == "#it" and it is not None:
        return it
    if name in ("string", "String"):
        return "static string", lambda _: None
    raise ExpressionError(f"'{name}' is not supported in an expression.")


def _bind_member(target: Bound, name: str) -> Bound:
    kind, evaluate = target
    if name not in PROPERTIES.get(kind, {}):
        raise ExpressionError(f"'{name}' of '{kind}' is not supported in an expression.")
    result, get = PROPERTIES[kind][name]

    def member(context: Any) -> Any:
        return get(_not_null(evaluate(context), name))

    return result, member


def _bind_call(call: Call, it: Bound | None) -> Bound:
    kind, evaluate = _bind(call.target, it)
    method = METHODS.get(kind, {}).get(call.name)
    if method is None:
        raise ExpressionError(f"'{call.name}()' of '{kind}' is not supported in an expression.")
    arguments = [_bind(argument, it) for argument in call.arguments]
    _check_arguments(call.name, method, [type_ for type_, _ in arguments])
    evaluators = [evaluator for _, evaluator in arguments]
    run, extension = method.run, method.extension

    def invoke(context: Any) -> Any:
        target = evaluate(context)
        if not extension:
            _not_null(target, call.name)
        return run(context, target, *[evaluator(context) for evaluator in evaluators])

    if call.type_argument is None:
        return method.result, invoke
    if kind != "Variables":
        raise ExpressionError(f"'{call.name}<{call.type_argument}>()' of '{kind}' is not supported in an expression.")
    return _bind_cast(call.type_argument, ("object", invoke))


def _check_arguments(name: str, method: Method, given: list[str]) -> None:
    required = sum(not argument.endswith("?") for argument in method.arguments)
    if not required <= len(given) <= len(method.arguments):
        raise ExpressionError(f"'{name}()' does not take {len(given)} arguments.")
    for expected, actual in zip(method.arguments, given, strict=False):
        if not _assignable(actual, expected.rstrip("?")):
            raise ExpressionError(f"'{name}()' takes '{expected.rstrip('?')}', not '{actual}'.")


def _assignable(actual: str, expected: str) -> bool:
    return expected in (actual, "object") or (actual == "null" and expected not in ("int", "bool"))


def _bind_index(target: Bound, index: Bound) -> Bound:
    kind, evaluate = target
    if kind not in INDEXES:
        raise ExpressionError(f"'[…]' of '{kind}' is not supported in an expression.")
    expected, result = INDEXES[kind]
    if index[0] != expected:
        raise ExpressionError(f"'[…]' of '{kind}' takes '{expected}', not '{index[0]}'.")

    def item(context: Any) -> Any:
        values, key = _not_null(evaluate(context), "[]"), index[1](context)
        if expected == "int":
            if not 0 <= key < len(values):
                raise EvaluationError("Index was outside the bounds of the array.")
            return values[key]
        found = values.get(key)
        if found is None:
            raise EvaluationError("The given key was not present in the dictionary.")
        return found

    return result, item


def _bind_null_conditional(target: Bound, rest: Tree) -> Bound:
    kind, evaluate = target
    held: list[Any] = []
    result, continue_with = _bind(rest, (kind, lambda _: held[-1]))

    def conditional(context: Any) -> Any:
        value = evaluate(context)
        if value is None:
            return None
        held.append(value)
        try:
            return continue_with(context)
        finally:
            held.pop()

    return ("bool?" if result == "bool" else result), conditional


def _bind_cast(to: str, operand: Bound) -> Bound:
    kind, evaluate = operand
    if kind not in ("object", to, "null"):
        raise ExpressionError(f"Cannot convert type '{kind}' to '{to}'.")

    def cast(context: Any) -> Any:
        value = evaluate(context)
        expected = _RUNTIME.get(to)
        matches = type(value) is expected if expected else hasattr(value, "claims")
        if matches or (value is None and to in ("string", "Jwt")):
            return value
        raise EvaluationError(f"Unable to cast object to type '{to}'.")

    return to, cast


def _bind_unary(operator: str, operand: Bound) -> Bound:
    kind, evaluate = operand
    expected = "bool" if operator == "!" else "int"
    if kind != expected:
        raise ExpressionError(f"Operator '{operator}' cannot be applied to operand of type '{kind}'.")
    if operator == "!":
        return "bool", lambda context: not evaluate(context)
    return "int", lambda context: -evaluate(context)


def _bind_conditional(condition: Bound, yes: Bound, no: Bound) -> Bound:
    if condition[0] != "bool":
        raise ExpressionError(f"Cannot implicitly convert type '{condition[0]}' to 'bool'.")
    test, on_true, on_false = condition[1], yes[1], no[1]
    return _common(yes[0], no[0], "? :"), lambda context: on_true(context) if test(context) else on_false(context)


def _common(left: str, right: str, operator: str) -> str:
    for one, other in ((left, right), (right, left)):
        if _assignable(one, other):
            return other
    raise ExpressionError(f"Operator '{operator}' cannot be applied to operands of type '{left}' and '{right}'.")


def _bind_binary(operator: str, left: Bound, right: Bound) -> Bound:
    (kind, first), (other, second) = left, right
    if operator == "&&" and kind == other == "bool":
        return "bool", lambda context: first(context) and second(context)
    if operator == "||" and kind == other == "bool":
        return "bool", lambda context: first(context) or second(context)
    if operator == "??":
        result = "bool" if (kind, other) == ("bool?", "bool") else _common(kind, other, operator)
        return result, lambda context: value if (value := first(context)) is not None else second(context)
    if operator in ("==", "!="):
        _common(kind.rstrip("?"), other.rstrip("?"), operator)
        wanted = operator == "=="
        return "bool", lambda context: _equal(first(context), second(context)) is wanted
    if operator == "+" and "string" in (kind, other):
        return "string", lambda context: as_text(first(context)) + as_text(second(context))
    if kind == other == "int" and operator in _ARITHMETIC:
        result, apply = _ARITHMETIC[operator]
        return result, lambda context: apply(first(context), second(context))
    raise ExpressionError(f"Operator '{operator}' cannot be applied to operands of type '{kind}' and '{other}'.")


_ARITHMETIC: dict[str, tuple[str, Callable[[int, int], Any]]] = {
    "+": ("int", lambda left, right: left + right),
    "-": ("int", lambda left, right: left - right),
    "<": ("bool", lambda left, right: left < right),
    ">": ("bool", lambda left, right: left > right),
    "<=": ("bool", lambda left, right: left <= right),
    ">=": ("bool", lambda left, right: left >= right),
}


def _equal(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _not_null(value: Any, member: str) -> Any:
    if value is None:
        raise EvaluationError(f"Object reference not set to an instance of an object. ('{member}')")
    return value
