"""The text of an API document, as the service's reader of JSON and YAML sees it."""

import json
import re
from collections.abc import Callable
from typing import Any

import yaml

from auth0_apim_sandbox.apim.arm.contract import DEEPEST_NESTING, check_unicode, is_too_deep
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed

_MOST_VALUES = 1_000_000
_TOO_DEEP = "the document is nested too deeply"

# libyaml's parser, where PyYAML has it, is 30 times as fast. Only its events are used: its composer calls itself for each
# level of nesting, and a hundred thousand brackets end the process.
_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_Convert = Callable[[str], Any]
_CORE = "tag:yaml.org,2002:"
_CONVERSIONS: dict[str, _Convert] = {
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": float,
    "str": str,
}
_PLAIN: dict[str, list[tuple[re.Pattern[str], _Convert]]] = {}
"""What plain scalars are by their first character: the service's reader has none of YAML 1.1's other words for true and false,
octal numbers and dates."""
for _name, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    for _character in _first:
        _PLAIN.setdefault(_character, []).append((re.compile(_pattern), _CONVERSIONS[_name]))


def parsing_failed(reason: str) -> ValidationFailed:
    """Azure's refusal of a document."""
    return ValidationFailed(("representation", f"Parsing error(s): {reason}."))


def parsed(text: str, wants_json: bool) -> dict[str, Any]:
    """The object in `text`, JSON or YAML.

    Raises:
        ValidationFailed: it is neither, or larger or deeper than it looks.
    """
    if text.startswith("\ufeff"):
        raise parsing_failed("Mapping values are not allowed in this context")
    try:
        document = json.loads(text) if wants_json else _yaml(text)
        check_unicode(document)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise parsing_failed(" ".join(str(error).split())) from None
    if not isinstance(document, dict):
        raise parsing_failed("the document is no object")
    if is_too_deep(document):
        raise parsing_failed(_TOO_DEEP)
    return document


def _yaml(text: str) -> Any:
    builder = _Builder()
    for event in yaml.parse(text, Loader=_Parser):
        builder.take(event)
    _check_size(builder.document)
    return builder.document


def _check_size(document: Any) -> None:
    """Refuse what YAML's aliases make larger than it was written: a few of them can stand for gigabytes, or for themselves."""
    sizes: dict[int, int] = {}

    def size(value: Any) -> int:
        if not isinstance(value, dict | list):
            return 1
        if id(value) not in sizes:
            sizes[id(value)] = _MOST_VALUES  # whoever meets it now is inside it
            sizes[id(value)] = 1 + sum(size(item) for item in (value.values() if isinstance(value, dict) else value))
        return sizes[id(value)]

    if size(document) >= _MOST_VALUES:
        raise ValueError(f"with its aliases written out the document has {_MOST_VALUES} values or more")


class _Builder:
    """Makes the value of a document from the events of its text."""

    def __init__(self) -> None:
        self.document: Any = None
        self._documents = 0
        self._open: list[_Container] = []
        self._anchors: dict[str, Any] = {}

    def take(self, event: yaml.Event) -> None:
        """Take the next event.

        Raises:
            yaml.YAMLError: what the service's reader refuses.
            ValueError: the document is nested too deeply, or a number is none.
        """
        if isinstance(event, yaml.ScalarEvent):
            self._add(event, _scalar(event), event.value)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise yaml.YAMLError(f"found undefined alias '{event.anchor}'")
            self._put(self._anchors[event.anchor], f"*{event.anchor}")
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise yaml.YAMLError("expected a single document in the stream")

    def _start(self, event: yaml.CollectionStartEvent, value: dict[Any, Any] | list[Any]) -> None:
        kind = "map" if isinstance(value, dict) else "seq"
        if event.tag not in (None, "!", f"{_CORE}{kind}"):
            raise _unknown_tag(event.tag)
        if len(self._open) >= DEEPEST_NESTING:
            raise ValueError(_TOO_DEEP)
        self._add(event, value, None)
        self._open.append(_Container(value))

    def _add(self, event: yaml.NodeEvent, value: Any, written: str | None) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        self._put(value, written)

    def _put(self, value: Any, written: str | None) -> None:
        if self._open:
            self._open[-1].put(value, written)
        else:
            self.document = value


class _Container:
    """A mapping or a sequence whose end has not come yet."""

    def __init__(self, value: dict[Any, Any] | list[Any]) -> None:
        self._value = value
        self._names: set[str] = set()
        self._key: Any = None
        self._has_key = False

    def put(self, value: Any, written: str | None) -> None:
        """Put the next item into it, or the next key or its value; `written` is the text of a scalar."""
        if isinstance(self._value, list):
            self._value.append(value)
        elif self._has_key:
            self._value[self._key] = value
            self._has_key = False
        else:
            self._check_key(value, written)
            self._key, self._has_key = value, True

    def _check_key(self, value: Any, written: str | None) -> None:
        if isinstance(value, dict | list) or written is None:
            raise yaml.YAMLError("a key must be a scalar")
        if written == "<<":
            # The service's reader takes a merge key for a property (github.com/microsoft/OpenAPI.NET/issues/410).
            raise yaml.YAMLError("<< is not a valid property")
        if written in self._names:
            raise yaml.YAMLError(f"Duplicate key {written}")
        self._names.add(written)


def _scalar(event: yaml.ScalarEvent) -> Any:
    text: str = event.value
    if event.tag not in (None, "!"):
        convert = _CONVERSIONS.get(event.tag.removeprefix(_CORE)) if event.tag.startswith(_CORE) else None
        if convert is None:
            raise _unknown_tag(event.tag)
        return convert(text)
    if event.implicit[0]:
        for pattern, convert in _PLAIN.get(text[:1], ()):
            if pattern.fullmatch(text):
                return convert(text)
    return text


def _unknown_tag(tag: str) -> yaml.YAMLError:
    return yaml.YAMLError(f"could not determine a constructor for the tag '{tag}'")
