"""Policy documents of API Management, rendered from plain values.

The text is the same for the same values, so that a second deployment shows no change. It is always of format `xml`: an
expression is escaped like any other attribute.
Elements and attributes: https://learn.microsoft.com/azure/api-management/validate-jwt-policy and its neighbours.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from auth0_apim.policy_markup import carried, element, list_element, literal, text_element

_NAMED_VALUE = re.compile(r"[A-Za-z0-9._-]{1,256}")


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


def policy_document(
    inbound: Iterable[etree._Element],
    *,
    outbound: Sequence[etree._Element] = (),
    on_error: Sequence[etree._Element] = (),
    is_global: bool = False,
) -> str:
    """A document whose inbound section is `inbound`; in its other sections the wider scopes' policies come first.

    At the global scope there is nothing wider: requests must be forwarded by name.
    """
    wider = () if is_global else (base,)
    root = element(
        "policies",
        {},
        element("inbound", {}, *inbound),
        element("backend", {}, element("forward-request") if is_global else base()),
        element("outbound", {}, *(make() for make in wider), *outbound),
        element("on-error", {}, *(make() for make in wider), *on_error),
    )
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="unicode")


def base() -> etree._Element:
    """The policies of the wider scopes."""
    return element("base")


def cors(origins: Sequence[str]) -> etree._Element:
    """Answers browsers' preflight requests, which carry no token: it stands before everything that asks for one.

    A request from elsewhere goes on to the checks behind it, instead of getting an empty 200.
    """
    return element(
        "cors",
        {"allow-credentials": "false", "terminate-unmatched-request": "false"},
        list_element("allowed-origins", "origin", map(literal, origins)),
        list_element("allowed-methods", "method", ["*"]),
        list_element("allowed-headers", "header", ["*"]),
    )


def validate_jwt(
    token: TokenCheck, *, status: int, message: str, required: Sequence[RequiredClaim] = ()
) -> etree._Element:
    """A `validate-jwt` that answers every failure with `status`: 401 needs one of its own, 403 another.

    Raises:
        ValueError: a value would be evaluated, or is no text of XML.
    """
    check = element(
        "validate-jwt",
        {
            "header-name": "Authorization",
            "failed-validation-httpcode": str(status),
            "failed-validation-error-message": carried(message),
            "require-expiration-time": "true",
            "require-scheme": "Bearer",
            "require-signed-tokens": "true",
            "clock-skew": str(token.clock_skew),
        },
        _keys(token),
        list_element("audiences", "audience", map(carried, token.audiences)),
        list_element("issuers", "issuer", map(carried, token.issuers)),
    )
    if required:
        check.append(element("required-claims", {}, *map(_claim, required)))
    return check


def _keys(token: TokenCheck) -> etree._Element:
    if (token.openid_configuration_url is None) == (token.signing_key is None):
        raise ValueError("a token is checked either with an OpenID document's keys or with a shared one")
    if token.signing_key is None:
        return element("openid-config", {"url": literal(token.openid_configuration_url or "")})
    if not _NAMED_VALUE.fullmatch(token.signing_key):
        raise ValueError(f"{token.signing_key!r} is no name of a named value")
    return element("issuer-signing-keys", {}, text_element("key", "{{" + token.signing_key + "}}"))


def _claim(required: RequiredClaim) -> etree._Element:
    attributes = {"name": literal(required.name), "match": required.match}
    if required.separator is not None:
        attributes["separator"] = required.separator
    return element("claim", attributes, *(text_element("value", literal(value)) for value in required.values))
