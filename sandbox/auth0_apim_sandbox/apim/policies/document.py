"""A policy document that has been checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from auth0_apim_sandbox.apim.policies.checking import check_document, named_backends
from auth0_apim_sandbox.apim.policies.errors import PolicyError
from auth0_apim_sandbox.apim.policies.markup import LARGEST_DOCUMENT, LARGEST_FRAGMENT, Node, parse_markup, render
from auth0_apim_sandbox.apim.policies.named_values import NAMED_VALUE, fill_in

Scope = Literal["global", "product", "api", "operation", "fragment"]
"""Where a document is saved; `fragment` is a policy fragment, whose root is `<fragment>`."""


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
        """Ids of the policy fragments that the document includes, in lower case."""
        return {node.attributes["fragment-id"].lower() for node in self.root.walk() if node.name == "include-fragment"}

    def backends(self) -> set[str]:
        """Ids of the backends that the document names literally, in lower case."""
        return {backend_id.lower() for _, backend_id in named_backends(self.root)}

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
    named_values: Mapping[str, str] | None = None,
) -> PolicyDocument:
    """Check a policy document as Azure does when it is saved.

    Args:
        text: the document.
        format: `xml` or `rawxml`.
        scope: where it is saved; some policies are allowed only in some scopes.
        named_values: values of the named values that exist, by display name; with them, references must exist and what they
            give is checked like any other value. None leaves references unchecked.

    Raises:
        PolicyError: the document would be refused, and why.
        ValueError: `format` is neither `xml` nor `rawxml`.
    """
    if format not in ("xml", "rawxml"):
        raise ValueError(f"policy format {format!r} is not supported; use 'xml' or 'rawxml'")
    largest = LARGEST_FRAGMENT if scope == "fragment" else LARGEST_DOCUMENT
    return check_policy(PolicyDocument(parse_markup(text, format, largest)), scope, named_values)


def read_stored(text: str) -> PolicyDocument:
    """A document as it is stored: it was checked when it was saved, and may have become longer than what may be saved."""
    return PolicyDocument(parse_markup(text, "xml", None))


def check_policy(document: PolicyDocument, scope: Scope, named_values: Mapping[str, str] | None) -> PolicyDocument:
    """`document`, when it may stand at `scope`; see `parse_policy`.

    Raises:
        PolicyError: it may not, and why.
    """
    if named_values is not None:
        _check_named_values(document, named_values)
    try:
        check_document(fill_in(document.root, named_values or {}), scope)
    except PolicyError as error:
        message = _without_values(error.message, document, named_values or {})
        raise PolicyError(message, error.line, error.column, error.element) from None
    return document


def _without_values(message: str, document: PolicyDocument, values: Mapping[str, str]) -> str:
    """`message` with references where it quotes named values, which may be secrets."""
    for name in sorted(document.named_values(), key=lambda name: len(values.get(name, "")), reverse=True):
        if values.get(name):
            message = message.replace(values[name], f"{{{{{name}}}}}")
    return message


def _check_named_values(document: PolicyDocument, known: Mapping[str, str]) -> None:
    missing = sorted(document.named_values() - known.keys())
    if missing:
        root = document.root
        raise PolicyError(f"Cannot find a property '{missing[0]}'.", root.line, root.column, root.name)
