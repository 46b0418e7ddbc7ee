"""What a call needs besides a good token, asked of the verified token, by operation where that is said.

An operation is its method and URL template, as `context.Operation` has them: its id is a derivation of the service.
https://learn.microsoft.com/azure/api-management/api-management-policy-expressions
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from auth0_apim.policy.challenges import Challenge, challenge_header
from auth0_apim.policy.document import VERIFIED_TOKEN, choose
from auth0_apim.policy.markup import carried, csharp_string, element, literal, text_element

OPERATION = 'context.Operation.Method + " " + context.Operation.UrlTemplate'
"""The called operation, such as `GET /add`, as a C# expression."""

_REQUIRED_SCOPES = "required-scopes"
_TOKEN = f'((Jwt)context.Variables["{VERIFIED_TOKEN}"])'
_CLAIMS = f"{_TOKEN}.Claims"
_TEXTS = ("scope", "scp")
_MATCHES = {"all": "All", "any": "Any"}
_CLOSED = "This operation is closed."


def checked_by(level: str) -> str:
    """The variable by which JwtPolicy of a wider scope, `product` or `service`, says that it has checked a call."""
    return f"checked-by-{level}"


def unchecked_by(level: str) -> str:
    """A condition: JwtPolicy of a wider scope has not checked the call."""
    return f'!context.Variables.ContainsKey("{checked_by(level)}")'


def is_one_of(texts: Iterable[str], value: str) -> str:
    """A condition: the C# expression `value` is one of `texts`."""
    return f"{_array(texts)}.Contains({value})"


def operation_checks(
    required: Mapping[str, Sequence[str]], held: str, match: str, message: str, challenge: Challenge
) -> list[etree._Element]:
    """Refuses a call whose token lacks the scopes of its operation, and every call of an operation that is not listed.

    Args:
        required: the scopes by operation (`GET /add`); none where any good token will do.
        held: `scope_held`, the condition that the token has a scope.
        match: `all` or `any` of them.
        message: of the 403.
        challenge: of the 403, which names the operation's scopes; an operation that is not listed has none.

    Raises:
        ValueError: a value is no text of XML.
    """
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for operation in sorted(required):
        alike[tuple(sorted(required[operation]))].append(operation)
    branches = [_branch(operations, scopes) for scopes, operations in alike.items()]
    if not branches:
        return [refusal(_CLOSED)]
    wanted = f'(string)context.Variables["{_REQUIRED_SCOPES}"]'
    # Of an operation without scopes, nothing but the empty text is wanted.
    lacking = f"!({wanted}).Split(' ').{_MATCHES[match]}(scope => scope == \"\" || {held})"
    return [
        element("choose", {}, *branches, element("otherwise", {}, refusal(_CLOSED))),
        choose(lacking, refusal(message, challenge.of_forbidden(wanted))),
    ]


def scope_check(scopes: Sequence[str], held: str, match: str, message: str, challenge: Challenge) -> etree._Element:
    """Refuses a call whose token lacks `scopes`, of whatever operation.

    Raises:
        ValueError: a value is no text of XML.
    """
    lacking = f"!{_array(sorted(scopes))}.{_MATCHES[match]}(scope => {held})"
    named = challenge.text("insufficient_scope", " ".join(sorted(scopes)))
    return choose(lacking, refusal(message, carried(named)))


def claim_check(name: str, values: Sequence[str], message: str, challenge: Challenge) -> etree._Element:
    """Refuses a call whose token has none of `values` in the claim called `name`.

    Raises:
        ValueError: a value is no text of XML.
    """
    held = f"{_CLAIMS}[{csharp_string(name)}].Any(value => {is_one_of(values, 'value')})"
    lacking = f"!{_CLAIMS}.ContainsKey({csharp_string(name)}) || !{held}"
    return choose(lacking, refusal(message, carried(challenge.text("insufficient_scope"))))


def refusal(message: str, challenge: str | None = None) -> etree._Element:
    """Answers 403 as `validate-jwt` does, with a challenge, which is written as it is given."""
    body = carried(json.dumps({"statusCode": 403, "message": message}))
    return element(
        "return-response",
        {},
        element("set-status", {"code": "403", "reason": "Forbidden"}),
        *([] if challenge is None else [challenge_header(challenge)]),
        element(
            "set-header",
            {"name": "Content-Type", "exists-action": "override"},
            text_element("value", "application/json"),
        ),
        text_element("set-body", body),
    )


def without_headers(names: Sequence[str]) -> list[etree._Element]:
    """Takes the headers away."""
    return [element("set-header", {"name": literal(name), "exists-action": "delete"}) for name in names]


def _branch(operations: Sequence[str], scopes: Sequence[str]) -> etree._Element:
    # An attribute without text may be taken for one that is missing.
    value = carried(" ".join(scopes)) if scopes else '@("")'
    wanted = element("set-variable", {"name": _REQUIRED_SCOPES, "value": value})
    return element("when", {"condition": f"@({is_one_of(operations, OPERATION)})"}, wanted)


def scope_held(claim: str, by_issuer: Mapping[str, str]) -> str:
    """A condition: the verified token has the scope that the C# variable called `scope` names.

    Args:
        claim: the claim that it is looked for in.
        by_issuer: the claims of further issuers, each by the issuer; a verified token says its own.
    """
    held = _has(claim)
    for issuer, other in by_issuer.items():
        if other != claim:
            held = f"({_TOKEN}.Issuer == {csharp_string(issuer)} ? {_has(other)} : {held})"
    return held


def _has(claim: str) -> str:
    """`scope` and `scp` are one string (RFC 9068, 2.2.3); the others are arrays, which a token without any may lack."""
    if claim in _TEXTS:
        return f"{_CLAIMS}.GetValueOrDefault({csharp_string(claim)}, \"\").Split(' ').Contains(scope)"
    return f"{_CLAIMS}.ContainsKey({csharp_string(claim)}) && {_CLAIMS}[{csharp_string(claim)}].Contains(scope)"


def _array(texts: Iterable[str]) -> str:
    return f"new [] {{ {', '.join(map(csharp_string, texts))} }}"
