"""The gateway's check of access tokens."""

from base64 import b64encode
from enum import Enum
from functools import partial
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.auth0_api import SigningAlgorithm
from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.jwt_settings import (
    document,
    jwt_settings,
    operation_document,
    operation_id,
    operation_scopes,
    policy_level,
    shared_secret,
    token_check,
)
from auth0_apim.names import slug
from auth0_apim.ordering import after
from auth0_apim.policy_document import TokenCheck
from auth0_apim.policy_rules import rate_limit_sku_problem

_POLICIES = {
    "api": apimanagement.ApiPolicy,
    "product": apimanagement.ProductPolicy,
    "global": apimanagement.Policy,
}


class ScopeClaim(Enum):
    """The claim of a token that says what its bearer may do."""

    SCOPE = "scope"
    """What the client was granted: one string, separated by spaces (RFC 9068, 2.2.3)."""
    PERMISSIONS = "permissions"
    """What the user's roles allow: an array, where the API has `permissions_in_token`."""


class ScopeMatch(Enum):
    """How many of the required scopes a token needs."""

    ALL = "all"
    """Every one."""
    ANY = "any"
    """At least one."""


class JwtPolicyArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    issuer: pulumi.Input[str]
    """Required. The accepted `iss` claim, with its trailing slash: `Auth0Api.issuer`."""
    audience: pulumi.Input[str]
    """Required. The accepted `aud` claim: `Auth0Api.audience`."""
    other_issuers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Further accepted `iss` claims, such as the tenant's own domain beside its custom one."""
    other_audiences: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Further accepted `aud` claims."""
    openid_configuration_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `.well-known/openid-configuration` behind the issuer. Where the gateway finds the public keys; it must be reachable from Azure when the policy is saved."""
    signing_algorithm: NotRequired[SigningAlgorithm]
    """Optional, defaults to `RS256`. How the tokens are signed; with `HS256` the gateway holds the `signing_secret`."""
    signing_secret: NotRequired[pulumi.Input[str]]
    """Required with `HS256`, not used with `RS256`. The shared secret, `Auth0Api.signing_secret`; it goes into a secret named value, never into a policy."""
    api_id: NotRequired[pulumi.Input[str]]
    """Optional. The API whose calls are checked: `PublishedApi.api_id`. With neither this nor `product_id`, the calls of every API are."""
    product_id: NotRequired[pulumi.Input[str]]
    """Optional. The product whose calls are checked; excludes `api_id`. Only calls made with a subscription of the product run its policies, unless it needs none."""
    required_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Scopes that every call needs; a good token without them is answered with 403."""
    operation_scopes: NotRequired[dict[str, list[str]]]
    """Optional, defaults to none. Scopes that calls of single operations need, by operation id; with `api_id`. Example: `{"add": ["calc:add"]}`."""
    operations: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to not checked. The API's operations, `PublishedApi.operations`, which `operation_scopes` must be among."""
    scope_claim: NotRequired[pulumi.Input[ScopeClaim]]
    """Optional, defaults to `scope`. The claim that the required scopes are looked for in."""
    scope_match: NotRequired[pulumi.Input[ScopeMatch]]
    """Optional, defaults to `all`. How many of the required scopes a token needs."""
    clock_skew: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 0. Seconds by which the clocks of Auth0 and the gateway may differ, up to 300."""
    allowed_origins: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Origins whose pages may call the API from a browser. Example: `["https://app.example.com"]`."""
    rate_limit_calls: NotRequired[pulumi.Input[int]]
    """Optional, defaults to no limit. Calls that one subject may make in `rate_limit_seconds`; not in tier Consumption."""
    rate_limit_seconds: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 60. The rate limit's period in seconds, up to 300."""
    sku: NotRequired[pulumi.Input[str]]
    """Optional, defaults to not checked. The service's tier, `ApiGateway.sku`: a rate limit in a tier without is refused."""
    unauthorized_message: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a text that tells nothing about the check. The message of a 401."""
    forbidden_message: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a text that does not name the scopes. The message of a 403."""


class JwtPolicy(pulumi.ComponentResource):
    """Lets only calls with a good access token through: 401 without one, 403 with one that lacks a scope. It is the policy document of an API, a product or the whole service, and keeps what the wider ones say; there is one such document, so one JwtPolicy, for each."""

    policy_xml: pulumi.Output[str]
    """The policy document of the API, the product or the service; without secrets."""
    policy_id: pulumi.Output[str]
    """That document's ARM id; known once every operation has its own as well."""

    def __init__(self, name: str, args: JwtPolicyArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("JwtPolicy", name)
        inputs.refuse_unknown(args, JwtPolicyArgs)
        limited = args.get("rate_limit_calls") is not None
        group, service_name = service_inputs(inputs, args, rate_limit_sku_problem if limited else None)
        level, owner = policy_level(inputs, args)
        settings = jwt_settings(inputs, args)
        secret = shared_secret(inputs, args)
        operations = operation_scopes(inputs, args)
        super().__init__("auth0-apim:index:JwtPolicy", name, {}, opts)

        signing_key: pulumi.Output[Optional[str]] = pulumi.Output.from_input(None)
        if secret is not None:
            key_name = owner.apply(lambda known: f"{slug(known or 'all-apis')}-{level}-signing-key")
            key: pulumi.Output[str] = pulumi.Output.secret(secret.apply(_base64))
            named_value = apimanagement.NamedValue(
                f"{name}-signing-key",
                resource_group_name=group,
                service_name=service_name,
                named_value_id=key_name,
                display_name=key_name,
                secret=True,
                value=key,
                opts=pulumi.ResourceOptions(parent=self),
            )
            signing_key = after(key_name, named_value)
        token = pulumi.Output.all(settings, signing_key).apply(lambda both: token_check(both[0], both[1]))
        rendered = pulumi.Output.all(settings, token)
        self.policy_xml = rendered.apply(lambda both: document(both[0], both[1], level))
        policy = _POLICIES[level](
            f"{name}-policy",
            resource_group_name=group,
            service_name=service_name,
            **({} if level == "global" else {f"{level}_id": owner}),
            policy_id="policy",
            format="xml",
            value=self.policy_xml,
            opts=pulumi.ResourceOptions(parent=self),
        )
        last = policy
        for operation, scopes in operations.items():
            # API Management refuses a write to an API while another one is under way: one follows the other.
            last = apimanagement.ApiOperationPolicy(
                f"{name}-{operation}-policy",
                resource_group_name=group,
                service_name=service_name,
                api_id=owner,
                operation_id=operation_id(inputs, operation, args.get("operations")),
                policy_id="policy",
                format="xml",
                value=rendered.apply(partial(_operation_document, scopes)),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[last]),
            )
        self.policy_id = after(policy.id, last)
        self.register_outputs({"policy_xml": self.policy_xml, "policy_id": self.policy_id})


def _operation_document(scopes: list[str], rendered: tuple[dict[str, Any], TokenCheck]) -> str:
    settings, token = rendered
    return operation_document(settings, token, scopes)


def _base64(secret: str) -> str:
    """The key as `validate-jwt` wants it: Base64 of the secret's UTF-8 bytes, which are what Auth0 signs with."""
    return b64encode(secret.encode()).decode()
