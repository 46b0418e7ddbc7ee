"""Policy text to a tree of elements, and back to the text Azure returns.

Two formats come in. `xml` is plain XML. In `rawxml` the C# expressions in attribute values and in text may hold
unescaped quotes, `<`, `>` and `&&`. The tree knows where each element's name stands, since Azure's errors say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from auth0_apim_sandbox.apim.policies.errors import PolicyError
from auth0_apim_sandbox.apim.policies.raw import REFERENCE, hide_expressions, reveal_expressions

LARGEST_DOCUMENT = 256 * 1024
"""Characters in a document, the limit API Management documents (256 KiB)."""

LARGEST_FRAGMENT = 512 * 1024
"""Characters in a policy fragment, the limit API Management documents (512 KB)."""

DEEPEST_NESTING = 64
"""Elements inside each other; documents come from outside and are walked recursively."""

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_ATTRIBUTE_ESCAPES = {**_ESCAPES, ord('"'): "&quot;", ord("\n"): "&#xA;", ord("\t"): "&#x9;"}
_BLANKS = " \t\r\n"
"""White space as XML 1.0, 2.3, has it: a no-break space is a character like any other."""
_EXPRESSION = re.compile(r"\s*@[({]")


@dataclass
class Node:
    """An element, or a comment (whose name is `#comment`); line and column are those of the name, from 1.

    `has_end_tag` is whether an element without content was written `<a></a>` rather than `<a />`, which Azure keeps.
    """

    name: str
    line: int
    column: int
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[Node | str] = field(default_factory=list)
    has_end_tag: bool = False

    @property
    def children(self) -> list[Node]:
        """The elements directly inside, without comments."""
        return [part for part in self.content if isinstance(part, Node) and part.name != "#comment"]

    @property
    def text(self) -> str:
        """The text directly inside, as it was written."""
        return "".join(part for part in self.content if isinstance(part, str))

    def walk(self) -> Iterator[Node]:
        """This element and every element below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Builder:
    """Receives expat's events and refuses what a policy never needs: document types, entities, processing instructions."""

    def __init__(self, reveal: Callable[[str], str]) -> None:
        self._reveal = reveal
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.CommentHandler = self._comment
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction
        self._open: list[Node] = []
        self._root: Node | None = None
        self._source = b""

    def build(self, text: str) -> Node:
        """The document's element; raises PolicyError when `text` is not well-formed."""
        try:
            self._source = text.encode("utf-8")
            self._parser.Parse(self._source, True)
        except UnicodeEncodeError as error:
            line, column = text.count("\n", 0, error.start) + 1, error.start - text.rfind("\n", 0, error.start)
            raise PolicyError("The document has half a character in it.", line, column) from None
        except expat.ExpatError as error:
            message = expat.ErrorString(error.code).capitalize()
            raise PolicyError(f"{message}.", error.lineno, error.offset + 1) from None
        if self._root is None:
            raise PolicyError("Root element is missing.", 1, 1)
        return self._root

    def _position(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 2

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line, column = self._position()
        if len(self._open) >= DEEPEST_NESTING:
            raise PolicyError(f"Elements are nested more than {DEEPEST_NESTING} deep.", line, column)
        revealed = {key: self._reveal(value) for key, value in attributes.items()}
        node = Node(name, line, column, revealed)
        if self._open:
            self._open[-1].content.append(node)
        else:
            self._root = node
        self._open.append(node)

    def _end(self, _: str) -> None:
        node = self._open.pop()
        node.has_end_tag = not self._source.endswith(b"/>", 0, self._parser.CurrentByteIndex)
        node.content = [self._reveal(part) if isinstance(part, str) else part for part in node.content]
        if not node.text.strip(_BLANKS):
            node.content = [part for part in node.content if isinstance(part, Node)]

    def _characters(self, text: str) -> None:
        content = self._open[-1].content
        if content and isinstance(content[-1], str):
            content[-1] += text
        else:
            content.append(text)

    def _comment(self, text: str) -> None:
        if self._open:
            line, column = self._position()
            self._open[-1].content.append(Node("#comment", line, column, {}, [text]))

    def _doctype(self, *_: object) -> None:
        line, column = self._position()
        raise PolicyError("For security reasons DTD is prohibited in this XML document.", line, column)

    def _instruction(self, target: str, _: str) -> None:
        line, column = self._position()
        raise PolicyError(f"The processing instruction '{target}' is not allowed in a policy.", line, column)


def parse_markup(text: str, text_format: str, largest: int | None = LARGEST_DOCUMENT) -> Node:
    """The root element of a document in format `xml` or `rawxml` of at most `largest` characters; None is any number.

    Raises:
        PolicyError: not well-formed, too long, too deep, or with a document type.
    """
    if largest is not None and len(text) > largest:
        raise PolicyError(f"The document has {len(text)} characters; the most is {largest}.", 1, 1)
    text = text.removeprefix("\ufeff")
    if text_format == "rawxml":
        return _Builder(reveal_expressions).build(hide_expressions(text))
    return _Builder(str).build(text)


def render(node: Node, *, raw: bool = False) -> str:
    """The text Azure returns: CRLF, a tab of indentation; expressions escaped, or as they are when `raw`."""
    return "\r\n".join(_lines(node, 0, raw))


def is_expression(value: str) -> bool:
    """Whether API Management evaluates `value`: it starts with `@(` or `@{`, whatever blanks come before."""
    return _EXPRESSION.match(value) is not None


def _lines(node: Node, depth: int, raw: bool) -> Iterator[str]:
    indent = "\t" * depth
    if node.name == "#comment":
        yield f"{indent}<!--{_newlines(node.text)}-->"
        return
    attributes = "".join(f' {name}="{_attribute(value, raw)}"' for name, value in node.attributes.items())
    if not node.content:
        end = f"></{node.name}>" if node.has_end_tag else " />"
        yield f"{indent}<{node.name}{attributes}{end}"
    elif any(isinstance(part, str) for part in node.content):
        yield f"{indent}<{node.name}{attributes}>{_inline(node, raw)}</{node.name}>"
    else:
        yield f"{indent}<{node.name}{attributes}>"
        for part in node.content:
            if isinstance(part, Node):
                yield from _lines(part, depth + 1, raw)
        yield f"{indent}</{node.name}>"


def _inline(node: Node, raw: bool) -> str:
    parts = (_text(part, raw) if isinstance(part, str) else "".join(_lines(part, 0, raw)) for part in node.content)
    return "".join(parts)


def _text(value: str, raw: bool) -> str:
    return _newlines(_as_written(value) if raw and is_expression(value) else value.translate(_ESCAPES))


def _attribute(value: str, raw: bool) -> str:
    return _as_written(value) if raw and is_expression(value) else value.translate(_ATTRIBUTE_ESCAPES)


def _as_written(expression: str) -> str:
    """`expression` in format `rawxml`, where what looks like a reference is one."""
    return REFERENCE.sub(lambda match: f"&amp;{match[0][1:]}", expression)


def _newlines(text: str) -> str:
    return text.replace("\n", "\r\n")
