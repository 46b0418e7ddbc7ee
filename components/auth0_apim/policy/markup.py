"""Elements of policy documents, in which a value never becomes markup.

lxml escapes every value. What API Management itself would read as something else, a named value or an expression, is
written as an expression that is just this text; where it takes no expressions, such a value is refused.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from lxml import etree

_EVALUATED = ("{{", "@(", "@{")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SECTIONS = ("policies", "inbound", "backend", "outbound", "on-error", "base", "fragment")


def policy_text_problem(value: str) -> str | None:
    """What keeps `value` from being a text of a policy, as the end of "input 'x' …"; None where nothing does."""
    if not value or value != value.strip():
        return f"must be text without blanks around it, not {value!r}"
    if _NOT_XML.search(value):
        return f"must not contain control characters, as {value!r} does"
    return None


def literal_problem(value: str) -> str | None:
    """The same where API Management takes no expressions, as in the values of claims."""
    if problem := policy_text_problem(value):
        return problem
    for start in _EVALUATED:
        if start in value:
            return f"must not contain {start!r}, which API Management evaluates, as {value!r} does"
    return None


def raw_policies_problem(value: str) -> str | None:
    """What keeps `value` from being policies written as XML, as the end of "input 'x' …"; None where nothing does."""
    try:
        policies = raw_policies(value)
    except (etree.XMLSyntaxError, ValueError) as error:
        return f"must be well-formed XML, in which an attribute's quotes, '<' and '&' are escaped: {error}"
    if not policies:
        return "must have at least one policy"
    for policy in policies:
        if policy.tag in _SECTIONS:
            return f"must be policies that stand inside a section, not <{policy.tag}>"
    return None


def raw_policies(value: str) -> list[etree._Element]:
    """The policies in `value`, one after another.

    Raises:
        etree.XMLSyntaxError: it is not well-formed, or ends the place that it is put into.
        ValueError: there is text beside the policies, or something that is neither policy nor comment.
    """
    # Entities and a document type can stand only in front of the root, which is not the value's.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.fromstring(f"<policies>{value}</policies>".encode(), parser)
    if any(text and text.strip() for text in (root.text, *(child.tail for child in root))):
        raise ValueError("there is text beside the policies")
    policies = list(root)
    for policy in policies:
        if not isinstance(policy.tag, str):
            raise ValueError("there is a processing instruction or an entity beside the policies")
        policy.tail = None
        root.remove(policy)
    return policies


def element(name: str, attributes: Mapping[str, str] | None = None, *children: etree._Element) -> etree._Element:
    """An element whose attributes are written as they are given: pass values through `literal` or `carried` first."""
    made = etree.Element(name)
    for attribute, value in (attributes or {}).items():
        made.set(attribute, value)
    made.extend(children)
    return made


def text_element(name: str, text: str) -> etree._Element:
    """An element with a text and nothing else."""
    made = element(name)
    made.text = text
    return made


def list_element(name: str, item: str, texts: Iterable[str]) -> etree._Element:
    """An element with one child a text, which is written as it is given."""
    return element(name, {}, *(text_element(item, text) for text in texts))


def literal(value: str) -> str:
    """`value`, for a place in which API Management takes no expressions.

    Raises:
        ValueError: API Management would evaluate it, or it is no text of XML.
    """
    return _sound(value, literal_problem)


def carried(value: str) -> str:
    """`value`, for a place in which API Management takes expressions: one of them where it would be evaluated otherwise.

    Raises:
        ValueError: it is no text of XML.
    """
    if not any(start in _sound(value, policy_text_problem) for start in _EVALUATED):
        return value
    return f"@({csharp_string(value)})"


def csharp_string(value: str) -> str:
    """`value` as a C# string literal, for an expression; nothing in it is replaced or evaluated.

    A C# string has the escapes of a JSON string (ECMA-334, 6.4.5.6).

    Raises:
        ValueError: it is no text of XML.
    """
    literal_text = json.dumps(_sound(value, policy_text_problem))
    for start in _EVALUATED:
        literal_text = literal_text.replace(start, "".join(f"\\u{ord(character):04x}" for character in start))
    return literal_text


def texts_problem(values: Sequence[str]) -> str | None:
    """What keeps one of `values` from being a text of a policy."""
    return first_problem(policy_text_problem, values)


def literals_problem(values: Sequence[str]) -> str | None:
    """The same where API Management takes no expressions."""
    return first_problem(literal_problem, values)


def first_problem(problem_of: Callable[[str], str | None], values: Iterable[str]) -> str | None:
    """What `problem_of` finds in the first of `values` that it finds anything in."""
    return next(filter(None, map(problem_of, values)), None)


def _sound(value: str, problem_of: Callable[[str], str | None]) -> str:
    problem = problem_of(value)
    if problem is not None:
        raise ValueError(f"a policy's value {problem}")
    return value
