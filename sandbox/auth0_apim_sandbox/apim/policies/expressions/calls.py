"""Calls: which overload is meant, what its type parameters are, and how its arguments are converted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.conversions import converted, fits
from auth0_apim_sandbox.apim.policies.expressions.library.sequences import array
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import ExpressionError, argument_null, null_reference
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Frame
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import REQUIRED, Method, Parameter, with_types
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    NULL,
    OBJECT,
    Type,
    is_implicit,
    is_reference,
    substituted,
    supertypes,
    type_parameters,
)
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound


@dataclass(frozen=True)
class Lambda:
    """An argument that is a lambda: `bind` gives its code and the type of its result for types of its parameters."""

    count: int
    bind: Callable[[tuple[Type, ...], Type | None], Bound]


@dataclass(frozen=True)
class Out:
    """An `out` argument: `bind` takes the parameter's type and gives the code of a function that sets the variable."""

    type: Type | None
    bind: Callable[[Type], Code]


@dataclass(frozen=True)
class Argument:
    """An argument, by name where the call names it."""

    value: Bound | Lambda | Out
    name: str | None = None


@dataclass(frozen=True)
class _Candidate:
    method: Method
    values: tuple[tuple[Parameter, Bound | Lambda | Out], ...]
    """Each parameter that has an argument, in the order of the arguments; `params` several times where it is spread."""
    is_spread: bool


def bind_call(
    what: str, methods: Sequence[Method], target: Bound | None, arguments: list[Argument], types: tuple[Type, ...]
) -> Bound:
    """The call of the overload that fits best.

    Args:
        what: how messages call the member.
        methods: the overloads.
        target: what it is called on, None for a static member.
        arguments: the arguments; for an extension method the target is the first.
        types: type arguments that the call names.

    Raises:
        ExpressionError: no overload takes the arguments, or several do.
    """
    found: list[_Candidate] = []
    problem: ExpressionError | None = None
    for method in methods:
        given = [Argument(target), *arguments] if method.is_extension and target is not None else arguments
        for is_spread in (False, True):
            candidate = _placed(method, given, is_spread=is_spread)
            if candidate is None:
                continue
            try:
                found.append(_inferred(candidate, types))
            except ExpressionError as error:
                problem = problem or error
            else:
                break
    if not found:
        raise problem if problem is not None and len(methods) == 1 else _no_overload(what, methods, arguments, problem)
    best = _best(found)
    return _bound(best, None if best.method.is_extension else target)


def _no_overload(
    what: str, methods: Sequence[Method], arguments: list[Argument], problem: ExpressionError | None
) -> ExpressionError:
    listed = ", ".join(str(each.value.type) if isinstance(each.value, Bound) else "…" for each in arguments)
    known = "; ".join(sorted({_shown(method) for method in methods})[:4])
    reason = f" {problem}" if problem is not None else ""
    return ExpressionError(f"'{what}' does not take ({listed}); supported: {known}.{reason}")


def _shown(method: Method) -> str:
    return f"{method.name}({', '.join(f'{each.mode} {each.type} {each.name}'.strip() for each in method.parameters)})"


def _placed(method: Method, arguments: list[Argument], *, is_spread: bool) -> _Candidate | None:
    """The arguments at their parameters, None where they do not fit in number or name."""
    parameters = method.parameters
    is_params = bool(parameters) and parameters[-1].mode == "params"
    if is_spread and not is_params:
        return None
    values: list[tuple[Parameter, Bound | Lambda | Out]] = []
    taken: set[str] = set()
    for index, given in enumerate(arguments):
        if given.name is not None:
            parameter = next((each for each in parameters if each.name == given.name), None)
        elif is_spread and index >= len(parameters) - 1:
            last = parameters[-1]
            values.append((Parameter(last.name, last.type.arguments[0]), given.value))
            continue
        else:
            parameter = parameters[index] if index < len(parameters) else None
        if parameter is None or parameter.name in taken:
            return None
        taken.add(parameter.name)
        values.append((parameter, given.value))
    missing = [each for each in parameters if each.name not in taken and each.default is REQUIRED]
    if is_spread:
        missing = [each for each in missing if each.mode != "params"]
    return None if missing else _Candidate(method, tuple(values), is_spread)


