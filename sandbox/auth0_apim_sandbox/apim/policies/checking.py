"""The check of a whole document: its sections, and each policy in its section and scope."""

from collections.abc import Callable, Iterator
from typing import NoReturn

from auth0_apim_sandbox.apim.policies.catalogue import POLICIES, UNSUPPORTED
from auth0_apim_sandbox.apim.policies.errors import PolicyError
from auth0_apim_sandbox.apim.policies.markup import Node, is_expression
from auth0_apim_sandbox.apim.policies.named_values import NAMED_VALUE
from auth0_apim_sandbox.apim.policies.schema import Child, Element, problems

SECTIONS = ("inbound", "backend", "outbound", "on-error")
"""The sections of a document, in the order they are run in; they may stand in any."""

_SECTIONS = tuple(Child(Element(name, policies=True)) for name in SECTIONS)
_DOCUMENT = Element("policies", children=_SECTIONS, ordered=False)
_Fragments = Callable[[str], Node | None]

_FRAGMENT = Element("fragment", policies=True)
_DESCRIPTIONS = ("send-request", "send-one-way-request", "return-response")


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


def check_included(root: Node, scope: str, fragment_of: _Fragments) -> None:
    """Refuse a document that includes a fragment which is not there, or whose policies may not stand where it is included.

    Args:
        root: the document's element.
        scope: where it is saved.
        fragment_of: gives the element of the fragment with an id, None when there is none.

    Raises:
        PolicyError: the first problem, at the element that includes.
    """
    for section in root.children:
        for node in section.walk():
            if node.name != "include-fragment":
                continue
            fragment_id = node.attributes["fragment-id"]
            fragment = fragment_of(fragment_id)
            if fragment is None:
                _refuse(node, f"Policy fragment with id '{fragment_id}' could not be found.")
            for policy in _policies_in(fragment):
                if section.name not in POLICIES[policy.name].sections:
                    context = f"'{section.name}' section"
                elif scope not in POLICIES[policy.name].scopes:
                    context = f"'{scope}' scope"
                else:
                    continue
                _refuse(
                    node, f"Policy '{policy.name}' of the fragment '{fragment_id}' is not allowed in the {context}."
                )


def _policies_in(parent: Node) -> Iterator[Node]:
    """The policies inside, with those that they run, but without the parts of a request that is only described."""
    for node in parent.children:
        if node.name in POLICIES:
            yield node
        if node.name not in _DESCRIPTIONS:
            yield from _policies_in(node)


def check_backends(root: Node, exists: Callable[[str], bool]) -> None:
    """Refuse a document that sends requests to a backend which is not there, where it names one literally.

    What an expression gives is known only when it runs, and an id with a named value in it is not looked up either.

    Raises:
        PolicyError: the first problem, at the element that names the backend.
    """
    for node, backend_id in named_backends(root):
        if not exists(backend_id):
            _refuse(node, f"Backend with id '{backend_id}' could not be found.")


def named_backends(root: Node) -> Iterator[tuple[Node, str]]:
    """The policies that name a backend literally, and its id."""
    for node in root.walk():
        backend_id = node.attributes.get("backend-id") if node.name == "set-backend-service" else None
        if backend_id is not None and not is_expression(backend_id) and not NAMED_VALUE.search(backend_id):
            yield node, backend_id


def _check_policies(parent: Node, section: str | None, scope: str, *, inside: bool = False) -> None:
    seen: set[str] = set()
    for node in parent.children:
        policy = POLICIES.get(node.name)
        if node.name in UNSUPPORTED:
            _refuse(node, f"The policy '{node.name}' is not supported by this gateway.")
        if policy is None:
            listed = ", ".join(sorted(POLICIES))
            _refuse(node, f"The policy '{node.name}' is unknown. Supported: {listed}.")
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
        if policy.schema.policies:
            _check_policies(node, section, scope, inside=True)
        if node.name == "choose":
            for branch in node.children:
                _check_policies(branch, section, scope, inside=True)


def _refuse(node: Node, problem: str) -> NoReturn:
    raise PolicyError(problem, node.line, node.column, node.name)
