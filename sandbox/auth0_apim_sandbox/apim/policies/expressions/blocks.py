"""Multi-statement expressions, `@{…}`: declarations, assignments, `if`, `return`, out of the statements C# has."""

from auth0_apim_sandbox.apim.policies.expressions.errors import ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.syntax import Parser
from auth0_apim_sandbox.apim.policies.expressions.trees import Assignment, Declaration, If, Return, Statement

_DEEPEST = 20


def parse_block(text: str) -> tuple[Statement, ...]:
    """The statements of `@{…}`.

    Raises:
        ExpressionError: malformed, outside the supported part of the language, or with a way that returns nothing.
    """
    text = text.strip()
    if not text.endswith("}"):
        raise ExpressionError("Text behind an expression is not supported.")
    statements = _BlockParser(text[2:-1]).parse_statements()
    if not _returns(statements):
        raise ExpressionError("Not all code paths of '@{…}' return a value.")
    return statements


class _BlockParser(Parser):
    def parse_statements(self) -> tuple[Statement, ...]:
        """The statements of the whole text."""
        statements = self._statements()
        if self._next < len(self._tokens):
            raise ExpressionError(f"'{self._peek()}' is unexpected or not supported in an expression.")
        return statements

    def _statements(self) -> tuple[Statement, ...]:
        statements: list[Statement] = []
        while self._next < len(self._tokens) and self._peek() != "}":
            if not self._skip(";"):
                statements.append(self._statement())
        return tuple(statements)

    def _statement(self) -> Statement:
        if self._skip("return"):
            value = self._expression()
            self._expect(";")
            return Return(value)
        if self._skip("if"):
            return self._if()
        if self._peek() == "var" or self._declares():
            return self._declaration()
        if self._at(1) == "=":
            _, name = self._take()
            self._expect("=")
            value = self._expression()
            self._expect(";")
            return Assignment(name, value)
        raise ExpressionError(
            f"The statement '{self._peek()} {self._at(1)}…' is not supported in an expression; "
            "declarations, assignments, 'if' and 'return' are."
        )

    def _declares(self) -> bool:
        found = self._type_ahead(0)
        return found is not None and self._at(found[1]) not in (".", "(", "[", "=")

    def _declaration(self) -> Declaration:
        type_ = self._take()[1] if self._peek() == "var" else self._type()
        kind, name = self._take()
        if kind != "name":
            raise ExpressionError(f"A variable's name expected, found '{name}'.")
        value = self._expression() if self._skip("=") else None
        self._expect(";")
        return Declaration(type_, name, value)

    def _if(self) -> If:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(f"Statements are nested more than {_DEEPEST} deep.")
        self._expect("(")
        condition = self._expression()
        self._expect(")")
        yes = self._branch()
        no = self._branch() if self._skip("else") else ()
        self._depth -= 1
        return If(condition, yes, no)

    def _branch(self) -> tuple[Statement, ...]:
        if not self._skip("{"):
            return (self._statement(),)
        statements = self._statements()
        self._expect("}")
        return statements


def _returns(statements: tuple[Statement, ...]) -> bool:
    """Whether every way through `statements` ends in a `return`."""
    last = statements[-1] if statements else None
    if isinstance(last, If):
        return _returns(last.yes) and _returns(last.no)
    return isinstance(last, Return)
