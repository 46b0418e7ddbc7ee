"""Choices that this package advises against, as pure functions that constructors and policy packs share.

A constructor takes them, as they were asked for by name, and warns; the policy pack refuses them unless a reason is stated.
Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
"""

from collections.abc import Sequence

from lxml import etree

_CHECKS = ("validate-jwt", "validate-azure-ad-token")


def implicit_grant_problem(value: Sequence[str]) -> str | None:
    """How tokens are got: not by the implicit grant (RFC 9700, 2.1.2)."""
    if "implicit" not in list(value):
        return None
    return "has 'implicit', which puts tokens into addresses: use the authorization code with PKCE"


def shared_key_problem(value: str | None) -> str | None:
    """How tokens are signed: with a key that only the tenant has."""
    return "is HS256: whoever can check a token can make one" if value == "HS256" else None


def open_access_problem(value: str | None) -> str | None:
    """Who gets tokens of an API's users: applications that have a grant, with its scopes alone."""
    if value in ("require_client_grant", "deny_all"):
        return None
    return "is allow_all: any application of the tenant gets its users' tokens with every scope, without a grant"


def open_sign_up_problem(value: bool) -> str | None:
    """Who makes users: those who run the database; `value` is whether others may."""
    return "lets anybody on the internet make an account" if value else None


def open_document_problem(value: str) -> str | None:
    """A policy document that checks the token of every call, or leaves that to a wider scope's."""
    try:
        is_checked = document_checks(value)
    except ValueError as error:
        return f"{error}, so that the check of its calls cannot be seen"
    if is_checked is False:
        return "has neither <base /> nor a check of the caller's token (validate-jwt) in <inbound>"
    return None


def document_checks(document: str) -> bool | None:
    """Whether a policy document checks the token of every call: True or False, None where an outer one decides.

    A check inside `choose` is none, as it is for some calls only.

    Raises:
        ValueError: the document cannot be read; the message is the end of "the document …".
    """
    try:
        root = etree.fromstring(document.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is no well-formed XML ({error.msg})") from None
    steps = [str(step.tag) for inbound in root.findall("inbound") for step in inbound.iterchildren("*")]
    if any(step in _CHECKS for step in steps):
        return True
    return None if "base" in steps else False