def _inferred(candidate: _Candidate, types: tuple[Type, ...]) -> _Candidate:
    """The candidate with its type parameters found out and its lambdas bound.

    Raises:
        ExpressionError: an argument does not fit, or a type parameter cannot be told.
    """
    method = candidate.method
    known = _explicit(method, types)
    for parameter, value in candidate.values:
        if isinstance(value, Bound) and method.letters:
            _infer(parameter.type, value.type, method.letters, known)
    values: list[tuple[Parameter, Bound | Lambda | Out]] = []
    for parameter, value in candidate.values:
        kind = substituted(parameter.type, known)
        if isinstance(value, Lambda):
            bound = _bound_lambda(value, kind, method.letters)
            if method.letters:
                _infer(kind, bound.type, method.letters, known)
            values.append((_typed(parameter, bound.type), bound))
            continue
        if isinstance(value, Bound) and not fits(value, kind):
            raise ExpressionError(f"'{method.name}()' takes '{kind}', not '{value.type}'.")
        if isinstance(value, Out) is not (parameter.mode == "out"):
            raise ExpressionError(f"'{method.name}()' takes '{parameter.mode or kind}' at '{parameter.name}'.")
        if isinstance(value, Out) and value.type not in (None, kind):
            raise ExpressionError(f"'{method.name}()' takes 'out {kind}', not 'out {value.type}'.")
        values.append((_typed(parameter, kind), value))
    unknown = [letter for letter in method.letters if letter not in known]
    if unknown:
        raise ExpressionError(f"The type argument of '{method.name}()' cannot be told; write it out.")
    return _Candidate(with_types(method, known) if known else method, tuple(values), candidate.is_spread)


def _typed(parameter: Parameter, kind: Type) -> Parameter:
    return Parameter(parameter.name, kind, parameter.mode, parameter.default, parameter.not_null)


def _explicit(method: Method, types: tuple[Type, ...]) -> dict[str, Type]:
    if not types:
        return {}
    order = _letters_in_order(method)
    if len(types) == 1 and "T" in method.letters and len(method.letters) == 1:
        return {"T": types[0]}
    if len(order) != len(types):
        raise ExpressionError(f"'{method.name}()' does not take {len(types)} type arguments.")
    return dict(zip(order, types, strict=True))


def _letters_in_order(method: Method) -> list[str]:
    found = [letter for each in method.parameters for letter in type_parameters(each.type, method.letters)]
    return list(dict.fromkeys([*found, *type_parameters(method.result, method.letters)]))


def _infer(pattern: Type, actual: Type, letters: frozenset[str], known: dict[str, Type]) -> None:
    if actual == NULL:
        return
    if pattern.name in letters:
        held = known.get(pattern.name)
        if held is None or (held != actual and is_implicit(held, actual)):
            known[pattern.name] = actual
        return
    if not pattern.arguments:
        return
    matches = [each for each in supertypes(actual) if each.name == pattern.name]
    if len(matches) == 1:
        for inner, found in zip(pattern.arguments, matches[0].arguments, strict=False):
            _infer(inner, found, letters, known)


def _bound_lambda(value: Lambda, kind: Type, letters: frozenset[str]) -> Bound:
    if kind.name != "Func" or len(kind.arguments) != value.count + 1:
        raise ExpressionError(f"A lambda of {value.count} parameters cannot stand where '{kind}' is asked for.")
    parameters, result = kind.arguments[:-1], kind.arguments[-1]
    if any(True for each in parameters for _ in type_parameters(each, letters)):
        raise ExpressionError("The types of a lambda's parameters cannot be told.")
    is_open = any(True for _ in type_parameters(result, letters))
    if is_open and result.arguments:
        return value.bind(parameters, None)
    return value.bind(parameters, None if is_open else result)


def _best(found: list[_Candidate]) -> _Candidate:
    if len(found) == 1:
        return found[0]
    for one in found:
        if all(one is other or _is_better(one, other) for other in found):
            return one
    return min(found, key=lambda each: (each.is_spread, bool(each.method.letters), len(each.method.parameters)))


def _is_better(one: _Candidate, other: _Candidate) -> bool:
    """Whether no argument fits `other` better, and `one` is the more special where they are alike."""
    strictly = False
    for (mine, value), (yours, _) in zip(one.values, other.values, strict=True):
        if mine.type == yours.type or not isinstance(value, Bound):
            continue
        better = _closer(value.type, mine.type, yours.type)
        if better < 0:
            return False
        strictly = strictly or better > 0
    if strictly:
        return True
    return (one.is_spread, len(one.method.parameters)) <= (other.is_spread, len(other.method.parameters))


