"""Members of .NET, declared by their signatures: `declare("string", {"string Trim()": str.strip})`.

A signature is written as in .NET's reference. `static` and `this` mean what they mean in C#; `new(…)` is a constructor, `this[int index]` an
indexer, `this[int index] = T` its setter; without brackets it is a property. `!!` behind a parameter's name says that null is refused with an
ArgumentNullException. A member takes the object it is called on (unless it is static), then its arguments; an `out` argument is a
function that sets the variable, a lambda a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    Type,
    TypeReader,
    substituted,
    supertypes,
    type_of,
)

Function = Callable[..., Any]
Members = dict[str, Function]
"""Members by signature."""

REQUIRED = object()
"""The default of a parameter that has none."""

_CONSTANTS: Mapping[str, Any] = {"null": None, "true": True, "false": False, "0": 0, "default": None}


@dataclass(frozen=True)
class Parameter:
    """A parameter; `mode` is `out`, `params` or nothing."""

    name: str
    type: Type
    mode: str = ""
    default: Any = REQUIRED
    not_null: bool = False


@dataclass(frozen=True)
class Method:
    """A method, a constructor, an indexer or a property (without parameters).

    `letters` are its type parameters. An extension method takes the object as its first argument, which may be null.
    """

    name: str
    result: Type
    parameters: tuple[Parameter, ...]
    run: Function
    letters: frozenset[str] = frozenset()
    owner_letters: tuple[str, ...] = ()
    is_extension: bool = False
    needs_run: bool = False


INSTANCE: dict[str, dict[str, list[Method]]] = {}
"""By type, then by name: methods, properties (`Length`), indexers (`this[]`) and their setters (`this[]=`)."""

STATIC: dict[str, dict[str, list[Method]]] = {}
"""By type, then by name; constructors are called `new`."""

EXTENSIONS: dict[str, list[Method]] = {}
"""Extension methods by name."""

NAMESPACES: dict[str, str] = {}
"""The namespace of each type that has static members or a constructor."""


def declare(owner: str, members: Mapping[str, Function], namespace: str = "System") -> None:
    """Add members to the type `owner`, `List<T>` for example; for extension methods it does not matter which."""
    kind = type_of(owner)
    letters = tuple(argument.name for argument in kind.arguments)
    instance, static = INSTANCE.setdefault(kind.name, {}), STATIC.setdefault(kind.name, {})
    NAMESPACES.setdefault(kind.name, namespace)
    for signature, run in members.items():
        reader = TypeReader(signature)
        is_static = reader.skip("static")
        method = _method(reader, kind, letters, run)
        if method.is_extension:
            EXTENSIONS.setdefault(method.name, []).append(method)
        else:
            is_static = is_static or method.name == "new"
            (static if is_static else instance).setdefault(method.name, []).append(method)


def with_type(function: Function) -> Function:
    """Mark a member whose first argument is a type argument: `T` of a generic method, those of its type otherwise."""
    function.needs_type = True  # type: ignore[attr-defined]
    return function


def with_result(function: Function) -> Function:
    """Mark a member whose first argument is the type of what it gives."""
    function.needs_result = True  # type: ignore[attr-defined]
    return function


def is_property(method: Method) -> bool:
    """Whether it is had without brackets."""
    return method.parameters == _PROPERTY


_PROPERTY = (Parameter("<property>", Type("void")),)


def _method(reader: TypeReader, owner: Type, owner_letters: tuple[str, ...], run: Function) -> Method:
    needs_run = getattr(run, "needs_run", False)
    if reader.skip("new"):
        return Method("new", owner, _parameters(reader, ")"), run, frozenset(owner_letters), (), False, needs_run)
    if reader.peek() == "this":
        return _setter(reader, owner_letters, run)
    result = reader.type()
    name = reader.take()
    if name == "this":
        return Method("this[]", result, _parameters(reader, "]"), run, frozenset(), owner_letters, False, needs_run)
    letters: list[str] = []
    if reader.skip("<"):
        while not reader.skip(">"):
            letters.append(reader.take())
            reader.skip(",")
    if not reader.peek():
        return Method(name, result, _PROPERTY, run, frozenset(), owner_letters, False, needs_run)
    is_extension = _next_is_this(reader)
    parameters = _parameters(reader, ")")
    return Method(name, result, parameters, run, frozenset(letters), owner_letters, is_extension, needs_run)


def _setter(reader: TypeReader, owner_letters: tuple[str, ...], run: Function) -> Method:
    reader.take()
    parameters = _parameters(reader, "]")
    reader.take()
    value = Parameter("value", reader.type())
    return Method("this[]=", Type("void"), (*parameters, value), run, frozenset(), owner_letters)


def _next_is_this(reader: TypeReader) -> bool:
    reader.take()
    return reader.skip("this")


def _parameters(reader: TypeReader, closing: str) -> tuple[Parameter, ...]:
    if reader.peek() in ("(", "["):
        reader.take()
    parameters: list[Parameter] = []
    while not reader.skip(closing):
        mode = reader.take() if reader.peek() in ("out", "params") else ""
        kind, name = reader.type(), reader.take()
        not_null = reader.skip("!")
        if not_null:
            reader.take()
        default = _CONSTANTS[reader.take()] if reader.skip("=") else REQUIRED
        parameters.append(Parameter(name, kind, mode, default, not_null))
        reader.skip(",")
    return tuple(parameters)


@lru_cache(maxsize=4096)
def instance_members(of: Type, name: str) -> tuple[Method, ...]:
    """The members called `name` of the type and of what it extends, its type arguments filled in; the nearest type's alone."""
    for kind in (*supertypes(of), Type("object")):
        found = INSTANCE.get(kind.name, {}).get(name)
        if found:
            return tuple(_filled(method, kind) for method in found)
    return ()


def _filled(method: Method, kind: Type) -> Method:
    values = dict(zip(method.owner_letters, kind.arguments, strict=False))
    return with_types(method, values) if values else method


def with_types(method: Method, values: Mapping[str, Type]) -> Method:
    """`method` with types in place of type parameters."""
    parameters = tuple(
        Parameter(each.name, substituted(each.type, values), each.mode, each.default, each.not_null)
        for each in method.parameters
    )
    letters = method.letters - values.keys()
    return Method(
        method.name,
        substituted(method.result, values),
        method.parameters if is_property(method) else parameters,
        method.run,
        letters,
        method.owner_letters,
        method.is_extension,
        method.needs_run,
    )
