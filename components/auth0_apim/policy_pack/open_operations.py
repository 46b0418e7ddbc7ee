"""Which calls a stack's APIs let through without a token, and which ways there are around the check.

Rules over all resources of the stack, as a call runs the documents of several: its operation's, its API's, and those of
its product and of the whole service.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth0_apim.policy.document_rules import (
    conditional_check_problem,
    document_checks,
    early_answer_problem,
    leads_somewhere,
    open_document_problem,
    relied_on_scope,
    sets_variable,
    wider_backend_problem,
)
from auth0_apim.policy.operations import checked_by
from auth0_apim.policy_pack.resource_policies import stated_reason
from auth0_apim.policy_pack.stack_resources import (
    POLICIES,
    WIDER,
    StackResource,
    apis,
    documents_of,
    fragments_of,
    operations_of,
    same_service,
)
from auth0_apim.rules.opinion_rules import own_backend_problem

Found = Iterator[tuple[StackResource, str]]


@dataclass(frozen=True)
class StackPolicy:
    """A rule over the resources of a stack.

    Attributes:
        name: its name in the pack, and in the pack's configuration.
        description: what it asks for, and why.
        check: the resources that break it, each with what is wrong.
    """

    name: str
    description: str
    check: Callable[[Sequence[StackResource]], Found]

    def problems(self, resources: Sequence[StackResource], configuration: Mapping[str, Any]) -> Found:
        """What is wrong with each resource, but for those that a reason is stated for."""
        told = dict.fromkeys((resource.urn, problem) for resource, problem in self.check(resources))
        by_urn = {resource.urn: resource for resource in resources}
        for urn, problem in told:
            if not stated_reason(by_urn[urn].name, configuration):
                yield by_urn[urn], problem


@dataclass(frozen=True)
class _Guard:
    """What checks a call: every call, all but those of public operations, or none, with the document that says so."""

    checks: bool
    public: bool = False
    policy: StackResource | None = None
    problem: str = ""


def _open_operations(resources: Sequence[StackResource]) -> Found:
    """The APIs, and documents of operations, that let calls through unchecked.

    A product's document counts only where the API's own relies on it: calls that are made without its product do not run it.
    """
    for api in apis(resources):
        chain = documents_of(api, resources)
        guard = _guard(chain, resources)
        is_open = not (guard.checks or guard.public) and not _leads_nowhere(api, chain, resources)
        if is_open:
            yield api, guard.problem
        for operation in operations_of(api, resources):
            problem = open_document_problem(operation.document)
            if problem is None and not is_open and leads_somewhere(operation.document):
                own = _guard([operation, *chain], resources)
                problem = None if own.checks or own.public else f"lets calls through, and {own.problem}"
            if problem:
                yield operation, f"the operation's document {problem}"


def _public_operations(resources: Sequence[StackResource]) -> Found:
    for api in apis(resources):
        chain = documents_of(api, resources)
        for documents in (chain, *([operation, *chain] for operation in operations_of(api, resources))):
            guard = _guard(documents, resources)
            if guard.public and guard.policy is not None:
                yield guard.policy, f"the document {guard.problem}"


def _own_backends(resources: Sequence[StackResource]) -> Found:
    for api in apis(resources):
        guard = _guard(documents_of(api, resources), resources)
        problem = _own_backend(api)
        if problem and (guard.checks or guard.public):
            yield api, f"serviceUrl {problem}: without its policy the API is open"


def _wider_backends(resources: Sequence[StackResource]) -> Found:
    for policy in resources:
        if policy.kind in WIDER.values():
            yield from _told(policy, wider_backend_problem, fragments_of(policy, resources))


def _early_answers(resources: Sequence[StackResource]) -> Found:
    for policy in resources:
        if policy.kind in POLICIES:
            yield from _told(policy, early_answer_problem, fragments_of(policy, resources))


def _told(
    policy: StackResource, rule: Callable[[str, Mapping[str, str]], str | None], fragments: Mapping[str, str]
) -> Found:
    try:
        problem = rule(policy.document, fragments)
    except ValueError as error:
        problem = f"{error}, so that what it does cannot be seen"
    if problem:
        yield policy, f"the document {problem}"


def _guard(chain: Sequence[StackResource], resources: Sequence[StackResource]) -> _Guard:
    """What checks the calls that run the documents of `chain`, the narrowest scope's first."""
    for index, policy in enumerate(chain):
        if problem := open_document_problem(policy.document):
            return _Guard(False, policy=policy, problem=f"a policy document of its calls {problem}")
        checks = document_checks(policy.document)
        if checks:
            return _Guard(True)
        wider = chain[index + 1 :] if checks is None else []
        if condition := conditional_check_problem(policy.document):
            every_call = bool(wider) and _guard(wider, resources).checks
            return _Guard(True) if every_call else _Guard(False, True, policy, condition)
        if level := relied_on_scope(policy.document):
            problem = _relied_on_problem(policy, level, resources)
            return _Guard(problem is None, policy=policy, problem=problem or "")
    return _Guard(
        False, problem="no policy document of the API or of the whole service checks its callers' tokens (validate-jwt)"
    )


