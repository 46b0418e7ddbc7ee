"""Policy documents of API Management, rendered from plain values.

A value never becomes markup: lxml escapes it, and what API Management itself would read as something else, a named value
or an expression, is refused. The text is the same for the same values, so that a second deployment shows no change.
It is always of format `xml`: an expression is escaped like any other attribute.
Elements and attributes: https://learn.microsoft.com/azure/api-management/validate-jwt-policy and its neighbours.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

_EVALUATED = ("{{", "@(", "@{")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMED_VALUE = re.compile(r"[A-Za-z0-9._-]{1,256}")
_SUBJECT = '@(context.Request.Headers.GetValueOrDefault("Authorization","").AsJwt()?.Subject)'


@dataclass(frozen=True)
class TokenCheck:
    """What makes an access token good.

    Attributes:
        issuers: accepted `iss` claims.
        audiences: accepted `aud` claims.
        openid_configuration_url: where the public keys are found; None with a shared key.
        signing_key: display name of the named value with the Base64 of the shared key; None with public keys.
        clock_skew: seconds by which the issuer's clock may differ.
    """

    issuers: Sequence[str]
    audiences: Sequence[str]
    openid_configuration_url: str | None = None
    signing_key: str | None = None
    clock_skew: int = 0


@dataclass(frozen=True)
class RequiredClaim:
    """A claim that must hold the values.

    Attributes:
        name: the claim's name.
        values: what it must hold.
        match: `all` or `any` of the values.
        separator: what separates the values of a claim that is one string; None where it is an array.
    """

    name: str
    values: Sequence[str]
    match: str = "all"
    separator: str | None = None


def policy_text_problem(value: str) -> str | None:
    """What keeps `value` from being a plain value of a policy, as the end of "input 'x' …"; None where nothing does."""
    if not value or value != value.strip():
        return f"must be text without blanks around it, not {value!r}"
    if _NOT_XML.search(value):
        return f"must not contain control characters, as {value!r} does"
    for start in _EVALUATED:
        if start in value:
            return f"must not contain {start!r}, which API Management evaluates, as {value!r} does"
    return None


def policy_document(inbound: Iterable[etree._Element], *, is_global: bool = False) -> str:
    """A document whose inbound section is `inbound`; in its other sections the wider scopes' policies stay.

    At the global scope there is nothing wider: requests must be forwarded by name.
    """
    root = _element(
        "policies",
        {},
        _element("inbound", {}, *inbound),
        _element("backend", {}, _element("forward-request") if is_global else base()),
        _element("outbound", {}, *([] if is_global else [base()])),
        _element("on-error", {}, *([] if is_global else [base()])),
    )
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="unicode")


def base() -> etree._Element:
    """The policies of the wider scopes."""
    return _element("base")


def cors(origins: Sequence[str]) -> etree._Element:
    """Answers browsers' preflight requests, which carry no token: it stands before everything that asks for one.

    A request from elsewhere goes on to the checks behind it, instead of getting an empty 200.
    """
    return _element(
        "cors",
        {"allow-credentials": "false", "terminate-unmatched-request": "false"},
        _list("allowed-origins", "origin", origins),
        _list("allowed-methods", "method", ["*"]),
        _list("allowed-headers", "header", ["*"]),
    )


def validate_jwt(
    token: TokenCheck, *, status: int, message: str, required: RequiredClaim | None = None
) -> etree._Element:
    """A `validate-jwt` that answers every failure with `status`: 401 needs one of its own, 403 another.

    Raises:
        ValueError: a value would be evaluated, or is no text of XML.
    """
    element = _element(
        "validate-jwt",
        {
            "header-name": "Authorization",
            "failed-validation-httpcode": str(status),
            "failed-validation-error-message": _plain(message),
            "require-expiration-time": "true",
            "require-scheme": "Bearer",
            "require-signed-tokens": "true",
            "clock-skew": str(token.clock_skew),
        },
        _keys(token),
        _list("audiences", "audience", token.audiences),
        _list("issuers", "issuer", token.issuers),
    )
    if required is not None:
        element.append(_element("required-claims", {}, _claim(required)))
    return element


def rate_limit_by_subject(calls: int, seconds: int) -> etree._Element:
    """At most `calls` in `seconds` for each `sub` claim; stands behind the token's check, which vouches for the claim."""
    limits = {"calls": str(calls), "renewal-period": str(seconds), "counter-key": _SUBJECT}
    return _element("rate-limit-by-key", limits)


def _keys(token: TokenCheck) -> etree._Element:
    if (token.openid_configuration_url is None) == (token.signing_key is None):
        raise ValueError("a token is checked either with an OpenID document's keys or with a shared one")
    if token.signing_key is None:
        return _element("openid-config", {"url": _plain(token.openid_configuration_url or "")})
    if not _NAMED_VALUE.fullmatch(token.signing_key):
        raise ValueError(f"{token.signing_key!r} is no name of a named value")
    return _element("issuer-signing-keys", {}, _text("key", "{{" + token.signing_key + "}}"))


def _claim(required: RequiredClaim) -> etree._Element:
    attributes = {"name": _plain(required.name), "match": required.match}
    if required.separator is not None:
        attributes["separator"] = required.separator
    return _element("claim", attributes, *(_text("value", _plain(value)) for value in required.values))


def _list(name: str, item: str, values: Sequence[str]) -> etree._Element:
    return _element(name, {}, *(_text(item, _plain(value)) for value in values))


def _text(name: str, text: str) -> etree._Element:
    element = _element(name)
    element.text = text
    return element


def _element(name: str, attributes: Mapping[str, str] | None = None, *children: etree._Element) -> etree._Element:
    element = etree.Element(name)
    for attribute, value in (attributes or {}).items():
        element.set(attribute, value)
    element.extend(children)
    return element


def _plain(value: str) -> str:
    problem = policy_text_problem(value)
    if problem is not None:
        raise ValueError(f"a policy's value {problem}")
    return value
