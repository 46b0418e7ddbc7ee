"""The C# of an expression as tree-sitter reads it: its statements, or what is malformed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tree_sitter_c_sharp
from tree_sitter import Language, Node, Parser

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import ExpressionError

_LANGUAGE = Language(tree_sitter_c_sharp.language())
_EMPTY = re.compile(r'\$""(?!")')
_DEEPEST = 100
"""Nodes inside each other: expressions come from outside, and are walked recursively when they are bound and evaluated."""

_CHAINS = frozenset({"binary_expression", "member_access_expression", "invocation_expression"})
_LONGEST_CHAIN = 400
"""Nodes inside each other where each is the left-most part of the next, as in `a + b + c`."""


def parse(text: str) -> Node:
    """The body of `@(…)` (an expression) or of `@{…}` (a block).

    Raises:
        ExpressionError: malformed, or nested too deep.
    """
    text = text.strip()
    if text[-1:] != (")" if text.startswith("@(") else "}"):
        raise ExpressionError("Text behind an expression is not supported.")
    is_block = text.startswith("@{")
    # the last bracket stands on a line of its own, as a remark may come before it
    source = f"object _() {{{text[2:-1]}\n}}" if is_block else f"object _ = ({text[2:-1]}\n);"
    root = _tree(source)
    if root.has_error and '$""' in source and '@"' not in source:
        # the grammar does not know the empty interpolated string
        root = _tree(_EMPTY.sub('""', source))
    if root.has_error:
        raise _malformed(root)
    statements = children(root)
    if len(statements) != 1:
        raise ExpressionError("Text behind an expression is not supported.")
    body = children(statements[0])[0]
    if is_block and body.type == "local_function_statement":
        return required(body, "body")
    if not is_block and body.type == "local_declaration_statement":
        declarators = [part for part in children(children(body)[0]) if part.type == "variable_declarator"]
        if len(declarators) == 1 and children(declarators[0])[-1].type == "parenthesized_expression":
            return children(children(declarators[0])[-1])[0]
    raise ExpressionError("Text behind an expression is not supported.")


def _tree(source: str) -> Node:
    try:
        encoded = source.encode()
    except UnicodeEncodeError:
        raise ExpressionError("The expression has half a character in it.") from None
    root = Parser(_LANGUAGE).parse(encoded).root_node
    _check_depth(root)
    return root


def children(node: Node) -> list[Node]:
    """The named nodes directly inside `node`, without remarks."""
    return [child for child in node.named_children if child.type != "comment"]


def text_of(node: Node) -> str:
    """What was written."""
    return (node.text or b"").decode()


def required(node: Node, field: str) -> Node:
    """The part of `node` that the grammar calls `field`.

    Raises:
        ExpressionError: it is missing.
    """
    part = node.child_by_field_name(field)
    if part is None:
        raise ExpressionError(f"'{_short(node)}' is incomplete.")
    return part


def unsupported(node: Node, what: str | None = None) -> ExpressionError:
    """The refusal of a part of C# that is not supported."""
    kind = what or node.type.replace("_", " ")
    return ExpressionError(f"'{_short(node)}' ({kind}) is not supported in an expression.")


_LAST = {
    "binary_expression": "right",
    "cast_expression": "value",
    "conditional_expression": "alternative",
    "assignment_expression": "right",
}
_PRECEDENCE = ("??", "||", "&&", "|", "^", "&", "== !=", "< > <= >=", "<< >>", "+ -", "* / %")


def last_operand(node: Node) -> Node:
    """The operand that ends an expression with operators, the expression itself where it has none."""
    while node.type in _LAST or node.type == "prefix_unary_expression":
        node = required(node, _LAST[node.type]) if node.type in _LAST else children(node)[-1]
    return node


def check_grouping(chain: Node, inside: Node) -> None:
    """Refuse a `?.` behind an operator where one that binds tighter follows, which the grammar groups wrongly.

    Raises:
        ExpressionError: it needs brackets.
    """
    parent = chain.parent
    if parent is None or parent.type not in ("binary_expression", "conditional_expression"):
        return
    outer = _level(parent) if parent.type == "binary_expression" else -1
    is_binary = inside.type == "binary_expression"
    if (is_binary and outer > _level(inside)) or inside.type in ("conditional_expression", "assignment_expression"):
        raise ExpressionError("'?.' behind an operator needs brackets here.")


def _level(node: Node) -> int:
    operator = text_of(required(node, "operator"))
    return next((level for level, known in enumerate(_PRECEDENCE) if operator in known.split()), len(_PRECEDENCE))


def _malformed(root: Node) -> ExpressionError:
    for node in _walk(root):
        if node.is_missing:
            return ExpressionError(f"'{node.type}' is missing in the expression.")
        if node.is_error:
            return ExpressionError(f"'{_short(node)}' is unexpected in an expression.")
    return ExpressionError("The expression is malformed.")


def _short(node: Node) -> str:
    text = " ".join(text_of(node).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _walk(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        pending += reversed(found.children)


def _check_depth(root: Node) -> None:
    pending = [(root, 0, 0)]
    while pending:
        node, depth, chain = pending.pop()
        if depth > _DEEPEST or chain > _LONGEST_CHAIN:
            raise ExpressionError(f"The expression is nested more than {_DEEPEST} deep, or a chain is too long.")
        for index, child in enumerate(node.children):
            is_link = index == 0 and node.type in _CHAINS and child.type in _CHAINS
            pending.append((child, depth if is_link else depth + 1, chain + 1 if is_link else 0))
