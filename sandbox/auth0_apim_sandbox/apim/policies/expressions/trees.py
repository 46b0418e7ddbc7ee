"""The trees of policy expressions: what a parser makes of the C# in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Literal:
    """A constant: string, char (a str with `kind` char), number, true, false or null."""

    value: str | int | bool | None
    kind: str


@dataclass(frozen=True)
class Name:
    """An identifier that starts an expression; `#it` stands for what is left of `?.`."""

    name: str


@dataclass(frozen=True)
class Member:
    """`target.name`."""

    target: Tree
    name: str


@dataclass(frozen=True)
class Call:
    """`target.name<type_argument>(arguments)`."""

    target: Tree
    name: str
    type_argument: str | None
    arguments: tuple[Tree, ...]


@dataclass(frozen=True)
class Index:
    """`target[index]`."""

    target: Tree
    index: Tree


@dataclass(frozen=True)
class NullConditional:
    """`target?.rest`; the whole rest is skipped when target is null."""

    target: Tree
    rest: Tree


@dataclass(frozen=True)
class Cast:
    """`(type)operand`; `operand as type` gives null where the cast would fail."""

    type: str
    operand: Tree
    is_optional: bool = False


@dataclass(frozen=True)
class Unary:
    """`!operand` or `-operand`."""

    operator: str
    operand: Tree


@dataclass(frozen=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True)
class Conditional:
    """`condition ? yes : no`."""

    condition: Tree
    yes: Tree
    no: Tree


@dataclass(frozen=True)
class Lambda:
    """`parameter => body`, an argument of a method."""

    parameter: str
    body: Tree


@dataclass(frozen=True)
class Out:
    """`out name`, or `out type name`, which declares it; an argument of a method."""

    type: str | None
    name: str


@dataclass(frozen=True)
class NewArray:
    """`new string[0]` and `new [] { items }`."""

    items: tuple[Tree, ...]


Tree = (
    Literal
    | Name
    | Member
    | Call
    | Index
    | NullConditional
    | Cast
    | Unary
    | Binary
    | Conditional
    | Lambda
    | Out
    | NewArray
)


@dataclass(frozen=True)
class Declaration:
    """`type name = value;`, where type may be `var` and the value left out."""

    type: str
    name: str
    value: Tree | None


@dataclass(frozen=True)
class Assignment:
    """`name = value;`."""

    name: str
    value: Tree


@dataclass(frozen=True)
class If:
    """`if (condition) yes else no`."""

    condition: Tree
    yes: tuple[Statement, ...]
    no: tuple[Statement, ...]


@dataclass(frozen=True)
class Return:
    """`return value;`."""

    value: Tree


Statement = Declaration | Assignment | If | Return
