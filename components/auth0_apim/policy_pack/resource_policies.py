"""What this package asks of single resources on anyone's stack, whether its components made them or not.

Each policy is a pure function of a resource's type, its properties in Pulumi's spelling and the policy's configuration,
which answers the problems it finds. `policy_pack` gives them to the engine. The rules are those that the components'
constructors refuse inputs by; what a resource leaves to the service counts as the service's default.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auth0_apim.auth0.auth0_api import token_lifetime_problem
from auth0_apim.rules.opinion_rules import (
    implicit_grant_problem,
    open_access_problem,
    open_sign_up_problem,
    shared_key_problem,
)
from auth0_apim.rules.url_rules import exact_address_problem

Check = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[str]]

_CLIENT = "auth0:index/client:Client"
_RESOURCE_SERVER = "auth0:index/resourceServer:ResourceServer"
_CONNECTION = "auth0:index/connection:Connection"
_AUTHORIZATION_SERVER = "azure-native:apimanagement:AuthorizationServer"

# What Auth0 gives a client and an API that do not say it themselves (Management API v2).
_DEFAULT_GRANT_TYPES = ("authorization_code", "implicit", "refresh_token", "client_credentials")
_DEFAULT_TOKEN_LIFETIME = 86400

LONGEST_TOKEN_LIFETIME = 86400
"""Seconds that a token may be good for where the configuration says nothing else: a day."""


@dataclass(frozen=True)
class ResourcePolicy:
    """A rule for single resources.

    Attributes:
        name: its name in the pack, and in the pack's configuration.
        description: what it asks for, and why.
        checks: by resource type, the function that answers what is wrong.
        options: JSON schemas of its configuration's properties, by name.
    """

    name: str
    description: str
    checks: Mapping[str, Check]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def problems(
        self, kind: str, name: str, properties: Mapping[str, Any], configuration: Mapping[str, Any]
    ) -> list[str]:
        """What is wrong with the resource of type `kind` called `name`; nothing where a reason is stated for it."""
        check = self.checks.get(without_api_version(kind))
        if check is None or stated_reason(name, configuration):
            return []
        return list(check(properties, configuration))


def without_api_version(kind: str) -> str:
    """A type token of azure-native without the API version that it may name (`apimanagement/v20240501:Api`)."""
    return re.sub(r"/v[0-9]{8}(preview)?:", ":", kind)


REASONS: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": "string", "minLength": 1},
    "description": "Resources that may differ, by name, each with the reason.",
}


def stated_reason(name: str, configuration: Mapping[str, Any]) -> str:
    """The reason that `reasons` states for the resource called `name`; empty without one."""
    return str(configuration.get("reasons", {}).get(name, "")).strip()


def _implicit_client(properties: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[str]:
    grants = properties.get("grantTypes")
    if problem := implicit_grant_problem(_DEFAULT_GRANT_TYPES if grants is None else grants):
        default = f" (Auth0's default, as it is left out: {', '.join(_DEFAULT_GRANT_TYPES)})" if grants is None else ""
        yield f"grantTypes {problem}{default}"


def _implicit_portal(properties: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[str]:
    if problem := implicit_grant_problem(properties.get("grantTypes") or []):
        yield f"grantTypes {problem}"


def _shared_key(properties: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[str]:
    if problem := shared_key_problem(properties.get("signingAlg")):
        yield (
            f"signingAlg {problem}. Use RS256, or state the reason in the policy's `reasons`, by the resource's name"
        )


def _open_access(properties: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[str]:
    user = (properties.get("subjectTypeAuthorization") or {}).get("user") or {}
    if problem := open_access_problem(user.get("policy")):
        default = "" if "policy" in user else " (Auth0's default, as it is left out)"
        yield f"subjectTypeAuthorization.user.policy {problem}{default}"


def _inexact_addresses(properties: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[str]:
    for name in ("callbacks", "allowedLogoutUrls", "allowedOrigins", "webOrigins"):
        for address in properties.get(name) or []:
            if problem := exact_address_problem(address):
                yield f"{name} has {address!r}, which {problem}"


def _long_lifetime(properties: Mapping[str, Any], configuration: Mapping[str, Any]) -> Iterator[str]:
    limit = int(configuration.get("maximumSeconds", LONGEST_TOKEN_LIFETIME))
    lifetime = properties.get("tokenLifetime")
    if problem := token_lifetime_problem(_DEFAULT_TOKEN_LIFETIME if lifetime is None else lifetime, limit):
        default = " (Auth0's default, as it is left out)" if lifetime is None else ""
        yield f"tokenLifetime {problem}{default}"


def _open_sign_up(properties: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[str]:
    if properties.get("strategy") != "auth0":
        return
    is_off = bool((properties.get("options") or {}).get("disableSignup"))
    if problem := open_sign_up_problem(not is_off):
        yield f"options.disableSignup, which is not true, {problem}"


RESOURCE_POLICIES = (
    ResourcePolicy(
        "no-implicit-grant",
        "No client gets tokens by the implicit grant (RFC 9700, 2.1.2).",
        {_CLIENT: _implicit_client, _AUTHORIZATION_SERVER: _implicit_portal},
    ),
    ResourcePolicy(
        "asymmetric-signature",
        "An API's tokens are signed with a key that only the tenant has: RS256, unless a reason is stated.",
        {_RESOURCE_SERVER: _shared_key},
    ),
    ResourcePolicy(
        "granted-access",
        "An application gets tokens of an API's users by a grant alone, with the scopes of that grant alone.",
        {_RESOURCE_SERVER: _open_access},
    ),
    ResourcePolicy(
        "exact-addresses",
        "A client's callbacks, logout addresses and origins stand for themselves only (RFC 9700, 2.1).",
        {_CLIENT: _inexact_addresses},
    ),
    ResourcePolicy(
        "token-lifetime",
        "A stolen token is good for a day at most, or for as long as `maximumSeconds` says.",
        {_RESOURCE_SERVER: _long_lifetime},
        {"maximumSeconds": {"type": "integer", "minimum": 1, "maximum": 2_592_000, "default": LONGEST_TOKEN_LIFETIME}},
    ),
    ResourcePolicy(
        "sign-up-off",
        "Users of a database are made by those who run it, not by whoever comes along.",
        {_CONNECTION: _open_sign_up},
    ),
)
"""The rules for single resources, as the pack has them."""
