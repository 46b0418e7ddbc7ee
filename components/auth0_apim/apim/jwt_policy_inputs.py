"""The inputs of JwtPolicy: what they are, what they have to be, and what follows from them."""

from enum import Enum

import pulumi
from typing_extensions import NotRequired, TypedDict

from auth0_apim.apim.azure_rules import entity_id_problem, revised_id_problem
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs
from auth0_apim.auth0.auth0_api import SigningAlgorithm
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, anything
from auth0_apim.policy.limits import CountedBy
from auth0_apim.policy.markup import policy_text_problem, raw_policies_problem, texts_problem
from auth0_apim.policy.operation_rules import (
    operation_id_problem,
    operation_names_problem,
    operation_scopes_problem,
    operations_problem,
    required_scopes_problem,
)
from auth0_apim.policy.operation_scopes import AN_OPERATION, require_declared, require_operations
from auth0_apim.policy.policy_rules import (
    audience_problem,
    clock_skew_problem,
    counted_by_problem,
    fragment_ids_problem,
    header_names_problem,
    issuer_problem,
    issuers_problem,
    origins_problem,
    policy_url_problem,
    quota_seconds_problem,
    rate_limit_calls_problem,
    rate_limit_seconds_problem,
    required_claims_problem,
    signing_secret_problem,
    tier_problem,
)
from auth0_apim.policy.trusted_issuers import (
    ScopeClaim,
    TrustedIssuer,
    distinct_issuers_problem,
    trusted_issuers_problem,
)
from auth0_apim.rules.scope_rules import SCOPE_NAMES
from auth0_apim.rules.url_rules import backend_url_problem

_BY_OPERATION = ("operation_scopes", "default_scopes", "scopes_from_document", "public_operations")


class ScopeMatch(Enum):
    """How many of the required scopes a token needs."""

    ALL = "all"
    """Every one."""
    ANY = "any"
    """At least one."""


class PolicySection(TypedDict):
    other_issuers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Further domains of the same tenant, as `iss` claims with their trailing slash, such as the tenant's own domain beside its custom one. Their tokens are checked with the same keys and audiences; another tenant or vendor belongs into `trusted_issuers`."""
    trusted_issuers: NotRequired[dict[str, TrustedIssuer]]
    """Optional, defaults to none. Further authorization servers by a name, such as Microsoft Entra External ID, or the tenant that an API moves from. Each has its own keys, audiences and claim of scopes; what a token says of its issuer chooses the check, and one of any other issuer gets 401."""
    other_audiences: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Further accepted `aud` claims."""
    signing_algorithm: NotRequired[SigningAlgorithm]
    """Optional, defaults to `RS256`; in a ProtectedApi to how its API signs. How the tokens are signed; with `HS256` the gateway holds the `signing_secret`."""
    required_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Scopes that every call needs; a good token without them is answered with 403."""
    operation_scopes: NotRequired[dict[str, list[str]]]
    """Required for the policy of an API, unless `default_scopes`, `scopes_from_document` or `public_operations` is given. The scopes that calls of single operations need, by operation: its id, or its method and URL template. An empty list accepts any good token. Operations that are not listed are denied: 403."""
    default_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to denying them. The scopes that calls of every operation need that is not listed; an empty list accepts any good token. Not with a document that is a URL."""
    public_operations: NotRequired[list[str]]
    """Optional, defaults to none. Operations that callers may use without a token, such as a health check, by id or by method and URL template."""
    scopes_from_document: NotRequired[bool]
    """Optional, defaults to false. Operations that `operation_scopes` does not name need the scopes of their `security` requirements in the OpenAPI document."""
    required_claims: NotRequired[pulumi.Input[dict[str, pulumi.Input[list[pulumi.Input[str]]]]]]
    """Optional, defaults to none. Further claims that every call needs, each with the values of which the token must have one; 403 without."""
    scope_claim: NotRequired[pulumi.Input[ScopeClaim]]
    """Optional, defaults to `scope`; in a ProtectedApi to `permissions` where its API has `permissions_in_token`. The claim that the required scopes are looked for in."""
    scope_match: NotRequired[pulumi.Input[ScopeMatch]]
    """Optional, defaults to `all`. How many of the required scopes a token needs."""
    clock_skew: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 0. Seconds by which the clocks of Auth0 and the gateway may differ, up to 300."""
    validate_connectivity: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to true. Whether API Management fetches the OpenID document when the policy is saved, and refuses the policy where it cannot. False lets a policy be saved while the tenant cannot be reached; calls are refused until its keys can be had."""
    allowed_origins: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none; in a ProtectedApi with `portal` the portal's is among them. Origins whose pages may call the API from a browser."""
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
    backend_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the backend at `backend_url`. An existing backend that calls with a good token are sent to: `ApiBackend.backend_id`."""
    dropped_request_headers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Headers that the backend does not get; operations' own policies do not see them either."""
    dropped_response_headers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Headers that the caller does not get."""
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


class JwtPolicyArgs(ServiceArgs, PolicySection):
    issuer: pulumi.Input[str]
    """Required. The accepted `iss` claim, with its trailing slash: `Auth0Api.issuer`."""
    audience: pulumi.Input[str]
    """Required. The accepted `aud` claim: `Auth0Api.audience`."""
    openid_configuration_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `.well-known/openid-configuration` behind the issuer. Where the gateway finds the public keys; it must be reachable from Azure when the policy is saved."""
    signing_secret: NotRequired[pulumi.Input[str]]
    """Required with `HS256`, not used with `RS256`. The shared secret, `Auth0Api.signing_secret`; it goes into a secret named value, never into a policy."""
    api_id: NotRequired[pulumi.Input[str]]
    """Optional. The API whose calls are checked: `PublishedApi.api_id`. With neither this nor `product_id`, the calls of every API are."""
    product_id: NotRequired[pulumi.Input[str]]
    """Optional. The product whose calls are checked; excludes `api_id`. Only calls made with a subscription of the product run its policies, unless it needs none."""
    operation_id: NotRequired[pulumi.Input[str]]
    """Optional. With `api_id`: the only operation whose calls are checked; `required_scopes` says what they need."""
    openapi: NotRequired[str]
    """Required with `scopes_from_document`. The OpenAPI document, a file's path or its text."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the API has, which every required one must be among; pass `Auth0Api.scopes`."""
    operations: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional. The API's operations, `PublishedApi.operations`: by id, the method and the URL template. Without them, operations are named by method and URL template."""
    backend_url: NotRequired[pulumi.Input[str]]
    """Required with `api_id`, unless `backend_id` is given. The backend's base URL that calls with a good token are sent to: `PublishedApi.backend_url`. A published API has no backend without this policy."""
    sku: NotRequired[pulumi.Input[str]]
    """Optional, defaults to not checked. The service's tier, `ApiGateway.sku`: a rate limit or quota in a tier without is refused."""


