"""What a ProtectedApi is told: the inputs of its parts, by the parts' own names."""

import pulumi
from typing_extensions import NotRequired, TypedDict

from auth0_apim.api_gateway import GatewaySku
from auth0_apim.auth0_api import SigningAlgorithm
from auth0_apim.interactive_client import Application
from auth0_apim.jwt_policy import CountedBy, ScopeMatch
from auth0_apim.machine_client import TokenEndpointAuthMethod
from auth0_apim.passwords import PasswordPolicy
from auth0_apim.published_api import LinkFormat, VersioningScheme


class ProtectedApiArgs(TypedDict):
    identifier: pulumi.Input[str]
    """Required. The API's immutable identifier, 1 to 600 characters; the `aud` claim of its tokens. Example: `basic-calculator`."""
    openapi: pulumi.Input[str]
    """Required. The OpenAPI 3 or Swagger 2.0 document: the path of a `.json`, `.yaml` or `.yml` file, the text itself, or an https URL. Example: `openapi/calculator.yaml`."""
    path: pulumi.Input[str]
    """Required. The API's URL suffix behind the gateway's address, unique in the service. Example: `calc`."""
    resource_group_name: pulumi.Input[str]
    """Required. The resource group of the API Management service. Example: `calculator-dev`."""
    service_name: pulumi.Input[str]
    """Required. The API Management service's name. Example: `contoso-apis-dev`."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The API's name in Auth0 and in API Management. Example: `Basic Calculator`."""
    scopes: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Every scope the API has, as a map from the scope to its description. Example: `{"calc:add": "Add two numbers"}`."""
    signing_algorithm: NotRequired[SigningAlgorithm]
    """Optional, defaults to `RS256`. How Auth0 signs the API's tokens."""
    permissions_in_token: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Enforce role-based access control: operations then ask for permissions instead of scopes."""
    token_lifetime: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 86400. Seconds an access token is good for, 1 to 2592000."""
    allow_offline_access: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to `offline_access`. Let clients ask for refresh tokens with the scope `offline_access`."""
    domain: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the domain of the tenant that the auth0 provider manages. The domain tokens are requested from, without scheme. Example: `login.example.com`."""
    metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata of the clients and of the database connection in Auth0: up to 10 texts by name. Example: `{"owner": "platform-team"}`."""
    existing_service: NotRequired[bool]
    """Optional, defaults to false. Use an API Management service that exists: it is read, never changed, and remains after a destroy. Excludes every input that describes a new one."""
    publisher_name: NotRequired[pulumi.Input[str]]
    """Required unless `existing_service`. The organization's name, 1 to 100 characters."""
    publisher_email: NotRequired[pulumi.Input[str]]
    """Required unless `existing_service`. The administrator's e-mail address."""
    sku: NotRequired[pulumi.Input[GatewaySku]]
    """Optional, defaults to `Consumption`. The service's tier; a developer portal needs another one, and so do limits unless they are counted by subscription."""
    capacity: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 0 in tier Consumption and to 1 in every other. The number of units."""
    location: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the resource group's region. The Azure region. Example: `westeurope`."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Tags of the service."""
    restore: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Restore the soft-deleted service of this name instead of creating one. Remove this input after the deployment."""
    system_identity: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Enable the service's system-assigned managed identity, which reads secrets of Key Vaults: `principal_id`."""
    user_identity_ids: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. ARM ids of user-assigned managed identities of the service. Example: `["/subscriptions/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"]`."""
    service_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the first https server of the document. The backend's base URL."""
    keep_service_url: NotRequired[bool]
    """Optional, defaults to false. For an API that was set up by hand: it keeps the backend as its service URL, so that calls also reach it without a policy. Remove this input with the deployment after the one that adds this component. The policy pack reports it."""
    link_format: NotRequired[pulumi.Input[LinkFormat]]
    """Optional, defaults to OpenAPI 3 in the format the URL's ending names. What the URL in `openapi` leads to."""
    api_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the path, with dashes for slashes, and the version. The API's id in API Management, 1 to 80 characters."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the document's. What the developer portal says about the API, at most 1000 characters."""
    product_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no product. Display name of a product that is made for the API. Example: `Starter`."""
    product_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no product. The id of an existing product that the API is put into; excludes `product_name`. Example: `starter`."""
    product_subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. With `product_name`: whether that product needs a subscription; Azure then creates one of its own, with which the azure-native provider cannot delete the product: in an existing service it needs `keep_product`."""
    keep_product: NotRequired[bool]
    """Optional, defaults to false. With `product_name`: when the product is removed here, or the stack destroyed, the product stays in the service; `product_id` names it from then on."""
    subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether calls need a subscription key besides the token."""
    version: NotRequired[pulumi.Input[str]]
    """Optional, defaults to an API without one. The API's version identifier. Example: `v1`."""
    versioning_scheme: NotRequired[pulumi.Input[VersioningScheme]]
    """Optional, defaults to `Segment` where there is a version. Where callers name it. Without `version` the API is the original one beside versions, called as if it had none."""
    version_set_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a version set made here where there is a version or a scheme. The ARM id of the version set of the API's other versions."""
    operation_scopes: NotRequired[dict[str, list[str]]]
    """Required, unless `default_scopes`, `scopes_from_document` or `public_operations` is given. The scopes that calls of single operations need, by operation: its id, or its method and URL template. An empty list accepts any good token. Operations that are not listed are denied: 403. Example: `{"add": ["calc:add"], "GET /version": []}`."""
    default_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to denying them. The scopes that calls of every operation need that is not listed; an empty list accepts any good token. Not with a document that is a URL."""
    public_operations: NotRequired[list[str]]
    """Optional, defaults to none. Operations that callers may use without a token, such as a health check, by id or by method and URL template. Example: `["health"]`."""
    scopes_from_document: NotRequired[bool]
    """Optional, defaults to false. Operations that `operation_scopes` does not name need the scopes of their `security` requirements in the document."""
    required_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Scopes that every call needs."""
    scope_match: NotRequired[pulumi.Input[ScopeMatch]]
    """Optional, defaults to `all`. How many of the required scopes a token needs."""
    required_claims: NotRequired[pulumi.Input[dict[str, pulumi.Input[list[pulumi.Input[str]]]]]]
    """Optional, defaults to none. Further claims that every call needs, each with the values of which the token must have one; 403 without. Example: `{"https://example.com/plan": ["gold", "silver"]}`."""
    other_issuers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Further accepted `iss` claims, such as the tenant's own domain beside its custom one."""
    other_audiences: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Further accepted `aud` claims."""
    clock_skew: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 0. Seconds by which the clocks of Auth0 and the gateway may differ, up to 300."""
    allowed_origins: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Origins whose pages may call the API from a browser. Example: `["https://app.example.com"]`."""
    rate_limit_calls: NotRequired[pulumi.Input[int]]
    """Optional, defaults to no limit. The calls that one caller may make in `rate_limit_seconds`; further calls get 429. In tier Consumption only counted by subscription."""
    rate_limit_seconds: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 60. The rate limit's period in seconds, up to 300."""
    quota_calls: NotRequired[pulumi.Input[int]]
    """Optional, defaults to no quota. The calls that one caller may make in `quota_seconds`; further calls get 403. Only in the classic dedicated tiers."""
    quota_seconds: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 86400, a day. The quota's period in seconds, from 300; 0 never ends."""
    counted_by: NotRequired[pulumi.Input[CountedBy]]
    """Optional, defaults to `subject`. Whose calls the rate limit and the quota count; a subscription's only by the rate limit."""
    backend_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to `service_url`. With `existing_service`: the backend that calls with a good token are sent to, `ApiBackend.backend_id`."""
    dropped_request_headers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Headers that the backend does not get. Example: `["Authorization", "Ocp-Apim-Subscription-Key"]`."""
    dropped_response_headers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Headers that the caller does not get. Example: `["Server", "X-Powered-By"]`."""
    included_fragments: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. With `existing_service`: policy fragments that run after validation, in the inbound section, `PolicyFragment.fragment_id`."""
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
    client_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the API's name followed by `Client`. The machine client's name in Auth0."""
    client_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to every scope of the API. The scopes that the machine client is granted."""
    token_endpoint_auth_method: NotRequired[pulumi.Input[TokenEndpointAuthMethod]]
    """Optional, defaults to `client_secret_post`. How the machine client shows its secret at the token endpoint."""
    allow_password_grant: NotRequired[bool]
    """Optional, defaults to false. Let the clients, and the developer portal, exchange a user's password for tokens, which RFC 9700 advises against."""
    callbacks: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no application that people log in to. Every address that a login may answer to, exactly. Example: `["https://app.example.com/callback"]`."""
    interactive_client_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the API's name followed by `Login`. The name of that application in Auth0."""
    interactive_client_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to every scope of the API. The scopes that that application, and with it the developer portal, may ask its users for, and no others."""
    application: NotRequired[pulumi.Input[Application]]
    """Optional, defaults to `regular_web`. Whether that application runs on a server, with a secret, or in the browser, without; the developer portal needs the former."""
    allowed_logout_urls: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Every address that a logout may answer to, exactly. Example: `["https://app.example.com/"]`."""
    web_origins: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Origins whose pages may renew a login silently. Example: `["https://app.example.com"]`."""
    offline_access: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Let that application have refresh tokens: rotating ones that expire after 30 days, or 15 without use."""
    portal_display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no login for the developer portal. The name that the portal shows for it, 1 to 50 characters. Example: `Auth0`."""
    connection_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no database. The name of a database connection that is made for the API's users. Example: `BasicCalculator`."""
    password_policy: NotRequired[pulumi.Input[PasswordPolicy]]
    """Optional, defaults to `good`. The password policy."""
    minimum_password_length: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 12. The minimum password length, 1 to 72 characters; it replaces the length of the password policy."""
    password_history: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 5. The number of a user's former passwords that are refused, 0 to 24."""
    requires_username: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether users have a user name besides their e-mail address."""
    allow_sign_up: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether anybody may sign up."""
    brute_force_protection: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to true. Whether an IP address is blocked after repeated wrong passwords for one user."""
    scripts: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to Auth0's own database. The text of a custom database's scripts by name: `login`, `get_user`, `create`, `verify`, `change_password`, `change_email`, `delete`; `login` is required."""
    import_mode: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether each user of the custom database is imported into Auth0 at the first login; needs the scripts `login` and `get_user`."""
    configuration: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Values that the scripts read as `configuration`, such as a connection string. Secret."""
    user_email: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no user. The e-mail address of a first user in that database; with `user_password`."""
    user_password: NotRequired[pulumi.Input[str]]
    """Optional. That user's password; kept secret."""
    username: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. That user's name, in a database that requires one. Example: `jane`."""
