"""The gateway's check of access tokens."""

from base64 import b64encode
from enum import Enum
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.auth0_api import SigningAlgorithm
from auth0_apim.azure_service import service_inputs
from auth0_apim.document_rules import wider_backend_problem
from auth0_apim.inputs import Inputs
from auth0_apim.jwt_documents import WIDER_LEVELS, jwt_document, token_check
from auth0_apim.jwt_settings import jwt_settings, policy_level, shared_secret, tier_rule
from auth0_apim.names import slug
from auth0_apim.operation_scopes import operation_requirements
from auth0_apim.ordering import after, part_of, referred_to
from auth0_apim.policy_rules import document_size_problem

_POLICIES = {
    "operation": apimanagement.ApiOperationPolicy,
    "api": apimanagement.ApiPolicy,
    "product": apimanagement.ProductPolicy,
    "service": apimanagement.Policy,
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


class CountedBy(Enum):
    """Whose calls a rate limit or a quota counts."""

    SUBJECT = "subject"
    """Who is calling: the token's `sub`."""
    CLIENT = "client"
    """The application that got the token: its `azp`."""
    SUBSCRIPTION = "subscription"
    """The subscription whose key was sent; in every tier, a quota of a product only."""


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
    operation_id: NotRequired[pulumi.Input[str]]
    """Optional. With `api_id`: the only operation whose calls are checked; `required_scopes` says what they need. Example: `add`."""
    required_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Scopes that every call needs; a good token without them is answered with 403."""
    operation_scopes: NotRequired[dict[str, list[str]]]
    """Required with `api_id`, unless `default_scopes`, `scopes_document` or `public_operations` is given. The scopes that calls of single operations need, by operation: its id, or its method and URL template. An empty list accepts any good token. Operations that are not listed are denied: 403. Example: `{"add": ["calc:add"], "GET /version": []}`."""
    default_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to denying them. With `operations`: the scopes that calls of every operation need that is not listed; an empty list accepts any good token."""
    public_operations: NotRequired[list[str]]
    """Optional, defaults to none. With `api_id`: operations that callers may use without a token, such as a health check, by id or by method and URL template. Example: `["health"]`."""
    scopes_document: NotRequired[str]
    """Optional, defaults to none. With `api_id`: the OpenAPI document, a file's path or its text, whose `security` requirements say the scopes of operations that `operation_scopes` does not name."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the API has, which every required one must be among; pass `Auth0Api.scopes`."""
    operations: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional. The API's operations, `PublishedApi.operations`: by id, the method and the URL template. Without them, operations are named by method and URL template. Example: `{"add": "GET /add"}`."""
    required_claims: NotRequired[pulumi.Input[dict[str, pulumi.Input[list[pulumi.Input[str]]]]]]
    """Optional, defaults to none. Further claims that every call needs, each with the values of which the token must have one; 403 without. Example: `{"https://example.com/plan": ["gold", "silver"]}`."""
    scope_claim: NotRequired[pulumi.Input[ScopeClaim]]
    """Optional, defaults to `scope`. The claim that the required scopes are looked for in."""
    scope_match: NotRequired[pulumi.Input[ScopeMatch]]
    """Optional, defaults to `all`. How many of the required scopes a token needs."""
    clock_skew: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 0. Seconds by which the clocks of Auth0 and the gateway may differ, up to 300."""
    allowed_origins: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Origins whose pages may call the API from a browser. Example: `["https://app.example.com"]`."""
    rate_limit_calls: NotRequired[pulumi.Input[int]]
    """Optional, defaults to no limit. The calls that one caller may make in `rate_limit_seconds`; further calls get 429. In tier Consumption only counted by subscription."""
    rate_limit_seconds: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 60. The rate limit's period in seconds, up to 300."""
    quota_calls: NotRequired[pulumi.Input[int]]
    """Optional, defaults to no quota. The calls that one caller may make in `quota_seconds`; further calls get 403. In tier Consumption and the v2 tiers only counted by subscription."""
    quota_seconds: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 86400, a day. The quota's period in seconds, from 300; 0 never ends."""
    counted_by: NotRequired[pulumi.Input[CountedBy]]
    """Optional, defaults to `subject`. Whose calls the rate limit and the quota count."""
    sku: NotRequired[pulumi.Input[str]]
    """Optional, defaults to not checked. The service's tier, `ApiGateway.sku`: a rate limit or quota in a tier without is refused."""
    backend_url: NotRequired[pulumi.Input[str]]
    """Required with `api_id`, unless `backend_id` is given. The backend's base URL that calls with a good token are sent to: `PublishedApi.backend_url`. A published API has no backend without this policy."""
    backend_id: NotRequired[pulumi.Input[str]]
    """Required with `api_id`, unless `backend_url` is given. The backend that calls with a good token are sent to: `ApiBackend.backend_id`."""
    dropped_request_headers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Headers that the backend does not get; operations' own policies do not see them either. Example: `["Authorization", "Ocp-Apim-Subscription-Key"]`."""
    dropped_response_headers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Headers that the caller does not get. Example: `["Server", "X-Powered-By"]`."""
    included_fragments: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Policy fragments that run after validation, in the inbound section: `PolicyFragment.fragment_id`. Azure does not check a changed fragment again; try what is new in `raw_inbound` first, which is checked when it is saved."""
    raw_inbound: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. Further policies, as well-formed XML, that run after validation, and for public operations. Expressions and named values in them are evaluated."""
    raw_outbound: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. Further policies, as well-formed XML, for the answer of the backend."""
    raw_on_error: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. Further policies, as well-formed XML, for errors, refused calls among them."""
    resource_metadata: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. Absolute URL of the API's protected resource metadata (RFC 9728), which each challenge (`WWW-Authenticate`) of a 401 or 403 then names."""
    unauthorized_message: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a text that tells nothing about the check. The message of a 401."""
    forbidden_message: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a text that does not name the scopes. The message of a 403."""


class JwtPolicy(pulumi.ComponentResource):
    """Accepts only calls with a good access token: 401 without one, 403 with one that lacks a scope. It is the policy document of an operation, an API, a product or the whole service, and keeps the policies of wider scopes; each has one such document, so one JwtPolicy. At the scope of an API or an operation it also sets the backend: without this policy no call reaches it. Operations of the API that are not listed are denied."""

    policy_xml: pulumi.Output[str]
    """The policy document; without secrets."""
    policy_id: pulumi.Output[str]
    """The document's ARM id."""

    def __init__(self, name: str, args: JwtPolicyArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("JwtPolicy", name)
        args = inputs.known(args, JwtPolicyArgs)
        group, service_name = service_inputs(inputs, args, tier_rule(args))
        level, place = policy_level(inputs, args)
        settings = jwt_settings(inputs, args)
        secret = shared_secret(inputs, args)
        nothing: pulumi.Output[Any] = pulumi.Output.from_input(None)
        operations = operation_requirements(inputs, args) if level == "api" else nothing
        super().__init__("auth0-apim:index:JwtPolicy", name, {}, opts)
        if level in WIDER_LEVELS and "raw_inbound" in args:
            inputs.warn("raw_inbound", args["raw_inbound"], _wider_backend_problem, "PublishedApi's checked_by")

        signing_key: pulumi.Output[Optional[str]] = nothing
        if secret is not None:
            key_name = pulumi.Output.all(*place.values()).apply(
                lambda ids: slug(f"{'-'.join(ids) or 'all-apis'}-{level}")
            )
            key_name = pulumi.Output.concat(key_name, "-signing-key")
            key: pulumi.Output[str] = pulumi.Output.secret(secret.apply(_base64))
            named_value = apimanagement.NamedValue(
                f"{name}-signing-key",
                resource_group_name=group,
                service_name=service_name,
                named_value_id=key_name,
                display_name=key_name,
                secret=True,
                value=key,
                opts=referred_to(self, opts),
            )
            signing_key = after(key_name, named_value)
        token = pulumi.Output.all(settings, signing_key).apply(lambda both: token_check(both[0], both[1]))
        document = pulumi.Output.all(settings, token, operations).apply(
            lambda each: jwt_document(each[0], each[1], level, each[2])
        )
        sized = {"document": document, "sku": args.get("sku")}
        fitting = inputs.check("operation_scopes", sized, document_size_problem, '{"add": ["calc:add"]}')
        self.policy_xml = fitting.apply(lambda known: str(known["document"]))
        policy = _POLICIES[level](
            f"{name}-policy",
            resource_group_name=group,
            service_name=service_name,
            **place,
            policy_id="policy",
            format="xml",
            value=self.policy_xml,
            opts=part_of(self, opts),
        )
        self.policy_id = policy.id
        self.register_outputs({"policy_xml": self.policy_xml, "policy_id": self.policy_id})


def _base64(secret: str) -> str:
    """The key as `validate-jwt` wants it: Base64 of the secret's UTF-8 bytes, which are what Auth0 signs with."""
    return b64encode(secret.encode()).decode()


def _wider_backend_problem(raw: str) -> Optional[str]:
    return wider_backend_problem(f"<policies><inbound>{raw}</inbound></policies>")
