"""What machine and interactive clients have in common."""

from collections.abc import Mapping
from typing import Any, Optional

import pulumi
import pulumi_auth0 as auth0

from auth0_apim.api_rules import requested_scopes_problem
from auth0_apim.inputs import Inputs

PASSWORD_GRANTS = ["password", "http://auth0.com/oauth/grant-type/password-realm"]
"""The resource owner password grant: RFC 6749's own, and Auth0's with a realm."""

SIGNED_BY_THE_TENANT = auth0.ClientJwtConfigurationArgs(alg="RS256")
"""ID tokens that anyone can check by the tenant's public keys, not by the client's secret."""


def requested_scopes(inputs: Inputs, args: Mapping[str, Any]) -> pulumi.Output[list[str]]:
    """The `scopes` of `args`, sorted, each of them one of `available_scopes` where those are given.

    Raises:
        InputError: a scope is none, is named twice, or is not one of the API's.
    """
    scopes = {"requested": args.get("scopes", []), "available": args.get("available_scopes")}
    checked = inputs.check("scopes", scopes, requested_scopes_problem, '["calc:add"]')
    return checked.apply(lambda both: sorted(both["requested"]))


def readable_secret(client_secret: Optional[str]) -> str:
    """The client's secret, which Auth0 leaves out of its answers to those who may not read it.

    Raises:
        ValueError: it was left out.
    """
    if not client_secret:
        raise ValueError("Auth0 kept the client's secret back: grant the auth0 provider's client read:client_keys")
    return client_secret