def _closer(actual: Type, one: Type, other: Type) -> int:
    """1 where `one` is the better conversion, -1 where `other` is, 0 where neither."""
    if actual in (one, other):
        return 1 if actual == one else -1
    forth, back = is_implicit(one, other), is_implicit(other, one)
    return (forth > back) - (forth < back)


def _bound(candidate: _Candidate, target: Bound | None) -> Bound:
    method = candidate.method
    codes = _codes(candidate)
    prefix: list[Any] = []
    if getattr(method.run, "needs_type", False):
        prefix.append(_type_argument(candidate, target))
    if getattr(method.run, "needs_result", False):
        prefix.append(method.result)
    return Bound(method.result, _invocation(method, target, prefix, codes))


def _type_argument(candidate: _Candidate, target: Bound | None) -> Any:
    method = candidate.method
    if method.name == "new":
        arguments = method.result.arguments
        return arguments[0] if len(arguments) == 1 else arguments
    if target is not None and method.name == "TryGetValue":
        return method.parameters[-1].type
    result = method.result
    return result.arguments[0] if method.name in ("ToArray", "ToList", "ToHashSet", "OfType") else result


def _codes(candidate: _Candidate) -> list[Code]:
    """The code of each parameter, in the order of the parameters."""
    method, placed = candidate.method, list(candidate.values)
    codes: list[Code] = []
    for parameter in method.parameters:
        own = [(each, value) for each, value in placed if each.name == parameter.name]
        if candidate.is_spread and parameter.mode == "params":
            codes.append(_spread(parameter.type.arguments[0], [_code(*pair) for pair in own]))
        elif own:
            code = _code(*own[0])
            codes.append(
                _not_null(code, parameter.name) if parameter.not_null and is_reference(own[0][0].type) else code
            )
        else:
            codes.append(lambda _, value=parameter.default: value)  # type: ignore[misc]
    return codes


def _code(parameter: Parameter, value: Bound | Lambda | Out) -> Code:
    if isinstance(value, Out):
        return value.bind(parameter.type)
    assert isinstance(value, Bound)  # noqa: S101 - lambdas are bound by now
    return value.run if value.type.name == "Func" else converted(value, parameter.type).run


def _spread(item: Type, codes: list[Code]) -> Code:
    if item == OBJECT:
        return lambda frame: [code(frame) for code in codes]
    return lambda frame: array(item, [code(frame) for code in codes])


def _not_null(code: Code, name: str) -> Code:
    def run(frame: Frame) -> Any:
        value = code(frame)
        if value is None:
            raise argument_null(name)
        return value

    return run


def _invocation(method: Method, target: Bound | None, prefix: list[Any], codes: list[Code]) -> Code:
    function = method.run
    if method.needs_run:
        return lambda frame: function(frame[0], *prefix, *_values(target, codes, frame))
    if target is None:
        if len(codes) == 2 and not prefix:
            first, second = codes
            return lambda frame: function(first(frame), second(frame))
        return lambda frame: function(*prefix, *[code(frame) for code in codes])
    run = target.run
    may_be_null = is_reference(target.type) or target.type.name == "?"

    if not prefix and len(codes) <= 1:
        return _short_call(function, run, codes, may_be_null)

    def call(frame: Frame) -> Any:
        value = run(frame)
        if value is None and may_be_null:
            raise null_reference()
        return function(*prefix, value, *[code(frame) for code in codes])

    return call


def _short_call(function: Callable[..., Any], run: Code, codes: list[Code], may_be_null: bool) -> Code:
    """The call of a member with one argument or none, the most frequent ones."""
    argument = codes[0] if codes else None

    def call(frame: Frame) -> Any:
        value = run(frame)
        if value is None and may_be_null:
            raise null_reference()
        return function(value) if argument is None else function(value, argument(frame))

    return call


def _values(target: Bound | None, codes: list[Code], frame: Frame) -> list[Any]:
    values = [] if target is None else [target.run(frame)]
    if target is not None and values[0] is None:
        raise null_reference()
    return values + [code(frame) for code in codes]
