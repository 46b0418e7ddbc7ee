"""Interpolated strings."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from auth0_apim_sandbox.apim.policies.expressions.library.formatting import formatted, text_in
from auth0_apim_sandbox.apim.policies.expressions.library.texts import aligned, concatenated
from auth0_apim_sandbox.apim.policies.expressions.literals import unescaped, whole
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import STRING
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound
from auth0_apim_sandbox.apim.policies.expressions.syntax import children, parse, text_of, unsupported

_BRACES = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|[{}])")


def interpolated(node: Node, bind: Callable[[Node], Bound]) -> Bound:
    """`$"…"` and `$@"…"`; `bind` binds what stands in a hole.

    Raises:
        ExpressionError: a raw interpolated string, or half a character.
    """
    start = text_of(next(part for part in node.children if part.type == "interpolation_start"))
    if '"""' in text_of(node)[:6] or start.count("$") != 1:
        raise unsupported(node, "raw interpolated string")
    is_verbatim = "@" in text_of(node)[:2]
    codes: list[Code] = []
    for part in children(node):
        if part.type == "interpolation":
            codes.append(_hole(part, bind))
        elif part.type in ("string_content", "escape_sequence"):
            codes += _content(text_of(part), is_verbatim, bind)
    return Bound(STRING, lambda frame: concatenated([code(frame) for code in codes]))


def _content(text: str, is_verbatim: bool, bind: Callable[[Node], Bound]) -> list[Code]:
    """Text between holes; the grammar takes `{{{value}}}` for text as a whole."""
    codes: list[Code] = []
    for part in _BRACES.split(text):
        if part.startswith("{") and part.endswith("}") and part not in ("{{", "}}"):
            value = bind(parse(f"@({part[1:-1]})"))
            codes.append(lambda frame, kind=value.type, run=value.run: text_in(kind, run(frame)))  # type: ignore[misc]
        elif part in ("{", "}"):
            raise ExpressionError("The braces of an interpolated string do not match.")
        elif part:
            plain = part[0] if part in ("{{", "}}") else part
            codes.append(_constant(whole(plain.replace('""', '"') if is_verbatim else unescaped(plain))))
    return codes


def _constant(text: str) -> Code:
    return lambda _: text


def _hole(node: Node, bind: Callable[[Node], Bound]) -> Code:
    parts = [part for part in children(node) if part.type != "interpolation_brace"]
    value = bind(parts[0])
    form = width = ""
    for part in parts[1:]:
        if part.type == "interpolation_format_clause":
            form = text_of(part).removeprefix(":")
        elif part.type == "interpolation_alignment_clause":
            width = text_of(part).removeprefix(",").strip()
        else:
            raise unsupported(part)
    kind, run = value.type, value.run
    if not form and not width:
        return lambda frame: text_in(kind, run(frame))
    return lambda frame: aligned(formatted(kind, run(frame), form), width)
