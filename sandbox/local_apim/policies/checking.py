"""The check of a whole document: its sections, and each policy in its section and scope."""

from typing import NoReturn

from local_apim.policies.catalogue import POLICIES
from local_apim.policies.errors import PolicyError
from local_apim.policies.markup import Node
from local_apim.policies.schema import Child, Element, problems

SECTIONS = ("inbound", "backend", "outbound", "on-error")
"""The sections of a document, in the order they stand in."""

_DOCUMENT = Element("policies", children=tuple(Child(Element(name, policies=True)) for name in SECTIONS))
_FRAGMENT = Element("fragment", policies=True)


def check_document(root: Node, scope: str) -> None:
    """Refuse `root` when it is not a policy document that may be saved at `scope`.

    Raises:
        PolicyError: the first problem, in document order.
    """
    expected = _FRAGMENT if scope == "fragment" else _DOCUMENT
    if root.name != expected.name:
        _refuse(root, f"The '{root.name}' element is not declared; the document's element is '{expected.name}'.")
    for problem in problems(expected, root):
        _refuse(root, problem)
    if scope == "fragment":
        # a fragment is checked in every section it may be included in, so only the policies themselves are looked at
        _check_policies(root, None, scope)
        return
    for section in root.children:
        _check_policies(section, section.name, scope)
        if section.name == "backend" and len(section.children) > 1:
            _refuse(section, "The 'backend' section can contain only one policy element.")


def _check_policies(parent: Node, section: str | None, scope: str, *, inside: bool = False) -> None:
    seen: set[str] = set()
    for node in parent.children:
        policy = POLICIES.get(node.name)
        if policy is None:
            _refuse(
                node,
                f"The policy '{node.name}' is unknown or not supported by this gateway. Supported: {', '.join(POLICIES)}.",
            )
        if section is not None and section not in policy.sections:
            _refuse(
                node,
                f"Policy is not allowed in the '{section}' section; it is allowed in: {', '.join(policy.sections)}.",
            )
        if node.name == "base" and (inside or scope == "fragment"):
            _refuse(node, "The 'base' element is allowed only directly inside a section.")
        if scope not in policy.scopes:
            _refuse(
                node, f"Policy is not allowed in the '{scope}' scope; it is allowed in: {', '.join(policy.scopes)}."
            )
        if policy.once and node.name in seen:
            _refuse(node, f"Policy '{node.name}' can be used only once in a section.")
        seen.add(node.name)
        for problem in problems(policy.schema, node):
            _refuse(node, problem)
        for problem in policy.rules(node) if policy.rules else ():
            _refuse(node, problem)
        if node.name == "choose":
            for branch in node.children:
                _check_policies(branch, section, scope, inside=True)


def _refuse(node: Node, problem: str) -> NoReturn:
    raise PolicyError(problem, node.line, node.column, node.name)
