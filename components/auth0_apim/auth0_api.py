"""The API as Auth0 knows it: what tokens are issued for, and by which rules."""

from enum import Enum
from typing import Any, Optional
from urllib.parse import urlsplit

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.inputs import Inputs
from auth0_apim.rules import (
    display_name_problem,
    domain_problem,
    identifier_problem,
    scopes_problem,
    token_lifetime_problem,
)


class SigningAlgorithm(Enum):
    """How Auth0 signs the API's access tokens."""

    RS256 = "RS256"
    """With the tenant's private key; the gateway finds the public one by the OpenID document."""
    HS256 = "HS256"
    """With a secret that the tenant and the gateway share."""


class Auth0ApiArgs(TypedDict):
    identifier: pulumi.Input[str]
    """Required. The API's immutable identifier, 1 to 600 characters; the `aud` claim of its tokens. A change replaces the API. Example: `basic-calculator`."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The API's name in Auth0's dashboard, at most 200 characters without `<` and `>`."""
    scopes: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Every scope the API has, as a map from the scope to its description. Example: `{"calc:add": "Add two numbers"}`."""
    signing_algorithm: NotRequired[pulumi.Input[SigningAlgorithm]]
    """Optional, defaults to `RS256`."""
    permissions_in_token: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Enforce role-based access control and put the caller's permissions into the token's `permissions` claim."""
    token_lifetime: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 86400. Seconds an access token is good for, 1 to 2592000."""
    allow_offline_access: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Let clients ask for refresh tokens with the scope `offline_access`."""
    domain: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the domain of the tenant that the auth0 provider manages. The domain tokens are requested from, without scheme; the tenant's custom domain where it has one. Example: `login.example.com`."""


class Auth0Api(pulumi.ComponentResource):
    """An API registered in Auth0, with its scopes declared once and everything a gateway needs to check its tokens."""

    issuer: pulumi.Output[str]
    """The `iss` claim of the API's tokens: an absolute URL with a trailing slash."""
    audience: pulumi.Output[str]
    """The `aud` claim of the API's tokens: the identifier exactly as given. Known once the scopes exist."""
    openid_configuration_url: pulumi.Output[str]
    """Absolute URL of the tenant's OpenID Connect discovery document."""
    jwks_url: pulumi.Output[str]
    """Absolute URL of the tenant's public signing keys, a JSON Web Key Set (RFC 7517)."""
    authorization_endpoint: pulumi.Output[str]
    """Absolute URL where a user's browser is sent to log in."""
    token_endpoint: pulumi.Output[str]
    """Absolute URL where clients get tokens."""
    signing_algorithm: pulumi.Output[str]
    """`RS256` or `HS256`."""
    signing_secret: pulumi.Output[Optional[str]]
    """The shared signing secret of an HS256 API, secret; null with RS256."""
    scopes: pulumi.Output[list[str]]
    """The names of the API's scopes, sorted."""

    def __init__(self, name: str, args: Auth0ApiArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("Auth0Api", name)
        identifier = inputs.check("identifier", args["identifier"], identifier_problem, '"basic-calculator"')
        display_name = inputs.check(
            "display_name", args.get("display_name", name), display_name_problem, '"Basic Calculator"'
        )
        scopes = inputs.check("scopes", args.get("scopes", {}), scopes_problem, '{"calc:add": "Add two numbers"}')
        lifetime = inputs.check("token_lifetime", args.get("token_lifetime", 86400), token_lifetime_problem, "3600")
        domain = inputs.check("domain", args.get("domain", _tenant_domain(opts)), domain_problem, '"login.example.com"')
        super().__init__("auth0-apim:index:Auth0Api", name, {}, opts)

        child = pulumi.ResourceOptions(parent=self)
        algorithm = pulumi.Output.from_input(args.get("signing_algorithm", SigningAlgorithm.RS256)).apply(_plain)
        permissions_in_token = pulumi.Output.from_input(args.get("permissions_in_token", False))
        resource_server = auth0.ResourceServer(
            f"{name}-resource-server",
            identifier=identifier,
            name=display_name,
            signing_alg=algorithm,
            allow_offline_access=args.get("allow_offline_access", False),
            skip_consent_for_verifiable_first_party_clients=True,
            enforce_policies=permissions_in_token,
            token_dialect=permissions_in_token.apply(_token_dialect),
            token_lifetime=pulumi.Output.from_input(lifetime).apply(int),
            token_lifetime_for_web=pulumi.Output.from_input(lifetime).apply(lambda seconds: min(int(seconds), 7200)),
            opts=child,
        )
