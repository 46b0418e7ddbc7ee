"""The `rawxml` format: C# expressions that are not escaped as XML.

Before the text is parsed as XML, the characters of its expressions that XML would read are exchanged, one for one, for
characters of the Unicode private use area, and back again in the parsed values. One for one, so that the
lines and columns of errors stay those of the author's text.
"""

import re

from auth0_apim_sandbox.apim.policies.errors import PolicyError

_SPECIAL = "\"'<>&"
_STAND_INS = "\uf8f0\uf8f1\uf8f2\uf8f3\uf8f4"
_HIDE = str.maketrans(_SPECIAL, _STAND_INS)
_REVEAL = str.maketrans(_STAND_INS, _SPECIAL)

_SKIPPED = r"<!--.*?-->|<!\[CDATA\[.*?\]\]>"
_OPENING = re.compile(rf"{_SKIPPED}|(?:=\s*[\"']|>)\s*(@[({{])", re.DOTALL)
_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|@"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\'|[(){}\[\]]', re.DOTALL
)
_CLOSING = {"(": ")", "{": "}", "[": "]"}


def hide_expressions(text: str) -> str:
    """`text` with every expression made harmless to an XML parser.

    Raises:
        PolicyError: an expression is not closed, or the text already holds one of the stand-ins.
    """
    if any(stand_in in text for stand_in in _STAND_INS):
        raise PolicyError("Characters U+F8F0 to U+F8F4 are not allowed in format 'rawxml'.", 1, 1)
    parts, position = [], 0
    for opening in _OPENING.finditer(text):
        if opening[1] is None or opening.start() < position:
            continue
        start = opening.start(1)
        end = _end_of_expression(text, start + 1)
        expression = text[start:end]
        if opening[0].startswith("="):
            expression = _TOKEN.sub(_without_remark, expression)
        parts += [text[position:start], expression.translate(_HIDE)]
        position = end
    return "".join([*parts, text[position:]])


def reveal_expressions(value: str) -> str:
    """`value` of the parsed document with its expressions as their author wrote them."""
    return value.translate(_REVEAL)


def _without_remark(token: re.Match[str]) -> str:
    """`token`, or blanks for a remark that ends with its line: in an attribute XML makes a blank of the line's end."""
    return " " * len(token[0]) if token[0].startswith("//") else token[0]


def _end_of_expression(text: str, bracket: int) -> int:
    """The position behind the bracket that closes the one at `bracket`."""
    open_brackets: list[str] = []
    for token in _TOKEN.finditer(text, bracket):
        if token[0] in _CLOSING:
            open_brackets.append(_CLOSING[token[0]])
        elif open_brackets and token[0] == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return token.end()
    line = text.count("\n", 0, bracket) + 1
    column = bracket - (text.rfind("\n", 0, bracket) + 1) + 1
    raise PolicyError("The expression is not closed.", line, column)