def _check(inputs: Inputs) -> None:
    _check_place(inputs)
    _check_limits(inputs)
    if "trusted_issuers" in inputs:
        own = [[inputs.get("issuer")], inputs.get("other_issuers", [])]
        issuers = {"trusted": inputs.get("trusted_issuers"), "own": own}
        inputs.require("trusted_issuers", issuers, distinct_issuers_problem, "leave it out")
    require_declared(inputs, "required_scopes")
    if level_of(inputs) == "api":
        require_operations(inputs)
    if inputs.get("signing_algorithm") == "HS256" and "signing_secret" not in inputs:
        raise inputs.error("signing_secret", "is required with HS256")


def _check_place(inputs: Inputs) -> None:
    for one, other in (("product_id", "api_id"), ("backend_id", "backend_url")):
        if one in inputs and other in inputs:
            raise inputs.error(one, f"excludes {other!r}", "leave one of them out")
    for name in ("operation_id", *_BY_OPERATION, "backend_url", "backend_id"):
        inputs.need(name, "api_id")
    for name in _BY_OPERATION:
        if "operation_id" in inputs and inputs.get(name, False) is not False:
            raise inputs.error(name, "excludes 'operation_id'", 'give required_scopes: ["calc:add"]')
    if "api_id" in inputs and "backend_url" not in inputs and "backend_id" not in inputs:
        problem = "is required, unless 'backend_id' is given: only the policy sends calls to the API's backend"
        raise inputs.error("backend_url", problem, "pass PublishedApi.backend_url")
    if "operation_id" in inputs:
        known = {"operation": inputs.get("operation_id"), "operations": inputs.get("operations")}
        inputs.require("operation_id", known, operation_id_problem, AN_OPERATION)


def _check_limits(inputs: Inputs) -> None:
    inputs.need("rate_limit_seconds", "rate_limit_calls")
    inputs.need("quota_seconds", "quota_calls")
    inputs.need("counted_by", "rate_limit_calls", "quota_calls")
    if "counted_by" in inputs:
        names = {"counted": "counted_by", "product": "product_id", "api": "api_id", "quota": "quota_calls"}
        inputs.require("counted_by", {each: inputs.get(name) for each, name in names.items()}, counted_by_problem)
    if "sku" in inputs and (problem := tier_problem(inputs)):
        inputs.require("sku", inputs.get("sku"), problem)


