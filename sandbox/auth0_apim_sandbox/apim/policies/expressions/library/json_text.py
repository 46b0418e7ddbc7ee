"""JSON as Newtonsoft.Json reads and writes it: single quotes, bare names and remarks are taken; what looks like a date becomes one."""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from auth0_apim_sandbox.apim.policies.expressions.library.json_tokens import (
    DEEPEST,
    JArray,
    JObject,
    JProperty,
    JToken,
    JValue,
    read_date,
)
from auth0_apim_sandbox.apim.policies.expressions.library.moments import format_moment, format_span
from auth0_apim_sandbox.apim.policies.expressions.library.numerals import format_number
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, argument_null

_LONGEST_LENIENT = 256 * 1024
"""Characters of a text that is no strict JSON, which is read slowly."""

_NEWLINE = "\r\n"
_ESCAPE = re.compile(r'["\\\x00-\x1f\x85\u2028\u2029]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<name>[A-Za-z_$][\w$]*)"""
    r"""|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<mark>[{}\[\]:,])""",
    re.DOTALL,
)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "NaN": math.nan, "undefined": None}


def parse_json(text: str | None, expected: type[JToken] = JToken) -> JToken:
    """The token in a document.

    Raises:
        EvaluationError: null, no JSON, nested too deep, or a token of another kind than `expected`.
    """
    if text is None:
        raise argument_null("json")
    try:
        token = _built(json.loads(text), 0)
    except (ValueError, RecursionError):
        token = _Lenient(text).document()
    if not isinstance(token, expected):
        name = expected.csharp_type
        raise _reader_error(f"Error reading {name} from JsonReader. Current JsonReader item is not an object of it.")
    return token


def _reader_error(message: str) -> EvaluationError:
    return EvaluationError(message, "JsonReaderException")


def _built(value: Any, depth: int) -> JToken:
    if depth > DEEPEST:
        raise _reader_error(f"The reader's MaxDepth of {DEEPEST} has been exceeded.")
    if isinstance(value, str):
        return JValue(read_date(value))
    if isinstance(value, dict):
        made = JObject()
        for name, item in value.items():
            made.add(JProperty(name, _built(item, depth + 1)))
        return made
    if isinstance(value, list):
        array = JArray()
        for item in value:
            array.add(_built(item, depth + 1))
        return array
    return JValue(value)


class _Lenient:
    """Reads what is no strict JSON."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST_LENIENT:
            raise _reader_error("Unexpected character encountered while parsing value.")
        self._tokens = self._read(text)
        self._next = 0

    @staticmethod
    def _read(text: str) -> list[tuple[str, str]]:
        tokens, position = [], 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise _reader_error("Unexpected character encountered while parsing value.")
            if match.lastgroup:
                tokens.append((match.lastgroup, match[0]))
            position = match.end()
        return tokens

    def document(self) -> JToken:
        value = self._value(0)
        if self._next < len(self._tokens):
            raise _reader_error("Additional text encountered after finished reading JSON content.")
        return value

    def _take(self) -> tuple[str, str]:
        if self._next >= len(self._tokens):
            raise _reader_error("Unexpected end of content while loading JSON.")
        self._next += 1
        return self._tokens[self._next - 1]

    def _skip(self, mark: str) -> bool:
        if self._next < len(self._tokens) and self._tokens[self._next] == ("mark", mark):
            self._next += 1
            return True
        return False

    def _value(self, depth: int) -> JToken:
        if depth > DEEPEST:
            raise _reader_error(f"The reader's MaxDepth of {DEEPEST} has been exceeded.")
        kind, text = self._take()
        if kind == "mark" and text == "{":
            return self._object(depth)
        if kind == "mark" and text == "[":
            return self._array(depth)
        if kind == "text":
            return JValue(read_date(_unquoted(text)))
        if kind == "number":
            return JValue(int(text) if re.fullmatch(r"-?\d{1,400}", text) else float(text))
        if kind == "name" and text in _WORDS:
            return JValue(_WORDS[text])
        raise _reader_error("Unexpected character encountered while parsing value.")

    def _object(self, depth: int) -> JToken:
        made = JObject()
        while not self._skip("}"):
            kind, name = self._take()
            if kind == "mark" or not self._skip(":"):
                raise _reader_error("Invalid property identifier character.")
            made.set(_unquoted(name) if kind == "text" else name, self._value(depth + 1))
            if not self._skip(",") and self._tokens[self._next : self._next + 1] != [("mark", "}")]:
                raise _reader_error("After parsing a value an unexpected character was encountered.")
        return made

    def _array(self, depth: int) -> JToken:
        made = JArray()
        while not self._skip("]"):
            made.add(self._value(depth + 1))
            if not self._skip(",") and self._tokens[self._next : self._next + 1] != [("mark", "]")]:
                raise _reader_error("After parsing a value an unexpected character was encountered.")
        return made


def _unquoted(token: str) -> str:
    inner = token[1:-1].replace("\\'", "'") if token[0] == "'" else token[1:-1]
    if token[0] == "'":
        inner = re.sub(r'(?<!\\)"', r"\\\"", inner)
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        raise _reader_error("Bad JSON escape sequence.") from None


def write_json(token: JToken | None, *, indented: bool) -> str:
    """The text of a token."""
    return "".join(_written(JValue(None) if token is None else token, 0, indented))


def _written(token: JToken, depth: int, indented: bool) -> Iterator[str]:
    if isinstance(token, JProperty):
        yield f"{_quoted(token.name)}:{' ' if indented else ''}"
        yield from _written(token.value, depth, indented)
        return
    if isinstance(token, JValue):
        yield _scalar(token.value)
        return
    opening, closing = ("{", "}") if isinstance(token, JObject) else ("[", "]")
    items = token.children()
    if not items:
        yield opening + closing
        return
    line = f"{_NEWLINE}{'  ' * (depth + 1)}" if indented else ""
    yield opening
    for number, item in enumerate(items):
        yield f",{line}" if number else line
        yield from _written(item, depth + 1, indented)
    yield f"{_NEWLINE}{'  ' * depth}{closing}" if indented else closing


def _scalar(value: Any) -> str:  # noqa: PLR0911 - one for each kind
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        text = format_number(value, "double", "")
        return _quoted(text) if text[-1] in "yN" else text if re.search(r"[.E]", text) else f"{text}.0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return _quoted(format_moment(value, "yyyy-MM-ddTHH:mm:ss") + _fraction(value) + format_moment(value, "%K"))
    if isinstance(value, timedelta):
        return _quoted(format_span(value, ""))
    if isinstance(value, bytearray):
        return _quoted(b64encode(value).decode())
    return _quoted(str(value) if isinstance(value, UUID) else value)


def _fraction(moment: datetime) -> str:
    return f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""


def _quoted(text: str) -> str:
    escaped = _ESCAPE.sub(lambda match: _ESCAPES.get(match[0]) or rf"\u{ord(match[0]):04x}", text)
    return f'"{escaped}"'
