"""The `rawxml` format: C# expressions that need not be escaped as XML.

Before the text is parsed as XML, the characters of its expressions that XML would read are exchanged, one for one, for
characters of the Unicode private use area, and back again in the parsed values. One for one, so that the
lines and columns of errors stay those of the author's text.

An expression stands where an attribute's value or an element's text begins with `@(` or `@{`, and nowhere else. It ends at the bracket that
closes it, as C# reads it: brackets in strings, characters and remarks do not count. XML's references in it stand for their characters
(inferred from the vendor's samples, which are deployed in both spellings).
"""

import re

from auth0_apim_sandbox.apim.policies.errors import PolicyError

_SPECIAL = "\"'<>&"
_STAND_INS = "\uf8f0\uf8f1\uf8f2\uf8f3\uf8f4"
_HIDE = str.maketrans(_SPECIAL, _STAND_INS)
_REVEAL = str.maketrans(_STAND_INS, _SPECIAL)
_NAMED = {"quot": '"', "amp": "&", "lt": "<", "gt": ">", "apos": "'"}
REFERENCE = re.compile(r"&(?:(quot|amp|lt|gt|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
"""What stands for a character (XML 1.0, sections 4.1 and 4.6)."""

_MARKUP = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|</[^>]*>|<(?P<name>[^\s<>/=\"'!?]+)", re.DOTALL)
_ATTRIBUTE = re.compile(r"\s*[^\s<>/=\"']+\s*=\s*(?P<quote>[\"'])")
_TAG_END = re.compile(r"\s*/?>")
_OPENING = re.compile(r"\s*@(?=[({])")

_FILLER = "\uf8f5"
"""Stands behind the character of a reference, as often as makes up for the reference's length."""
_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|(?P<interpolated>\$@?"|@\$")|@"(?:[^"]|"F*")*"|"(?:[^"\\\n]|\\.)*"'
    r"|'F*(?:[^'\\\n]F*|\\.[^'\n]*)'|[(){}\[\]]".replace("F", _FILLER),
    re.DOTALL,
)
_STRING = re.compile(r'\\.|\{F*\{|[{"]'.replace("F", _FILLER), re.DOTALL)
_VERBATIM_STRING = re.compile(r'"F*"|\{F*\{|[{"]'.replace("F", _FILLER))
_CLOSING = {"(": ")", "{": "}", "[": "]"}


def hide_expressions(text: str) -> str:
    """`text` with every expression made harmless to an XML parser.

    Raises:
        PolicyError: an expression is not closed, or the text already holds one of the stand-ins.
    """
    if any(stand_in in text for stand_in in (*_STAND_INS, _FILLER)):
        raise PolicyError("Characters U+F8F0 to U+F8F5 are not allowed in format 'rawxml'.", 1, 1)
    return _Reader(text).hidden()


def reveal_expressions(value: str) -> str:
    """`value` of the parsed document with its expressions as their author meant them."""
    if not any(stand_in in value for stand_in in _STAND_INS):
        return value
    return REFERENCE.sub(_character, value.translate(_REVEAL))


class _Reader:
    """Reads markup, attributes' values and texts in the order they stand in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._as_code = REFERENCE.sub(_padded, text)
        self._parts: list[str] = []
        self._copied = 0

    def hidden(self) -> str:
        """The text with its expressions hidden; what is no markup is left to the XML parser to refuse."""
        position, begins = 0, False
        while (start := self._text.find("<", position)) >= 0:
            begins = begins and not self._text[position:start].strip()
            markup = _MARKUP.match(self._text, start)
            position = markup.end() if markup else start + 1
            if markup is None or not markup[0].startswith("<!--"):
                begins = False
            if markup is not None and markup["name"]:
                position = self._tag(position)
                begins = self._text[position - 2 : position] not in ("/>", "")
            if begins:
                position = self._expression(position, remarks=True) or position
        return "".join([*self._parts, self._text[self._copied :]])

    def _tag(self, position: int) -> int:
        """Read attributes; the position behind the tag."""
        while attribute := _ATTRIBUTE.match(self._text, position):
            position = attribute.end()
            position = self._expression(position, remarks=False) or position
            end = self._text.find(attribute["quote"], position)
            if end < 0:
                return len(self._text)
            position = end + 1
        end_of_tag = _TAG_END.match(self._text, position)
        return end_of_tag.end() if end_of_tag else position

    def _expression(self, position: int, *, remarks: bool) -> int | None:
        """Hide the expression that begins at `position`; the position behind it, None when there is none."""
        opening = _OPENING.match(self._text, position)
        if opening is None:
            return None
        found: list[tuple[int, int]] = []
        end = self._end_of_expression(opening.end(), found)
        expression = self._text[opening.end() : end]
        # in an attribute XML makes a blank of the line's end, which a remark would then never reach
        for first, last in () if remarks else found:
            before, behind = first - opening.end(), last - opening.end()
            expression = expression[:before] + " " * (last - first) + expression[behind:]
        self._parts += [self._text[self._copied : opening.end()], expression.translate(_HIDE)]
        self._copied = end
        return end

    def _end_of_expression(self, bracket: int, remarks: list[tuple[int, int]]) -> int:
        """The position behind the bracket that closes the one at `bracket`; adds the places of remarks that end with their line."""
        open_: list[str] = []
        position = bracket
        while token := self._token(open_, position):
            position = token.end()
            text = token[0]
            if text.startswith("//"):
                remarks.append(token.span())
            if open_ and text == open_[-1][-1]:
                open_.pop()
                if not open_:
                    return position
            elif text in _CLOSING:
                open_.append(_CLOSING[text])
            elif token.groupdict().get("interpolated"):
                open_.append('@"' if "@" in text else '"')
        line = self._text.count("\n", 0, bracket) + 1
        column = bracket - (self._text.rfind("\n", 0, bracket) + 1) + 1
        raise PolicyError("The expression is not closed.", line, column)

    def _token(self, open_: list[str], position: int) -> re.Match[str] | None:
        """The next token of code, or of the interpolated string that is open."""
        pattern = {'"': _STRING, '@"': _VERBATIM_STRING}.get(open_[-1] if open_ else "", _CODE)
        return pattern.search(self._as_code, position)


def _padded(reference: re.Match[str]) -> str:
    """The character that `reference` stands for, in the same length."""
    character = _character(reference)
    return character.ljust(len(reference[0]), _FILLER) if len(character) == 1 else character


def _character(reference: re.Match[str]) -> str:
    """What `reference` stands for; itself, when XML has no such character (section 2.2)."""
    if reference[1]:
        return _NAMED[reference[1]]
    code = int(reference[2]) if reference[2] else int(reference[3], 16)
    allowed = code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xDFFF < code < 0xFFFE or 0xFFFF < code < 0x110000
    return chr(code) if allowed and chr(code) not in (*_STAND_INS, _FILLER) else reference[0]