def _relied_on_problem(policy: StackResource, level: str, resources: Sequence[StackResource]) -> str | None:
    """What is wrong with the documents of a wider scope whose check `policy` relies on."""
    variable = checked_by(level)
    if _may_set(policy.document, variable, fragments_of(policy, resources)):
        return f"its document sets {variable} itself, by which it asks whether the {level}'s policy has checked a call"
    checks = [
        _is_checked(each.document)
        for each in resources
        if each.kind == WIDER[level]
        and same_service(each, policy)
        and _may_set(each.document, variable, fragments_of(each, resources))
    ]
    if not checks:
        return f"its document relies on a check by the {level}'s policy, which is not in the stack"
    return None if all(checks) else f"its document relies on a check by the {level}'s policy, which makes none"


def _may_set(document: str, variable: str, fragments: Mapping[str, str]) -> bool:
    try:
        return sets_variable(document, variable, fragments)
    except ValueError:
        return True


def _is_checked(document: str) -> bool:
    return open_document_problem(document) is None and document_checks(document) is True


def _leads_nowhere(api: StackResource, chain: Sequence[StackResource], resources: Sequence[StackResource]) -> bool:
    """Whether no call gets more than an error, as neither the API nor a document that its calls may run leads on."""
    wider = [each for each in resources if each.kind in WIDER.values() and same_service(each, api)]
    try:
        leads_on = any(leads_somewhere(each.document) for each in [*chain, *wider])
    except ValueError:
        return False
    return bool(api.properties.get("serviceUrl")) and _own_backend(api) is None and not leads_on


def _own_backend(api: StackResource) -> str | None:
    url, is_imported = api.properties.get("serviceUrl"), bool(api.properties.get("value"))
    return own_backend_problem(url) if url or is_imported else None


STACK_POLICIES = (
    StackPolicy(
        "no-open-operation",
        "Every operation of every API in API Management is behind a check of the caller's token.",
        _open_operations,
    ),
    StackPolicy(
        "no-public-operation",
        "The check of tokens stands under no condition: an operation that needs no token has a stated reason.",
        _public_operations,
    ),
    StackPolicy(
        "backend-behind-the-check",
        "An API has no backend of its own, which calls reach whenever its policy is missing: the policy sets it.",
        _own_backends,
    ),
    StackPolicy(
        "no-wider-backend",
        "The document of a product or of the whole service sets no backend: an API's own cannot override every one.",
        _wider_backends,
    ),
    StackPolicy(
        "no-early-answer",
        "The gateway makes no answer before a document's check, or before <base />: callers would get it without a token.",
        _early_answers,
    ),
)
"""The rules over all resources of a stack, as the pack has them."""
