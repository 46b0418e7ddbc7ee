"""C#'s types as expressions have them: how they are written, what they extend, and which converts to which by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EXCEPTIONS

_TOKEN = re.compile(r"[A-Za-z_]\w*|=>|\S")


@dataclass(frozen=True)
class Type:
    """A type: its name and its arguments.

    An array is `[]` of one argument, a nullable value type `?` of one, a function `Func` of its parameters and its result. `members` are
    the properties of an anonymous type, whose name is `<anonymous>`.
    """

    name: str
    arguments: tuple[Type, ...] = ()
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.name, self.arguments, self.members)))

    def __hash__(self) -> int:
        found: int = self._hash  # type: ignore[attr-defined]
        return found

    def __str__(self) -> str:
        if self.name in ("[]", "?"):
            return f"{self.arguments[0]}{self.name}"
        if self.members:
            listed = ", ".join(f"{kind} {name}" for kind, name in zip(self.arguments, self.members, strict=True))
            return f"<anonymous type: {listed}>"
        listed = ", ".join(str(argument) for argument in self.arguments)
        return f"{self.name}<{listed}>" if listed else self.name


class TypeReader:
    """Reads types out of a signature."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = _TOKEN.findall(text)
        self._next = 0

    def peek(self) -> str:
        """The next token, empty at the end."""
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def take(self) -> str:
        """The next token, which is then behind."""
        self._next += 1
        return self._tokens[self._next - 1]

    def skip(self, token: str) -> bool:
        """Whether the next token is `token`, which is then behind."""
        if self.peek() != token:
            return False
        self._next += 1
        return True

    def type(self) -> Type:
        """The type that stands next."""
        name = self.take()
        arguments: list[Type] = []
        if self.skip("<"):
            arguments.append(self.type())
            while self.skip(","):
                arguments.append(self.type())
            self.skip(">")
        found = Type(name, tuple(arguments))
        while self.peek() in ("[", "?"):
            if self.skip("?"):
                found = Type("?", (found,))
            else:
                self.take()
                self.take()
                found = Type("[]", (found,))
        return found


@lru_cache(maxsize=1024)
def type_of(text: str) -> Type:
    """The type that is written `text`."""
    return TypeReader(text).type()


def array_of(item: Type) -> Type:
    """`item[]`."""
    return Type("[]", (item,))


def nullable(value: Type) -> Type:
    """`value?`, for a value type."""
    return Type("?", (value,))


OBJECT, STRING, CHAR, BOOL = Type("object"), Type("string"), Type("char"), Type("bool")
INT, LONG, DOUBLE, DECIMAL, BYTE = Type("int"), Type("long"), Type("double"), Type("decimal"), Type("byte")
NULL, VOID, THROWN = Type("<null>"), Type("void"), Type("<throw>")
DATE_TIME, TIME_SPAN, TOKEN = Type("DateTime"), Type("TimeSpan"), Type("JToken")

INTEGRALS: Mapping[str, tuple[int, int]] = {
    "sbyte": (-(2**7), 2**7 - 1),
    "byte": (0, 2**8 - 1),
    "short": (-(2**15), 2**15 - 1),
    "ushort": (0, 2**16 - 1),
    "int": (-(2**31), 2**31 - 1),
    "uint": (0, 2**32 - 1),
    "long": (-(2**63), 2**63 - 1),
    "ulong": (0, 2**64 - 1),
}
"""The least and the greatest number of each integral type."""

_WIDER: Mapping[str, tuple[str, ...]] = {
    "sbyte": ("short", "int", "long", "float", "double", "decimal"),
    "byte": ("short", "ushort", "int", "uint", "long", "ulong", "float", "double", "decimal"),
    "short": ("int", "long", "float", "double", "decimal"),
    "ushort": ("int", "uint", "long", "ulong", "float", "double", "decimal"),
    "int": ("long", "float", "double", "decimal"),
    "uint": ("long", "ulong", "float", "double", "decimal"),
    "long": ("float", "double", "decimal"),
    "ulong": ("float", "double", "decimal"),
    "char": ("ushort", "int", "uint", "long", "ulong", "float", "double", "decimal"),
    "float": ("double",),
}
NUMBERS = frozenset({*INTEGRALS, "float", "double", "decimal"})
"""Types that one calculates with; a char is one only where it stands beside a number."""

ENUMS = frozenset(
    {
        "DateTimeKind",
        "DayOfWeek",
        "Formatting",
        "JTokenType",
        "MidpointRounding",
        "RegexOptions",
        "StringComparison",
        "StringSplitOptions",
        "UriKind",
        "UriPartial",
    }
)
VALUE_TYPES = frozenset(
    {*NUMBERS, *ENUMS, "bool", "char", "DateTime", "DateTimeOffset", "TimeSpan", "Guid", "KeyValuePair"}
)
"""Types that are never null."""

