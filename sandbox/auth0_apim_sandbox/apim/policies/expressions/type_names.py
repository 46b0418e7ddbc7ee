"""Types as an expression writes them, keywords and names with or without their namespace."""

from __future__ import annotations

from tree_sitter import Node

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EXCEPTIONS, ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import INSTANCE, NAMESPACES
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    ENUMS,
    INTEGRALS,
    Type,
    array_of,
    is_reference,
    nullable,
)
from auth0_apim_sandbox.apim.policies.expressions.syntax import children, required, text_of

_KEYWORDS = {
    "String": "string",
    "Object": "object",
    "Boolean": "bool",
    "Char": "char",
    "Byte": "byte",
    "SByte": "sbyte",
    "Int16": "short",
    "UInt16": "ushort",
    "Int32": "int",
    "UInt32": "uint",
    "Int64": "long",
    "UInt64": "ulong",
    "Single": "float",
    "Double": "double",
    "Decimal": "decimal",
}
_NAMED = {"string", "object", "bool", "char", *INTEGRALS, "float", "double", "decimal"}
_ARITY = {
    "Dictionary": 2,
    "IDictionary": 2,
    "IReadOnlyDictionary": 2,
    "KeyValuePair": 2,
    "IGrouping": 2,
    **dict.fromkeys(
        (
            "List",
            "HashSet",
            "Queue",
            "Stack",
            "IEnumerable",
            "ICollection",
            "IList",
            "IReadOnlyList",
            "IReadOnlyCollection",
            "ISet",
            "IOrderedEnumerable",
        ),
        1,
    ),
}
_ROOTS = ("System", "Newtonsoft")


def is_namespace(text: str) -> bool:
    """Whether some type's namespace starts with these names."""
    return text in _ROOTS or any(f"{known}.".startswith(f"{text}.") for known in NAMESPACES.values())


def named_type(name: str, namespace: str | None = None) -> Type | None:
    """The type without type arguments that is called `name`, None where there is none that is supported."""
    if name in _KEYWORDS:
        return Type(_KEYWORDS[name])
    if name in EXCEPTIONS or name == "Exception" or name in ENUMS or name in _NAMED:
        return Type(name)
    if name in _ARITY or name not in INSTANCE or name in ("[]", "?") or name.startswith("Base"):
        return None
    return Type(name) if namespace in (None, NAMESPACES[name]) else None


def read_type(node: Node) -> Type:
    """The type that `node` writes.

    Raises:
        ExpressionError: one that is not supported, by its name.
    """
    match node.type:
        case "predefined_type" | "identifier":
            found = named_type(text_of(node))
        case "array_type":
            return array_of(read_type(required(node, "type")))
        case "nullable_type":
            inner = read_type(children(node)[0])
            if is_reference(inner):
                return inner
            return nullable(inner)
        case "generic_name":
            found = _generic(node)
        case "qualified_name":
            name = required(node, "name")
            if name.type == "generic_name":
                return read_type(name)
            found = named_type(text_of(name), "".join(text_of(required(node, "qualifier")).split()))
        case _:
            found = None
    if found is None:
        raise ExpressionError(f"The type '{' '.join(text_of(node).split())}' is not supported in an expression.")
    return found


def _generic(node: Node) -> Type | None:
    name, arguments = children(node)
    types = tuple(read_type(each) for each in children(arguments))
    if text_of(name) == "Nullable" and len(types) == 1:
        return nullable(types[0])
    if text_of(name) == "Func" and types:
        return Type("Func", types)
    return Type(text_of(name), types) if _ARITY.get(text_of(name)) == len(types) else None
