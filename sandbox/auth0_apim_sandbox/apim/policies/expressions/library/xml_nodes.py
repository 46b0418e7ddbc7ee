"""LINQ to XML: documents are parsed without document types and entities, so that nothing outside is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from xml.parsers import expat

from auth0_apim_sandbox.apim.policies.expressions.library.sequences import lazy
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, argument_null
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import declare

_DEEPEST = 200
_LINQ = "System.Xml.Linq"


class XName:
    """An expanded name."""

    csharp_type: ClassVar[str] = "XName"

    def __init__(self, namespace: str, local: str) -> None:
        self.namespace = namespace
        self.local = local

    def __eq__(self, other: object) -> bool:
        return isinstance(other, XName) and (self.namespace, self.local) == (other.namespace, other.local)

    def __hash__(self) -> int:
        return hash((self.namespace, self.local))

    def __str__(self) -> str:
        return f"{{{self.namespace}}}{self.local}" if self.namespace else self.local


class XAttribute:
    """An attribute."""

    csharp_type: ClassVar[str] = "XAttribute"

    def __init__(self, name: XName, value: str) -> None:
        self.name = name
        self.value = value


class XElement:
    """An element; a document is one whose only element is the root."""

    csharp_type = "XElement"

    def __init__(self, name: XName) -> None:
        self.name = name
        self.attributes: list[XAttribute] = []
        self.content: list[XElement | str] = []

    @property
    def value(self) -> str:
        """All the text inside."""
        return "".join(part if isinstance(part, str) else part.value for part in self.content)

    def elements(self) -> list[XElement]:
        """The elements directly inside."""
        return [part for part in self.content if isinstance(part, XElement)]

    def descendants(self) -> Iterator[XElement]:
        """All the elements inside, in document order."""
        for child in self.elements():
            yield child
            yield from child.descendants()


class XDocument(XElement):
    """A document."""

    csharp_type = "XDocument"


def name_from(text: str | None) -> XName | None:
    """The name that `{namespace}local` or `local` says."""
    if text is None:
        return None
    namespace, _, local = text[1:].partition("}") if text.startswith("{") else ("", "", text)
    return XName(namespace, local)


def parse_xml(text: str | None) -> XDocument:
    """The document in `text`.

    Raises:
        EvaluationError: null, not well-formed, with a document type, or nested too deep.
    """
    if text is None:
        raise argument_null("text")
    document = XDocument(XName("", ""))
    stack: list[XElement] = [document]

    def start(name: str, attributes: list[str]) -> None:
        if len(stack) > _DEEPEST:
            raise EvaluationError("The document is nested too deep.", "XmlException")
        element = XElement(_expanded(name))
        element.attributes = [
            XAttribute(_expanded(key), value) for key, value in zip(attributes[::2], attributes[1::2], strict=True)
        ]
        stack[-1].content.append(element)
        stack.append(element)

    def refuse(*_: Any) -> None:
        raise EvaluationError("For security reasons DTD is prohibited in this XML document.", "XmlException")

    parser = expat.ParserCreate(namespace_separator="\n")
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    parser.CharacterDataHandler = lambda data: stack[-1].content.append(data)  # noqa: PLW0108 - the function stands further down
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise EvaluationError(f"{expat.ErrorString(error.code)}.", "XmlException") from None
    return document


def _expanded(name: str) -> XName:
    namespace, _, local = name.rpartition("\n")
    return XName(namespace, local)


def _first(node: XElement, name: XName) -> XElement | None:
    return next((child for child in node.elements() if child.name == name), None)


def _attribute(node: XElement, name: XName) -> XAttribute | None:
    return next((found for found in node.attributes if found.name == name), None)


declare(
    "XName", {"string LocalName": lambda name: name.local, "string NamespaceName": lambda name: name.namespace}, _LINQ
)
declare(
    "XContainer",
    {
        "XElement Element(XName name!!)": _first,
        "IEnumerable<XElement> Elements()": lazy(lambda node: iter(node.elements())),
        "IEnumerable<XElement> Elements(XName name!!)": lazy(
            lambda node, name: (child for child in node.elements() if child.name == name)
        ),
        "IEnumerable<XElement> Descendants()": lazy(lambda node: node.descendants()),
        "IEnumerable<XElement> Descendants(XName name!!)": lazy(
            lambda node, name: (child for child in node.descendants() if child.name == name)
        ),
    },
    _LINQ,
)
declare(
    "XElement",
    {
        "static XElement Parse(string text!!)": lambda text: parse_xml(text).elements()[0],
        "XName Name": lambda node: node.name,
        "string Value": lambda node: node.value,
        "bool HasElements": lambda node: bool(node.elements()),
        "XAttribute Attribute(XName name!!)": _attribute,
        "IEnumerable<XAttribute> Attributes()": lazy(lambda node: iter(node.attributes)),
    },
    _LINQ,
)
declare(
    "XDocument",
    {
        "static XDocument Parse(string text!!)": parse_xml,
        "XElement Root": lambda node: next(iter(node.elements()), None),
    },
    _LINQ,
)
declare("XAttribute", {"XName Name": lambda node: node.name, "string Value": lambda node: node.value}, _LINQ)
