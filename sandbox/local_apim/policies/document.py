"""A policy document that has been checked."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from local_apim.policies.errors import PolicyError
from local_apim.policies.markup import Node, parse_markup, render

Scope = Literal["global", "product", "api", "operation", "fragment"]
"""Where a document is saved; `fragment` is a policy fragment, whose root is `<fragment>`."""

SECTIONS = ("inbound", "backend", "outbound", "on-error")
"""The sections of a document."""

NAMED_VALUE = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")
"""A reference to a named value by its display name."""


@dataclass(frozen=True)
class PolicyDocument:
    """A document as it was saved; named values are not filled in yet."""

    root: Node

    def section(self, name: str) -> list[Node]:
        """The policies of section `name` in order, none when the document leaves the section out."""
        return [policy for section in self.root.children if section.name == name for policy in section.children]

    def named_values(self) -> set[str]:
        """Display names of the named values that the document mentions as `{{name}}`."""
        found: set[str] = set()
        for node in self.root.walk():
            for value in (node.name, node.text, *node.attributes.values()):
                found.update(NAMED_VALUE.findall(value))
        return found

    def fragments(self) -> set[str]:
        """Ids of the policy fragments that the document includes."""
        return {node.attributes["fragment-id"] for node in self.root.walk() if node.name == "include-fragment"}

    def to_xml(self) -> str:
        """The document as Azure returns it: format `xml`, CRLF, two spaces of indentation, expressions escaped."""
        return render(self.root)

    def to_rawxml(self) -> str:
        """The document as Azure returns it for `?format=rawxml`: expressions as they are."""
        return render(self.root, raw=True)


def parse_policy(
    text: str,
    format: str,  # noqa: A002 - the name the resource manager's property has
    *,
    scope: Scope = "global",
    named_values: Collection[str] | None = None,
) -> PolicyDocument:
    """Check a policy document as Azure does when it is saved.

    Args:
        text: the document.
        format: `xml` or `rawxml`.
        scope: where it is saved; some policies are allowed only in some scopes.
        named_values: display names that exist; None leaves references unchecked.

    Raises:
        PolicyError: the document would be refused, and why.
        ValueError: `format` is neither `xml` nor `rawxml`.
    """
    if format not in ("xml", "rawxml"):
        raise ValueError(f"policy format {format!r} is not supported; use 'xml' or 'rawxml'")
    document = PolicyDocument(parse_markup(text, format))
    _check_named_values(document, named_values)
    return document


def _check_named_values(document: PolicyDocument, known: Collection[str] | None) -> None:
    if known is None:
        return
    for missing in sorted(document.named_values() - set(known)):
        root = document.root
        raise PolicyError(f"Cannot find a property '{missing}'.", root.line, root.column, root.name)
