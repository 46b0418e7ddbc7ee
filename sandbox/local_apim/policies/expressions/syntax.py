"""The C# of policy expressions, as far as it is supported: from text to a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_apim.policies.expressions.errors import ExpressionError


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
    """`(type)operand`."""

    type: str
    operand: Tree


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


Tree = Literal | Name | Member | Call | Index | NullConditional | Cast | Unary | Binary | Conditional

CASTS = ("Jwt", "bool", "int", "string")
"""Types that a value may be cast to."""

_DEEPEST = 50
_TOKEN = re.compile(
    r"""\s*(?:(?P<verbatim>@"(?:[^"]|"")*")|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<char>'(?:[^'\\\n]|\\.)')|(?P<number>\d+(?![\w.]))"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<operator>=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|[-!?:<>+().,\[\]])|(?P<other>\S))"""
)
_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_PRECEDENCE = ({"??"}, {"||"}, {"&&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"+", "-"})


def parse_expression(text: str) -> Tree:
    """The tree of `@(…)`.

    Raises:
        ExpressionError: malformed, or outside the supported part of the language.
    """
    text = text.strip()
    if text.startswith("@{"):
        raise ExpressionError("Multi-statement expressions '@{…}' are not supported; write a single expression '@(…)'.")
    if not text.endswith(")"):
        raise ExpressionError("Text behind an expression is not supported.")
    return _Parser(text[2:-1]).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [(kind, match[kind]) for match in _TOKEN.finditer(text) if (kind := match.lastgroup)]
        self._next = 0
        self._depth = 0

    def parse(self) -> Tree:
        tree = self._expression()
        if self._next < len(self._tokens):
            raise ExpressionError(f"'{self._peek()}' is unexpected or not supported in an expression.")
        return tree

    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _take(self) -> tuple[str, str]:
        if self._next == len(self._tokens):
            raise ExpressionError("The expression ends too early.")
        self._next += 1
        return self._tokens[self._next - 1]

    def _skip(self, text: str) -> bool:
        if self._peek() != text or self._tokens[self._next][0] not in ("operator", "name"):
            return False
        self._next += 1
        return True

    def _expect(self, text: str) -> None:
        if self._peek() == "=>":
            raise ExpressionError("Lambda expressions ('=>') are not supported in an expression.")
        if not self._skip(text):
            raise ExpressionError(f"'{text}' expected, found '{self._peek() or 'the end'}'.")

    def _expression(self) -> Tree:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(f"The expression is nested more than {_DEEPEST} deep.")
        tree = self._binary(0)
        if self._skip("?"):
            yes = self._expression()
            self._expect(":")
            tree = Conditional(tree, yes, self._expression())
        self._depth -= 1
        return tree

    def _binary(self, level: int) -> Tree:
        if level == len(_PRECEDENCE):
            return self._unary()
        left = self._binary(level + 1)
        while self._peek() in _PRECEDENCE[level] and self._tokens[self._next][0] == "operator":
            operator = self._take()[1]
            # `??` associates to the right, everything else to the left
            left = Binary(operator, left, self._binary(level if operator == "??" else level + 1))
        return left

    def _unary(self) -> Tree:
        operators = 0
        while self._skip("!"):
            operators += 1
        if operators > _DEEPEST:
            raise ExpressionError(f"The expression is nested more than {_DEEPEST} deep.")
        tree: Tree = Unary("-", self._unary_operand()) if self._skip("-") else self._unary_operand()
        for _ in range(operators):
            tree = Unary("!", tree)
        return tree

    def _unary_operand(self) -> Tree:
        ahead = [token for _, token in self._tokens[self._next : self._next + 3]]
        if len(ahead) == 3 and ahead[0] == "(" and ahead[1] in CASTS and ahead[2] == ")":
            self._next += 3
            return Cast(ahead[1], self._unary())
        return self._postfix(self._primary())

    def _primary(self) -> Tree:
        kind, text = self._take()
        if kind == "operator" and text == "(":
            inner = self._expression()
            self._expect(")")
            return inner
        if kind == "name":
            if text in ("true", "false"):
                return Literal(text == "true", "bool")
            return Literal(None, "null") if text == "null" else Name(text)
        if kind == "number":
            if int(text) > 2**31 - 1:
                raise ExpressionError(f"The number {text} does not fit an int.")
            return Literal(int(text), "int")
        if kind in ("string", "verbatim", "char"):
            return Literal(_unquoted(kind, text), "char" if kind == "char" else "string")
        raise ExpressionError(f"'{text}' is unexpected or not supported in an expression.")

    def _postfix(self, target: Tree) -> Tree:
        while True:
            if self._skip("."):
                target = self._member(target)
            elif self._skip("["):
                target = Index(target, self._expression())
                self._expect("]")
            elif self._skip("?."):
                return NullConditional(target, self._postfix(self._member(Name("#it"))))
            else:
                return target

    def _member(self, target: Tree) -> Tree:
        kind, name = self._take()
        if kind != "name":
            raise ExpressionError(f"A member's name expected, found '{name}'.")
        type_argument = self._type_argument()
        if not self._skip("("):
            return Member(target, name)
        arguments: list[Tree] = []
        while not self._skip(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._expression())
        return Call(target, name, type_argument, tuple(arguments))

    def _type_argument(self) -> str | None:
        ahead = [token for _, token in self._tokens[self._next : self._next + 4]]
        if len(ahead) == 4 and ahead[0] == "<" and ahead[1] in CASTS and ahead[2:] == [">", "("]:
            self._next += 3
            return ahead[1]
        return None


def _unquoted(kind: str, token: str) -> str:
    if kind == "verbatim":
        return token[2:-1].replace('""', '"')
    return re.sub(r"\\(.)", _escaped, token[1:-1])


def _escaped(match: re.Match[str]) -> str:
    if match[1] not in _ESCAPES:
        raise ExpressionError(f"The escape '\\{match[1]}' is not supported in a string.")
    return _ESCAPES[match[1]]