JWT_POLICY = ComponentInputs(
    component="JwtPolicy",
    shape=JwtPolicyArgs,
    rules={
        **SERVICE_RULES,
        "issuer": Rule(issuer_problem, "https://tenant.eu.auth0.com/"),
        "audience": Rule(audience_problem, "basic-calculator"),
        "openid_configuration_url": Rule(
            policy_url_problem, "https://tenant.eu.auth0.com/.well-known/openid-configuration"
        ),
        "signing_secret": Rule(signing_secret_problem, "a secret of 16 characters or more"),
        "api_id": Rule(revised_id_problem, "calc"),
        "product_id": Rule(entity_id_problem, "starter"),
        "operation_id": Rule(policy_text_problem, "add"),
        "openapi": Rule(anything, "examples/basic-calculator/openapi.json"),
        "available_scopes": SCOPE_NAMES,
        "operations": Rule(operations_problem, {"add": "GET /add"}),
        "backend_url": Rule(backend_url_problem, "https://calculator.example/api"),
        "sku": Rule(anything, "Developer"),
        "other_issuers": Rule(issuers_problem, ["https://login.example.com/"]),
        "trusted_issuers": Rule(
            trusted_issuers_problem,
            {
                "entra": {
                    "issuer": "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0",
                    "audiences": ["api://basic-calculator"],
                    "scope_claim": "scp",
                }
            },
        ),
        "other_audiences": Rule(texts_problem, ["https://api.example.com"]),
        "required_scopes": Rule(required_scopes_problem, ["calc:add"]),
        "operation_scopes": Rule(operation_scopes_problem, {"add": ["calc:add"], "GET /version": []}),
        "default_scopes": Rule(required_scopes_problem, ["calc:use"]),
        "public_operations": Rule(operation_names_problem, ["health"]),
        "required_claims": Rule(required_claims_problem, {"https://example.com/plan": ["gold", "silver"]}),
        "clock_skew": Rule(clock_skew_problem, 30),
        "allowed_origins": Rule(origins_problem, ["https://app.example.com"]),
        "rate_limit_calls": Rule(rate_limit_calls_problem, 100),
        "rate_limit_seconds": Rule(rate_limit_seconds_problem, 60),
        "quota_calls": Rule(rate_limit_calls_problem, 10000),
        "quota_seconds": Rule(quota_seconds_problem, 86400),
        "backend_id": Rule(entity_id_problem, "calculator"),
        "dropped_request_headers": Rule(header_names_problem, ["Authorization", "Ocp-Apim-Subscription-Key"]),
        "dropped_response_headers": Rule(header_names_problem, ["Server", "X-Powered-By"]),
        "included_fragments": Rule(fragment_ids_problem, ["correlation"]),
        "raw_inbound": Rule(raw_policies_problem, "<set-header name='X-Team'><value>calc</value></set-header>"),
        "raw_outbound": Rule(raw_policies_problem, "<set-header name='X-Team' exists-action='delete'/>"),
        "raw_on_error": Rule(raw_policies_problem, "<set-header name='X-Team' exists-action='delete'/>"),
        "resource_metadata": Rule(
            policy_url_problem, "https://contoso-apis-dev.azure-api.net/.well-known/oauth-protected-resource/calc"
        ),
        "unauthorized_message": Rule(policy_text_problem, "Log in first."),
        "forbidden_message": Rule(policy_text_problem, "Ask for access."),
    },
    defaults={"signing_algorithm": SigningAlgorithm.RS256.value, "scopes_from_document": False},
    check=_check,
)

_OF_THE_DOCUMENT = (
    "issuer",
    "audience",
    "other_issuers",
    "trusted_issuers",
    "other_audiences",
    "openid_configuration_url",
    "required_scopes",
    "required_claims",
    "scope_claim",
    "scope_match",
    "clock_skew",
    "validate_connectivity",
    "allowed_origins",
    "rate_limit_calls",
    "rate_limit_seconds",
    "quota_calls",
    "quota_seconds",
    "counted_by",
    "backend_url",
    "backend_id",
    "dropped_request_headers",
    "dropped_response_headers",
    "included_fragments",
    "raw_inbound",
    "raw_outbound",
    "raw_on_error",
    "resource_metadata",
    "unauthorized_message",
    "forbidden_message",
)


def jwt_settings(inputs: Inputs) -> pulumi.Output[dict[str, object]]:
    """The inputs that a document is made of, by name, without those that are not given."""
    return pulumi.Output.all(**{name: inputs.output(name) for name in _OF_THE_DOCUMENT if name in inputs})


def level_of(inputs: Inputs) -> str:
    """The scope that the policy belongs to: `operation`, `api`, `product` or `service`."""
    if "product_id" in inputs:
        return "product"
    if "api_id" not in inputs:
        return "service"
    return "operation" if "operation_id" in inputs else "api"