_BASES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "string": ("", ("IEnumerable<char>",)),
    "[]": ("T", ("IList<T>", "IReadOnlyList<T>", "Array")),
    "List": ("T", ("IList<T>", "IReadOnlyList<T>")),
    "HashSet": ("T", ("ISet<T>",)),
    "Queue": ("T", ("IReadOnlyCollection<T>",)),
    "Stack": ("T", ("IReadOnlyCollection<T>",)),
    "ISet": ("T", ("ICollection<T>",)),
    "IList": ("T", ("ICollection<T>",)),
    "ICollection": ("T", ("IEnumerable<T>",)),
    "IReadOnlyList": ("T", ("IReadOnlyCollection<T>",)),
    "IReadOnlyCollection": ("T", ("IEnumerable<T>",)),
    "IOrderedEnumerable": ("T", ("IEnumerable<T>",)),
    "IGrouping": ("KT", ("IEnumerable<T>",)),
    "Dictionary": ("KV", ("IDictionary<K, V>", "IReadOnlyDictionary<K, V>")),
    "IDictionary": ("KV", ("ICollection<KeyValuePair<K, V>>",)),
    "IReadOnlyDictionary": ("KV", ("IReadOnlyCollection<KeyValuePair<K, V>>",)),
    "JToken": ("", ("IEnumerable<JToken>",)),
    "JContainer": ("", ("JToken",)),
    "JObject": ("", ("JContainer", "IDictionary<string, JToken>")),
    "JArray": ("", ("JContainer", "IList<JToken>")),
    "JProperty": ("", ("JContainer",)),
    "JValue": ("", ("JToken",)),
    "XNode": ("", ("XObject",)),
    "XAttribute": ("", ("XObject",)),
    "XContainer": ("", ("XNode",)),
    "XElement": ("", ("XContainer",)),
    "XDocument": ("", ("XContainer",)),
    "KeyedHashAlgorithm": ("", ("HashAlgorithm",)),
    "HMAC": ("", ("KeyedHashAlgorithm",)),
    "HMACMD5": ("", ("HMAC",)),
    "HMACSHA1": ("", ("HMAC",)),
    "HMACSHA256": ("", ("HMAC",)),
    "HMACSHA384": ("", ("HMAC",)),
    "HMACSHA512": ("", ("HMAC",)),
    "MD5": ("", ("HashAlgorithm",)),
    "SHA1": ("", ("HashAlgorithm",)),
    "SHA256": ("", ("HashAlgorithm",)),
    "SHA384": ("", ("HashAlgorithm",)),
    "SHA512": ("", ("HashAlgorithm",)),
    "Match": ("", ("Group",)),
    "Group": ("", ("Capture",)),
    "MatchCollection": ("", ("IReadOnlyList<Match>",)),
    "GroupCollection": ("", ("IReadOnlyList<Group>",)),
    **{name: ("", (base,)) for name, base in EXCEPTIONS.items()},
}
"""By name: the letters of its type parameters, and what it extends."""

_COVARIANT = ("IEnumerable", "IReadOnlyCollection", "IReadOnlyList", "IOrderedEnumerable", "IGrouping")
_INTO_TOKEN = frozenset({*NUMBERS, "bool", "string", "DateTime", "DateTimeOffset", "Guid", "TimeSpan", "Uri"})
"""What Newtonsoft.Json makes a `JToken` of by itself."""


def substituted(pattern: Type, values: Mapping[str, Type]) -> Type:
    """`pattern` with `values` in place of its type parameters."""
    if not pattern.arguments:
        return values.get(pattern.name, pattern)
    return Type(pattern.name, tuple(substituted(argument, values) for argument in pattern.arguments), pattern.members)


@lru_cache(maxsize=4096)
def supertypes(of: Type) -> tuple[Type, ...]:
    """`of` and everything that it extends, nearest first, without `object`."""
    found = [of]
    for each in found:
        letters, bases = _BASES.get(each.name, ("", ()))
        values = dict(zip(letters, each.arguments, strict=False))
        found += [base for text in bases if (base := substituted(type_of(text), values)) not in found]
    return tuple(found)


def is_reference(of: Type) -> bool:
    """Whether a value of the type may be null without being nullable."""
    return of.name not in VALUE_TYPES and of.name not in ("?", "void", "<throw>")


def is_nullable(of: Type) -> bool:
    """Whether the type has null."""
    return of.name == "?" or is_reference(of)


def underlying(of: Type) -> Type:
    """`int` of `int?`, and any other type itself."""
    return of.arguments[0] if of.name == "?" else of


@lru_cache(maxsize=4096)
def is_subtype(actual: Type, expected: Type) -> bool:
    """Whether every value of `actual` is one of `expected` without being changed."""
    return any(_is_same(each, expected) for each in supertypes(actual))


def _is_same(actual: Type, expected: Type) -> bool:
    if actual == expected:
        return True
    if actual.name != expected.name or len(actual.arguments) != len(expected.arguments):
        return False
    if actual.name not in (*_COVARIANT, "[]"):
        return False
    return all(
        one == other or (is_reference(one) and is_reference(other) and (other == OBJECT or is_subtype(one, other)))
        for one, other in zip(actual.arguments, expected.arguments, strict=True)
    )


def is_implicit(actual: Type, expected: Type) -> bool:  # noqa: PLR0911 - one for each kind
    """Whether a value of `actual` can stand where `expected` is asked for, by one of C#'s implicit conversions."""
    if actual in (expected, THROWN):
        return True
    if actual == NULL:
        return is_nullable(expected)
    if expected == OBJECT:
        return actual != VOID and actual.name != "Func"
    if expected.name == "?":
        return is_implicit(underlying(actual), expected.arguments[0])
    if expected.name in _WIDER.get(actual.name, ()) or is_subtype(actual, expected):
        return True
    if expected == TOKEN:
        return underlying(actual).name in _INTO_TOKEN or actual == array_of(BYTE)
    return (actual == DATE_TIME and expected.name == "DateTimeOffset") or (
        actual == STRING and expected.name == "XName"
    )


def common_type(left: Type, right: Type) -> Type | None:
    """The one of two types that values of both convert to, None when there is none."""
    if is_implicit(left, right):
        return right
    if is_implicit(right, left):
        return left
    for one, other in ((left, right), (right, left)):
        if one == NULL and not is_nullable(other):
            return None
    return None


def type_parameters(of: Type, names: frozenset[str]) -> Iterator[str]:
    """Those of `names` that occur in `of`."""
    if of.name in names:
        yield of.name
    for argument in of.arguments:
        yield from type_parameters(argument, names)
