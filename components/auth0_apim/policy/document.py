"""Policy documents of API Management, rendered from plain values.

The text is the same for the same values, so that a second deployment shows no change. It is always of format `xml`: an
expression is escaped like any other attribute.
Elements and attributes: https://learn.microsoft.com/azure/api-management/validate-jwt-policy and its neighbours.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from auth0_apim.policy.challenges import CHALLENGE_HEADER
from auth0_apim.policy.markup import carried, element, list_element, literal, text_element

VERIFIED_TOKEN = "verified-token"  # noqa: S105 - a variable's name
"""The variable in which `validate-jwt` leaves the token that it found good."""

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
        validate_connectivity: whether API Management fetches the OpenID document when it saves the policy.
    """

    issuers: Sequence[str]
    audiences: Sequence[str]
    openid_configuration_url: str | None = None
    signing_key: str | None = None
    clock_skew: int = 0
    validate_connectivity: bool = True


def policy_document(
    inbound: Iterable[etree._Element],
    *,
    outbound: Sequence[etree._Element] = (),
    on_error: Sequence[etree._Element] = (),
    first_on_error: etree._Element | None = None,
    is_service: bool = False,
) -> str:
    """A document whose inbound section is `inbound`; in its other sections the wider scopes' policies come first.

    `first_on_error` runs before them. At the scope of the service there is nothing wider: requests must be forwarded by name.
    """
    wider = () if is_service else (base,)
    first = () if first_on_error is None else (first_on_error,)
    root = element(
        "policies",
        {},
        element("inbound", {}, *inbound),
        element("backend", {}, element("forward-request") if is_service else base()),
        element("outbound", {}, *(make() for make in wider), *outbound),
        element("on-error", {}, *first, *(make() for make in wider), *on_error),
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
        list_element("expose-headers", "header", [CHALLENGE_HEADER]),
    )


def validate_jwt(token: TokenCheck, message: str, policy_id: str) -> etree._Element:
    """Answers every call without a good token with 401, and keeps the good one in the variable `VERIFIED_TOKEN`.

    `policy_id` is what `context.LastError.PolicyId` says of its failures.

    Raises:
        ValueError: a value would be evaluated, or is no text of XML.
    """
    return element(
        "validate-jwt",
        {
            "id": policy_id,
            "header-name": "Authorization",
            "failed-validation-httpcode": "401",
            "failed-validation-error-message": carried(message),
            "require-expiration-time": "true",
            "require-scheme": "Bearer",
            "require-signed-tokens": "true",
            "clock-skew": str(token.clock_skew),
            "output-token-variable-name": VERIFIED_TOKEN,
        },
        _keys(token),
        list_element("audiences", "audience", map(carried, token.audiences)),
        list_element("issuers", "issuer", map(carried, token.issuers)),
    )


def set_backend(*, backend_url: str | None = None, backend_id: str | None = None) -> etree._Element:
    """Sends the call to a backend: the one with the id where it is given, else the one at the URL.

    Raises:
        ValueError: a value would be evaluated, or is no text of XML.
    """
    if backend_id is not None:
        return element("set-backend-service", {"backend-id": literal(backend_id)})
    return element("set-backend-service", {"base-url": carried(backend_url or "")})


def choose(condition: str, *policies: etree._Element) -> etree._Element:
    """Runs the policies where the condition, a C# expression, is true."""
    return element("choose", {}, element("when", {"condition": f"@({condition})"}, *policies))


def _keys(token: TokenCheck) -> etree._Element:
    if (token.openid_configuration_url is None) == (token.signing_key is None):
        raise ValueError("a token is checked either with an OpenID document's keys or with a shared one")
    if token.signing_key is None:
        unchecked = {} if token.validate_connectivity else {"validate-connectivity": "false"}
        return element("openid-config", {"url": literal(token.openid_configuration_url or ""), **unchecked})
    if not _NAMED_VALUE.fullmatch(token.signing_key):
        raise ValueError(f"{token.signing_key!r} is no name of a named value")
    return element("issuer-signing-keys", {}, text_element("key", "{{" + token.signing_key + "}}"))
