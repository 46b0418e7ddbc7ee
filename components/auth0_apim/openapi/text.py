"""The text of an OpenAPI document: read as API Management reads it, and written with other texts at some places.

API Management's reader keeps YAML's scalars as texts, where PyYAML follows YAML 1.1: `on` would become true, `0123` 83,
and `2026-01-01` a date. So only true, false and null are anything but texts here, and what is written anew keeps the
spelling of every scalar.
"""

import json
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

Place: TypeAlias = tuple[str, ...]
"""Keys from the document's root to a part of it."""

_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_OTHER_TEXTS = ("int", "float", "timestamp", "value", "bool")


class OpenApiError(ValueError):
    """A document that API Management would not import; the message is the end of "input 'openapi' …"."""


class UnquotedText(str):
    """A scalar of YAML that a reader by YAML 1.1 takes for something else than this text."""

    __slots__ = ()


@dataclass(frozen=True)
class LoadedText:
    """A document that was read.

    Attributes:
        text: the document as it was written, without a byte order mark.
        content: what it says.
        root: its nodes in YAML; None for JSON.
        is_merged: whether it has merge keys (`<<`), which not every reader of YAML knows.
    """

    text: str
    content: dict[str, Any]
    root: yaml.MappingNode | None = None
    is_merged: bool = False

    def rewritten(self, copies: Mapping[Place, Place], texts: Mapping[Place, str | None]) -> str:
        """The document with other texts, and as it was written where nothing changes.

        Args:
            copies: places whose content, a reference, becomes a copy of what is at the other place.
            texts: what is to be at a place below an object; None for nothing.

        Raises:
            OpenApiError: the document has texts that cannot be written.
        """
        if not texts and not self.is_merged:
            return self.text
        if self.root is not None:
            return _yaml_with(self.root, copies, texts)
        try:
            return _json_with(self.content, copies, texts)
        except UnicodeEncodeError:
            raise OpenApiError("has half a character (a lone surrogate such as \\ud800) in a text") from None
        except ValueError:
            raise OpenApiError("has a number that is too large to be written, such as 1e400") from None


def load_text(text: str) -> LoadedText:
    """The object in `text`, JSON where it starts like it, and YAML.

    Raises:
        OpenApiError: it is neither.
    """
    text = text.removeprefix("\ufeff")
    try:
        loaded = _json(text) if text.lstrip().startswith("{") else _yaml(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise OpenApiError(f"is neither JSON nor YAML: {error}") from None
    if not isinstance(loaded.content, dict):
        raise OpenApiError("must be an OpenAPI document: an object with 'openapi' or 'swagger'")
    return loaded


def _json(text: str) -> LoadedText:
    return LoadedText(text, json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant))


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise ValueError(f"found the key {key!r} twice in one object")
        content[key] = value
    return content


def _no_constant(constant: str) -> None:
    raise ValueError(f"found {constant}, which is no number of JSON")


def _yaml(text: str) -> LoadedText:
    loader = _Loader(text)
    try:
        root: Any = loader.get_single_node()
        content: Any = None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()
    return LoadedText(text, content, root, loader.is_merged)


class _Loader(yaml.SafeLoader):
    """YAML whose scalars are texts but for true, false and null; merge keys are written out in the nodes."""

    is_merged = False

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put what `node` merges into it, where it has no such key itself."""
        own = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE)
        for twice in (key for key, count in own.items() if count > 1):
            raise yaml.constructor.ConstructorError(None, None, f"found the key {twice!r} twice", node.start_mark)
        if any(key.tag == _MERGE for key, _ in node.value):
            self.is_merged = True
            super().flatten_mapping(node)
            node.value = list({str(key.value): (key, value) for key, value in node.value}.values())

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping, whose keys are texts whatever they look like."""
        self.flatten_mapping(node)
        for key in (key for key, _ in node.value if not isinstance(key, yaml.ScalarNode)):
            raise yaml.constructor.ConstructorError(None, None, "found a key that is no text", key.start_mark)
        return {str(key.value): self.construct_object(value, deep=deep) for key, value in node.value}

    def construct_text(self, node: yaml.ScalarNode) -> str | bool:
        """The text of a scalar that YAML 1.1 takes for something else, or true or false."""
        text = str(self.construct_scalar(node))
        if node.tag.endswith(":bool") and text.lower() in ("true", "false"):
            return text.lower() == "true"
        return UnquotedText(text)


for _name in _OTHER_TEXTS:
    _Loader.add_constructor(f"tag:yaml.org,2002:{_name}", _Loader.construct_text)


def _json_with(content: dict[str, Any], copies: Mapping[Place, Place], texts: Mapping[Place, str | None]) -> str:
    root = dict(content)
    for place, source in copies.items():
        copied: Any = content
        for name in source:
            copied = copied[name]
        _own_object(root, place[:-1])[place[-1]] = copied
    for (*above, name), text_there in texts.items():
        holder = _own_object(root, tuple(above))
        if text_there is None:
            holder.pop(name, None)
        else:
            holder[name] = text_there
    text = json.dumps(root, ensure_ascii=False, allow_nan=False)
    text.encode()
    return text


def _own_object(root: dict[str, Any], place: Place) -> dict[str, Any]:
    """The object at `place`, and every one above it, as copies that belong to `root` alone."""
    current = root
    for name in place:
        inner = dict(current[name])
        current[name] = inner
        current = inner
    return current


def _yaml_with(root: yaml.MappingNode, copies: Mapping[Place, Place], texts: Mapping[Place, str | None]) -> str:
    written = _copy(root)
    for place, source in copies.items():
        copied: Any = root
        for name in source:
            copied = _value(copied, name)
        _set(_own_node(written, place[:-1]), place[-1], copied)
    for (*above, name), text_there in texts.items():
        holder = _own_node(written, tuple(above))
        if text_there is None:
            holder.value = [pair for pair in holder.value if pair[0].value != name]
        else:
            _set(holder, name, yaml.ScalarNode(_TEXT, text_there, style='"'))
    text: str = yaml.serialize(written, Dumper=yaml.SafeDumper, allow_unicode=True, width=float("inf"))
    return text


def _own_node(root: yaml.MappingNode, place: Place) -> yaml.MappingNode:
    """As `_own_object`: in YAML an alias stands for one node at several places."""
    current = root
    for name in place:
        inner = _copy(_value(current, name))
        _set(current, name, inner)
        current = inner
    return current


def _copy(node: yaml.MappingNode) -> yaml.MappingNode:
    return yaml.MappingNode(node.tag, list(node.value), flow_style=node.flow_style)


def _value(node: yaml.MappingNode, name: str) -> Any:
    return next(value for key, value in node.value if key.value == name)


def _set(node: yaml.MappingNode, name: str, value: yaml.Node) -> None:
    found = [number for number, (key, _) in enumerate(node.value) if key.value == name]
    if found:
        node.value[found[0]] = (node.value[found[0]][0], value)
    else:
        node.value.append((yaml.ScalarNode(_TEXT, name), value))
