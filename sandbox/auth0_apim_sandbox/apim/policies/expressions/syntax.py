"""The C# of policy expressions, as far as it is supported: from text to a tree."""

import re
from collections.abc import Iterator

from auth0_apim_sandbox.apim.policies.expressions.errors import ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.tokens import tokens_of, unquoted
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

TYPES = ("Jwt", "bool", "int", "string", "string[]")
"""Types that a value may be cast to and a variable may have."""

_DEEPEST = 50
_LONGEST_CHAIN = 100
_WORDS = {"true": Literal(True, "bool"), "false": Literal(False, "bool"), "null": Literal(None, "null")}
_PRECEDENCE = ({"??"}, {"||"}, {"&&"}, {"==", "!="}, {"<", ">", "<=", ">=", "as"}, {"+", "-"})


def parse_expression(text: str) -> Tree:
    """The tree of `@(…)`.

    Raises:
        ExpressionError: malformed, or outside the supported part of the language.
    """
    text = text.strip()
    if not text.endswith(")"):
        raise ExpressionError("Text behind an expression is not supported.")
    return Parser(text[2:-1]).parse()


class Parser:
    """A parser of one expression by recursive descent."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens_of(text)
        self._next = 0
        self._depth = 0

    def parse(self) -> Tree:
        """The tree of the whole text."""
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
        if self._peek() != text or self._tokens[self._next][0] not in ("operator", "name", "number"):
            return False
        self._next += 1
        return True

    def _expect(self, text: str) -> None:
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
        for _ in self._links():
            if self._next == len(self._tokens) or self._peek() not in _PRECEDENCE[level]:
                break
            operator = self._take()[1]
            if operator == "as":
                left = Cast(self._type(), left, is_optional=True)
                continue
            # `??` associates to the right, everything else to the left
            left = Binary(operator, left, self._binary(level if operator == "??" else level + 1))
        return left

    def _links(self) -> Iterator[int]:
        """Numbers for a loop over a chain, which is walked recursively later and so must have an end."""
        yield from range(_LONGEST_CHAIN)
        raise ExpressionError(f"The expression has more than {_LONGEST_CHAIN} operators or members in a row.")

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
        cast = self._type_ahead(1)
        if cast is not None and self._peek() == "(" and self._at(1 + cast[1]) == ")":
            self._next += cast[1] + 2
            return Cast(cast[0], self._unary())
        return self._postfix(self._primary())

    def _at(self, offset: int) -> str:
        """The token `offset` tokens ahead, empty behind the end."""
        position = self._next + offset
        return self._tokens[position][1] if position < len(self._tokens) else ""

    def _type_ahead(self, offset: int) -> tuple[str, int] | None:
        """The type that stands `offset` tokens ahead, and how many tokens it is made of."""
        name = self._at(offset)
        if self._at(offset + 1) == "[" and self._at(offset + 2) == "]":
            name, length = f"{name}[]", 3
        else:
            length = 1
        return (name, length) if name in TYPES else None

    def _type(self) -> str:
        found = self._type_ahead(0)
        if found is None:
            raise ExpressionError(f"The type '{self._peek()}' is not supported in an expression.")
        self._next += found[1]
        return found[0]

    def _primary(self) -> Tree:
        kind, text = self._take()
        if kind == "operator" and text == "(":
            inner = self._expression()
            self._expect(")")
            return inner
        if kind == "name":
            return self._new_array() if text == "new" else _WORDS.get(text) or Name(text)
        if kind == "interpolated":
            return _interpolated(text[2:-1])
        return _literal(kind, text)

    def _postfix(self, target: Tree) -> Tree:
        for _ in self._links():
            if self._skip("."):
                target = self._member(target)
            elif self._skip("["):
                target = Index(target, self._expression())
                self._expect("]")
            elif self._skip("?."):
                return NullConditional(target, self._postfix(self._member(Name("#it"))))
            else:
                break
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
            arguments.append(self._argument())
        return Call(target, name, type_argument, tuple(arguments))

    def _argument(self) -> Tree:
        if self._peek() == "out":
            return self._out()
        if self._at(1) == "=>":
            kind, parameter = self._take()
            if kind != "name":
                raise ExpressionError(f"A lambda's parameter expected, found '{parameter}'.")
            self._expect("=>")
            return Lambda(parameter, self._expression())
        return self._expression()

    def _out(self) -> Out:
        self._expect("out")
        declared = None
        if self._peek() == "var":
            declared = self._take()[1]
        elif self._type_ahead(0):
            declared = self._type()
        kind, name = self._take()
        if kind != "name":
            raise ExpressionError(f"A variable's name expected, found '{name}'.")
        return Out(declared, name)

    def _new_array(self) -> NewArray:
        self._skip("string")
        if self._peek() != "[":
            raise ExpressionError(f"'new {self._peek()}' is not supported in an expression; arrays of strings are.")
        self._expect("[")
        if self._skip("0"):
            self._expect("]")
            return NewArray(())
        self._expect("]")
        self._expect("{")
        items: list[Tree] = []
        while not self._skip("}"):
            if items:
                self._expect(",")
            items.append(self._expression())
        return NewArray(tuple(items))

    def _type_argument(self) -> str | None:
        found = self._type_ahead(1)
        if found is None or self._peek() != "<" or self._at(1 + found[1]) != ">" or self._at(2 + found[1]) != "(":
            return None
        self._next += found[1] + 2
        return found[0]


def _literal(kind: str, text: str) -> Literal:
    if kind == "number":
        if len(text) > 10 or int(text) > 2**31 - 1:
            raise ExpressionError(f"The number {text} does not fit an int.")
        return Literal(int(text), "int")
    if kind in ("string", "verbatim", "char"):
        return Literal(unquoted(kind, text), "char" if kind == "char" else "string")
    raise ExpressionError(f"'{text}' is unexpected or not supported in an expression.")


def _interpolated(text: str) -> Tree:
    """The concatenation that an interpolated string, without its quotes, stands for."""
    parts = [part for part in re.split(r"(\{\{|\}\}|\{[^{}]*\})", text) if part]
    if len(parts) > _LONGEST_CHAIN:
        raise ExpressionError(f"An interpolated string with more than {_LONGEST_CHAIN} parts is not supported.")
    tree: Tree = Literal("", "string")
    for part in parts:
        if part in ("{{", "}}"):
            value: Tree = Literal(part[0], "string")
        elif part.startswith("{") and part.endswith("}"):
            value = Parser(part[1:-1]).parse()
        elif "{" in part or "}" in part:
            raise ExpressionError("The braces of an interpolated string do not match.")
        else:
            value = Literal(unquoted("string", f'"{part}"'), "string")
        tree = Binary("+", tree, value)
    return tree
