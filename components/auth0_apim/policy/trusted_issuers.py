"""Further authorization servers whose tokens an API takes, each with a complete check of its own.

What a token says of its issuer before it is verified chooses the check, and nothing else: the chosen check asks for the
issuer again, and for keys and audiences of that issuer alone. Any other issuer's token gets the API's own check, which refuses it.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import chain
from typing import Any

import pulumi
from typing_extensions import NotRequired, TypedDict

from auth0_apim.component.input_types import input_types, type_problem
from auth0_apim.policy.markup import csharp_string, texts_problem
from auth0_apim.policy.policy_rules import policy_url_problem, trusted_issuer_problem
from auth0_apim.rules.text_rules import first_duplicate

CLAIMED_ISSUER = 'context.Request.Headers.GetValueOrDefault("Authorization", "").AsJwt()?.Issuer'
"""The `iss` of the token that a call carries, unverified, as a C# expression; null without a token."""


class ScopeClaim(Enum):
    """The claim of a token that says what its bearer may do."""

    SCOPE = "scope"
    """What the client was granted: one string, separated by spaces (RFC 9068, 2.2.3)."""
    PERMISSIONS = "permissions"
    """What the user's roles allow: an array, where the API has `permissions_in_token`."""
    SCP = "scp"
    """What a client may do for a user, in tokens of Microsoft Entra: one string, separated by spaces."""
    ROLES = "roles"
    """What an application or a user may do, in tokens of Microsoft Entra: an array."""


class TrustedIssuer(TypedDict):
    issuer: pulumi.Input[str]
    """Required. The accepted `iss` claim, exactly as the OpenID document has it: Auth0's ends with a slash, Microsoft Entra's does not."""
    audiences: pulumi.Input[list[pulumi.Input[str]]]
    """Required. The accepted `aud` claims of this issuer's tokens, at least one."""
    openid_configuration_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `.well-known/openid-configuration` behind the issuer. Where the gateway finds this issuer's public keys."""
    scope_claim: NotRequired[pulumi.Input[ScopeClaim]]
    """Optional, defaults to `scope`. The claim that the required scopes are looked for in this issuer's tokens."""


def trusted_issuers_problem(value: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Authorization servers by a name, each with its issuer and its audiences."""
    for name, server in value.items():
        if problem := _problem(server):
            return f"is wrong for {name!r}: {problem}"
    twice = first_duplicate([server["issuer"] for server in value.values()])
    return None if twice is None else f"has the issuer {twice!r} twice"


def distinct_issuers_problem(value: Mapping[str, Any]) -> str | None:
    """Trusted issuers (`trusted`), none of which is the API's own (`own`, lists of issuers)."""
    own = set(chain.from_iterable(value["own"]))
    for name, server in (value["trusted"] or {}).items():
        if server["issuer"] in own:
            return f"has in {name!r} the issuer {server['issuer']!r}, which is the API's own"
    return None


def claimed_by(issuer: str) -> str:
    """A condition: the call's token says that it is the issuer's."""
    return f"{CLAIMED_ISSUER} == {csharp_string(issuer)}"


def claims_by_issuer(trusted: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The claim that the scopes are in, by issuer."""
    return {server["issuer"]: server.get("scope_claim") or "scope" for server in trusted.values()}


def _problem(server: Mapping[str, Any]) -> str | None:
    types: Any = input_types(TrustedIssuer)
    for name, each in server.items():
        if name not in types:
            return f"{name!r} is not one of {', '.join(types)}"
        if problem := None if each is None else type_problem(each, types[name]):
            return f"{name!r} {problem}"
    for name in ("issuer", "audiences"):
        if not server.get(name):
            return f"{name!r} is required"
    return _values_problem(server["issuer"], server["audiences"], server.get("openid_configuration_url"))


def _values_problem(issuer: str, audiences: Sequence[str], url: str | None) -> str | None:
    if problem := trusted_issuer_problem(issuer):
        return f"'issuer' {problem}"
    if problem := texts_problem(audiences):
        return f"'audiences' has one that {problem}"
    if url is not None and (problem := policy_url_problem(url)):
        return f"'openid_configuration_url' {problem}"
    return None
