"""What a policy document lets through, as pure functions that constructors, the policy pack and `doctor` share.

Every function takes the text of a document, or of policies, and raises ValueError where it cannot be read; the message is
the end of "the document …". A rule (`*_problem`) answers None, or what is wrong with it as the end of that sentence.
What an included fragment does is known only where its text is given.
"""

import json
import re
from collections.abc import Iterator, Mapping

from lxml import etree

from auth0_apim.policy.operations import OPERATION, is_one_of, unchecked_by
from auth0_apim.rules.url_rules import backend_url_problem

_CHECKS = ("validate-jwt", "validate-azure-ad-token")
_ANSWERS = (
    "mock-response",
    "return-response",
    "cache-lookup",
    "azure-openai-semantic-cache-lookup",
    "llm-semantic-cache-lookup",
)
_REFUSED = re.compile(r"[45][0-9]{2}")
_NO_FRAGMENTS: Mapping[str, str] = {}


def open_document_problem(value: str) -> str | None:
    """A policy document that checks tokens, or leaves that to a wider scope's."""
    try:
        is_open = document_checks(value) is False and _conditional_check(value) is None
    except ValueError as error:
        return f"{error}, so that the check of its calls cannot be seen"
    return "has neither <base /> nor a check of the caller's token (validate-jwt) in <inbound>" if is_open else None


def document_checks(document: str) -> bool | None:
    """Whether a policy document checks the token of every call: True or False, None where an outer one decides.

    A check inside `choose` is none, as it is for some calls only, unless every branch has one, `otherwise` among them.
    """
    steps = _inbound(document)
    if any(map(_checks_every_call, steps)):
        return True
    return None if any(step.tag == "base" for step in steps) else False


def conditional_check_problem(document: str) -> str | None:
    """A document that checks the token of every call, or of none."""
    if document_checks(document):
        return None
    step = _conditional_check(document)
    if step is None:
        return None
    public = _public_operations(step)
    if public is None:
        return (
            "checks tokens under a condition only (choose), which is not one of JwtPolicy's: other calls need no token"
        )
    return f"lets calls without a token into public operations: {', '.join(public)}"


def wider_backend_problem(document: str, fragments: Mapping[str, str] = _NO_FRAGMENTS) -> str | None:
    """A document of a product or of the whole service, which many APIs share: no backend is set there."""
    for step in _inbound(document):
        for policy in _with_what_it_holds(step, fragments):
            if policy.tag != "set-backend-service":
                continue
            if policy.get("backend-id") is None:
                return "sets a backend (set-backend-service) for every API below it"
            return (
                "sets a backend by its id (set-backend-service), which no base-url of an API's own document overrides"
            )
    return None


def leads_somewhere(document: str) -> bool:
    """Whether a call may get more than a refusal by what a document says itself, included fragments' words among it."""
    policies = _root(document).iter("set-backend-service", "include-fragment", "send-request", *_ANSWERS)
    return any(not _is_refusal(policy) for policy in policies)


def backend_url(document: str) -> str | None:
    """The URL of the backend that a document sets; None where it sets none by a literal URL, or cannot be read."""
    try:
        urls = [step.get("base-url") for step in _inbound(document) if step.tag == "set-backend-service"]
    except ValueError:
        return None
    return next((url for url in urls if url and backend_url_problem(url) is None), None)


def early_answer_problem(document: str, fragments: Mapping[str, str] = _NO_FRAGMENTS) -> str | None:
    """A document that answers at the gateway only behind its check; without one, behind `<base />`.

    A literal status of 400 or more refuses a call, and answers nothing.
    """
    steps = _inbound(document)
    checks = [index for index, step in enumerate(steps) if any(True for _ in step.iter(*_CHECKS))]
    wider = [index for index, step in enumerate(steps) if step.tag == "base"]
    last = (checks or wider or [len(steps)])[0]
    # A condition that holds the check may hold answers for other calls.
    for step in steps[: last + 1]:
        for policy in _with_what_it_holds(step, fragments):
            if policy.tag in _ANSWERS and not _is_refusal(policy):
                where = "before the check" if checks else "before <base />" if wider else "without a check"
                return f"answers {where} (<{policy.tag}>), so that callers get it without a token"
    return None


def relied_on_scope(document: str) -> str | None:
    """`product` or `service`, where a document refuses every call that a JwtPolicy of that scope has not checked."""
    for step in _inbound(document):
        for level in ("product", "service"):
            if step.tag == "choose" and _refuses(step, f"@({unchecked_by(level)})"):
                return level
    return None


def sets_variable(document: str, name: str, fragments: Mapping[str, str] = _NO_FRAGMENTS) -> bool:
    """Whether a document sets the variable called `name`, anywhere."""
    policies = _with_what_it_holds(_root(document), fragments)
    return any(each.tag == "set-variable" and each.get("name") == name for each in policies)


def _conditional_check(document: str) -> etree._Element | None:
    """The first policy of the inbound section that holds a check of tokens, and is none itself."""
    for step in _inbound(document):
        if not _checks_every_call(step) and any(True for _ in step.iter(*_CHECKS)):
            return step
    return None


def _checks_every_call(step: etree._Element) -> bool:
    """Whether a policy is a check, or a choice between checks that leaves no call out."""
    if step.tag != "choose":
        return step.tag in _CHECKS
    branches = list(step.iterchildren("*"))
    return step.find("otherwise") is not None and all(any(map(_checks_every_call, each)) for each in branches)


def _public_operations(step: etree._Element) -> list[str] | None:
    """The operations that JwtPolicy's condition leaves out of its check; None where the condition is another."""
    whens = step.findall("when")
    if step.tag != "choose" or len(step) != 1 or len(whens) != 1 or not any(map(_checks_every_call, whens[0])):
        return None
    condition = str(whens[0].get("condition"))
    listed = re.search(r"\{ (.*) \}", condition, re.DOTALL)
    try:
        operations = [str(operation) for operation in json.loads(f"[{listed[1]}]")] if listed else []
        # Written anew, so that nothing else can stand in the condition.
        return operations if condition == f"@(!{is_one_of(operations, OPERATION)})" else None
    except ValueError:
        return None


def _refuses(step: etree._Element, condition: str) -> bool:
    when = next(step.iterchildren("*"), None)
    answer = next(when.iterchildren("*"), None) if when is not None and when.tag == "when" else None
    if when is None or answer is None or answer.tag != "return-response":
        return False
    return when.get("condition") == condition and _is_refusal(answer)


def _with_what_it_holds(step: etree._Element, fragments: Mapping[str, str]) -> Iterator[etree._Element]:
    for policy in step.iter("*"):
        yield policy
        if policy.tag == "include-fragment" and policy.get("fragment-id") in fragments:
            yield from _root(fragments[str(policy.get("fragment-id"))]).iter("*")


def _is_refusal(answer: etree._Element) -> bool:
    status = answer.find("set-status")
    return status is not None and bool(_REFUSED.fullmatch(status.get("code", "")))


def _inbound(document: str) -> list[etree._Element]:
    return [step for inbound in _root(document).findall("inbound") for step in inbound.iterchildren("*")]


def _root(document: str) -> etree._Element:
    try:
        return etree.fromstring(document.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is no well-formed XML ({error.msg})") from None
