"""Named values: `{{name}}` anywhere in a document.

API Management puts a named value's text in place before it reads expressions, so a value that is an expression as a whole
(documented as "literal string or policy expression") is one here as well. It is put into values of the parsed
document, never into its XML text: `<`, `&` and quotes in a value stay characters of that value and cannot add an element.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from auth0_apim_sandbox.apim.policies.markup import Node

NAMED_VALUE = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")
"""A reference to a named value by its display name."""


def stored_value(document: Mapping[str, Any]) -> str | None:
    """The text of a named value as the resource manager stores it; the one that a vault has answered comes first."""
    secrets = document.get("secrets") or {}
    value = secrets.get("keyVaultValue", secrets.get("value", document["properties"].get("value")))
    return value if isinstance(value, str) else None


def values_by_name(documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The texts of stored named values by display name."""
    values = ((document["properties"]["displayName"], stored_value(document)) for document in documents)
    return {name: value for name, value in values if value is not None}


def fill_in(node: Node, values: Mapping[str, str]) -> Node:
    """A copy of `node` with the named values in `values` in place of their references.

    References to names that are not in `values` stay. Values are not searched for references again: they do not nest.
    """
    attributes = {name: _filled(value, values) for name, value in node.attributes.items()}
    content = [_filled(part, values) if isinstance(part, str) else fill_in(part, values) for part in node.content]
    return Node(node.name, node.line, node.column, attributes, content)


def _filled(text: str, values: Mapping[str, str]) -> str:
    if "{{" not in text:
        return text
    return NAMED_VALUE.sub(lambda match: values.get(match[1], match[0]), text)
