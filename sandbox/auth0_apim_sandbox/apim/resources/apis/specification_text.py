"""The text of an API document, as the service's reader of JSON and YAML sees it."""

import json
import re
from collections import Counter
from typing import Any

import yaml

from auth0_apim_sandbox.apim.arm.contract import check_unicode, is_too_deep
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed

_MOST_VALUES = 1_000_000


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
        raise parsing_failed("the document is nested too deeply")
    return document


def _yaml(text: str) -> Any:
    document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    _check_size(document)
    return document


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


class _Loader(yaml.SafeLoader):
    """YAML as the service's reader sees it, without YAML 1.1's other words for true and false, octal numbers and dates."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse merge keys, which the service's reader takes for properties (github.com/microsoft/OpenAPI.NET/issues/410)."""
        names = Counter(str(key.value) for key, _ in node.value)
        if "<<" in names:
            raise yaml.YAMLError("<< is not a valid property")
        if twice := [name for name, count in names.items() if count > 1]:
            raise yaml.YAMLError(f"Duplicate key {twice[0]}")


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)
