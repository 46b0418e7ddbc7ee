"""What the walk changes: for each input of each component two values, or the row that changes it as well.

A test compares the rows with the schema: an input without a row fails it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auth0_apim import (
    Application,
    CheckedBy,
    ClientAuthentication,
    CountedBy,
    GatewaySku,
    LinkFormat,
    PasswordPolicy,
    ScopeClaim,
    ScopeMatch,
    SigningAlgorithm,
    TokenEndpointAuthMethod,
    TokenSending,
    UserAccess,
    Verbosity,
    VersioningScheme,
)
from program import DOCUMENT, LESSER, NEEDED, OTHER_PUBLIC_KEY, PUBLIC_KEY, SCRIPTS, Made


@dataclass(frozen=True)
class Change:
    """Two values of an input, which is given, changed and taken away.

    Attributes:
        given: the first value, or a function of the components made before.
        changed: the second one.
        beside: other inputs of the component that both values need.
        others: other components that both values need, made before the guard.
        refused: why the service refuses the values, where no preview can know it; such a step holds where callers see nothing of it.
    """

    given: Any
    changed: Any
    beside: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Wired:
    """An input that follows from other components: the row that changes it, as `Component.input`."""

    by: str


Row = Change | Wired

_SERVICE: dict[str, Row] = {
    "resource_group_name": Wired("ApiGateway.resource_group_name"),
    "service_name": Wired("ApiGateway.service_name"),
}
_GRANTED: dict[str, Row] = {"audience": Wired("Auth0Api.identifier"), "available_scopes": Wired("Auth0Api.scopes")}
_ORIGINS = ["https://app.example.com"]
_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/walk/providers"
_MORE = json.loads(DOCUMENT)
_MORE["paths"]["/more"] = {"get": {"operationId": "more", "responses": {"200": {"description": "Done"}}}}
_OTHER = json.loads(DOCUMENT) | {"info": {"title": "Other shop", "version": "2", "description": "Sells more."}}
_DENIED = '<set-header name="X-Walk"><value>{}</value></set-header>'


def _of(component: str, output: str) -> Callable[[Made], Any]:
    def value(made: Made) -> Any:
        return getattr(made[component], output)

    return value


_DOMAIN = "login.example.com"
_UNREACHABLE = "there is no OpenID document at the address"
_SERVICE_STAYS = "the service keeps its name until it is deleted, and 48 hours longer"

ROWS: dict[str, dict[str, Row]] = {
    "Auth0Api": {
        "identifier": Change("shop-two", "https://shop.example/"),
        "existing": Change(True, True, beside={"identifier": "before", "scopes": None}),
        "display_name": Change("Shop", "Shop of two"),
        "scopes": Change({NEEDED: "Write", LESSER: "Read", "x": "X"}, {NEEDED: "Write it", LESSER: "Read"}),
        "signing_algorithm": Change(SigningAlgorithm.HS256, SigningAlgorithm.RS256),
        "permissions_in_token": Change(True, False),
        "token_lifetime": Change(3600, 7200),
        "allow_offline_access": Change(True, False),
        "user_access": Change(UserAccess.ALLOW_ALL, UserAccess.REQUIRE_CLIENT_GRANT),
        "domain": Change(_DOMAIN, "id.example.com", refused=_UNREACHABLE),
    },
    "MachineClient": {
        "scopes": Change([NEEDED], [LESSER, NEEDED]),
        "existing_client_id": Change("nobody", "nobody-else", beside={"scopes": [NEEDED, LESSER]}),
        "existing_grant": Change(True, False),
        "display_name": Change("Robot", "Robots"),
        "token_endpoint_auth_method": Change(TokenEndpointAuthMethod.BASIC, TokenEndpointAuthMethod.POST),
        "public_keys": Change({"one": PUBLIC_KEY}, {"one": PUBLIC_KEY, "two": OTHER_PUBLIC_KEY}),
        "token_quota_per_hour": Change(100_000, 50_000),
        "token_quota_per_day": Change(1_000_000, 500_000),
        "allow_password_grant": Change(True, False),
        "metadata": Change({"team": "one"}, {"owner": "two"}),
        **_GRANTED,
    },
    "InteractiveClient": {
        "callbacks": Change(
            ["https://one.example/callback"], ["https://one.example/callback", "http://localhost:3000/"]
        ),
        "existing_client_id": Change("nobody", "nobody-else", beside={"callbacks": None}),
        "existing_grant": Change(True, False),
        "without_grant": Change(True, True, beside={"scopes": None, "audience": None, "available_scopes": None}),
        "application": Change(Application.SINGLE_PAGE, Application.REGULAR_WEB),
        "display_name": Change("Login", "Log in"),
        "allowed_logout_urls": Change(["https://app.example.com/bye"], ["https://app.example.com/"]),
        "web_origins": Change(_ORIGINS, ["http://localhost:3000"]),
        "scopes": Change([NEEDED], [LESSER, NEEDED]),
        "offline_access": Change(True, False),
        "allow_password_grant": Change(True, False),
        "metadata": Change({"team": "one"}, {"owner": "two"}),
        **_GRANTED,
    },
    "UserDatabase": {
        "connection_name": Change("Readers", "Writers"),
        "existing": Change(True, True, beside={"connection_name": "nobody", "enabled_clients": None}),
        "password_policy": Change(PasswordPolicy.EXCELLENT, PasswordPolicy.FAIR),
        "minimum_password_length": Change(16, 14),
        "password_history": Change(0, 10),
        "requires_username": Change(True, False),
        "allow_sign_up": Change(True, False),
        "brute_force_protection": Change(False, True),
        "scripts": Change(SCRIPTS, {"login": SCRIPTS["login"] + "\n// again"}),
        "import_mode": Change(True, False, beside={"scripts": SCRIPTS | {"get_user": SCRIPTS["login"]}}),
        "configuration": Change({"url": "a"}, {"url": "b"}, beside={"scripts": SCRIPTS}),
        "metadata": Change({"team": "one"}, {"owner": "two"}),
        "enabled_clients": Change(lambda made: [made["MachineClient"].client_id], []),
    },
    "DatabaseUser": {
        "email": Change("joe@example.com", "Jane@Example.com"),
        "password": Change("Five other Words 4 you", "Six more Words 4 them"),
        "username": Change("jane", "joe"),
        "email_verified": Change(False, True),
        "roles": Change(lambda made: [made["Role"].role_id], [], others=("Role",)),
        "user_metadata": Change({"team": "one"}, {"owner": "two"}),
        "app_metadata": Change({"team": "one"}, {"owner": "two"}),
        "connection_name": Wired("UserDatabase.connection_name"),
        "password_policy": Wired("UserDatabase.password_policy"),
        "minimum_password_length": Wired("UserDatabase.minimum_password_length"),
    },
    "Role": {
        "permissions": Change([NEEDED], [LESSER, NEEDED]),
        "role_name": Change("Reader", "Readers"),
        "description": Change("Reads", "Reads more"),
        **_GRANTED,
    },
    "ApiGateway": {
        "resource_group_name": Change("walk-two", "walk-three", refused=_SERVICE_STAYS),
        "service_name": Change("walk-two", "walk-three", refused=_SERVICE_STAYS),
        "existing": Change(
            True, True, beside={"service_name": "walk", "publisher_name": None, "publisher_email": None, "sku": None}
        ),
        "publisher_name": Change("Fabrikam", "Contoso and Fabrikam"),
        "publisher_email": Change("admin@fabrikam.example", "apis@fabrikam.example"),
        "sku": Change(GatewaySku.BASIC, GatewaySku.STANDARD),
        "capacity": Change(2, 1, beside={"sku": GatewaySku.STANDARD}),
        "location": Change("northeurope", "North Europe", refused=_SERVICE_STAYS),
        "restore": Change(True, False),
        "system_identity": Change(True, False),
        "user_identity_ids": Change(
            [f"{_ID}/Microsoft.ManagedIdentity/userAssignedIdentities/one"],
            [f"{_ID}/Microsoft.ManagedIdentity/userAssignedIdentities/two"],
        ),
        "tags": Change({"team": "one"}, {"owner": "two"}),
    },
    "PublishedApi": {
        **_SERVICE,
        "path": Change("store", "shop/two"),
        "openapi": Change(json.dumps(_MORE), json.dumps(_OTHER)),
        "link_format": Change(LinkFormat.OPENAPI_JSON, LinkFormat.OPENAPI_YAML),
        "api_id": Change("store", "shop-two"),
        "display_name": Change("Store", "Stores"),
        "description": Change("Sells.", "Sells more."),
        "service_url": Wired("ApiBackend.url"),
        "keep_service_url": Change(True, False),
        "subscription_required": Change(True, False),
        "product_name": Change("Starter", "Unlimited"),
        "product_id": Change(lambda made: made["ApiProduct"].product_id, None, others=("ApiProduct",)),
        "product_subscription_required": Change(True, False, beside={"product_name": "Starter"}),
        "keep_product": Change(True, False, beside={"product_name": "Starter"}),
        "product_groups": Change(["developers"], ["guests", "developers"], beside={"product_name": "Starter"}),
        "version": Change("v1", "v2"),
        "versioning_scheme": Change(VersioningScheme.HEADER, VersioningScheme.QUERY),
        "version_set_id": Change("nobody", "nobody-else"),
        "checked_by": Change(CheckedBy.PRODUCT, CheckedBy.SERVICE),
        "allow_anonymous_calls": Change(True, False),
        "authorization_server_id": Change(
            _of("PortalLogin", "authorization_server_id"), None, others=("InteractiveClient", "PortalLogin")
        ),
        "gateway_url": Change("https://api.example.com", "https://api.example.org"),
    },
    "JwtPolicy": {
        **_SERVICE,
        "other_issuers": Change(["https://login.example.com/"], ["https://id.example.com/"]),
        "trusted_issuers": Change(
            {"moved": {"issuer": "https://id.example.com/", "audiences": ["shop"]}},
            {"moved": {"issuer": "https://id.example.com/", "audiences": ["store"], "scope_claim": "scp"}},
            beside={"validate_connectivity": False},
        ),
        "other_audiences": Change(["https://other.example"], ["https://another.example"]),
        "signing_algorithm": Wired("Auth0Api.signing_algorithm"),
        "signing_secret": Wired("Auth0Api.signing_algorithm"),
        "required_scopes": Change([LESSER], [NEEDED], beside={"operation_scopes": None, "default_scopes": [NEEDED]}),
        "operation_scopes": Change({"add": [NEEDED], "divide": [LESSER]}, {"add": [LESSER, NEEDED]}),
        "default_scopes": Change([NEEDED], []),
        "public_operations": Change(["health"], ["GET /health", "divide"]),
        "scopes_from_document": Change(True, False, beside={"openapi": DOCUMENT}),
        "required_claims": Change({"gty": ["client-credentials"]}, {"gty": ["client-credentials", "x"]}),
        "scope_claim": Change(ScopeClaim.PERMISSIONS, ScopeClaim.SCOPE),
        "scope_match": Change(ScopeMatch.ANY, ScopeMatch.ALL),
        "clock_skew": Change(60, 300),
        "validate_connectivity": Change(False, True),
        "allowed_origins": Change(_ORIGINS, ["http://localhost:3000"]),
        "rate_limit_calls": Change(100_000, 50_000),
        "rate_limit_seconds": Change(30, 60, beside={"rate_limit_calls": 100_000}),
        "quota_calls": Change(1_000_000, 500_000),
        "quota_seconds": Change(3600, 0, beside={"quota_calls": 1_000_000}),
        "counted_by": Change(CountedBy.CLIENT, CountedBy.SUBJECT, beside={"rate_limit_calls": 100_000}),
        "backend_id": Change(_of("ApiBackend", "backend_id"), None, others=("ApiBackend",)),
        "dropped_request_headers": Change(["X-One"], ["X-Two", "X-One"]),
        "dropped_response_headers": Change(["Server"], ["Server", "X-Powered-By"]),
        "included_fragments": Change(lambda made: [made["PolicyFragment"].fragment_id], [], others=("PolicyFragment",)),
        "raw_inbound": Change(_DENIED.format("one"), _DENIED.format("two")),
        "raw_outbound": Change(_DENIED.format("one"), _DENIED.format("two")),
        "raw_on_error": Change(_DENIED.format("one"), _DENIED.format("two")),
        "resource_metadata": Change(
            "https://api.example.com/.well-known/oauth-protected-resource/shop",
            "https://api.example.com/.well-known/oauth-protected-resource/store",
        ),
        "unauthorized_message": Change("No.", "No & <no>."),
        "forbidden_message": Change("No.", "No & <no>."),
        "issuer": Change("https://login.example.com/", "https://id.example.com/"),
        "audience": Wired("Auth0Api.identifier"),
        "openid_configuration_url": Change(
            "https://login.example.com/openid", "https://id.example.com/openid", refused=_UNREACHABLE
        ),
        "api_id": Wired("PublishedApi.api_id"),
        "product_id": Change(
            lambda made: made["ApiProduct"].product_id,
            None,
            beside={"api_id": None, "operations": None, "operation_scopes": None, "default_scopes": None},
            others=("ApiProduct",),
        ),
        "operation_id": Change(
            "add",
            "divide",
            beside={"operation_scopes": None, "default_scopes": None, "required_scopes": [NEEDED]},
        ),
        "openapi": Wired("JwtPolicy.scopes_from_document"),
        "available_scopes": Change(_of("Auth0Api", "scopes"), [NEEDED, LESSER, "x"]),
        "operations": Wired("PublishedApi.openapi"),
        "backend_url": Wired("ApiBackend.url"),
        "sku": Change("Developer", "Consumption"),
    },
    "ApiProduct": {
        **_SERVICE,
        "display_name": Change("Friends", "Best friends"),
        "product_id": Change("friends", "best"),
        "description": Change("For friends", "For best friends"),
        "terms": Change("Be kind", "Be kinder"),
        "subscription_required": Change(True, False, beside={"keep_product": True}),
        "keep_product": Change(True, False),
        "approval_required": Change(True, False, beside={"subscription_required": True, "keep_product": True}),
        "subscriptions_limit": Change(1, 2, beside={"subscription_required": True, "keep_product": True}),
        "published": Change(False, True),
    },
    "ApiSubscription": {
        **_SERVICE,
        "product_id": Change(
            lambda made: made["ApiProduct"].product_id,
            lambda made: made["ApiProduct"].product_id,
            beside={"api_id": None},
            others=("ApiProduct",),
        ),
        "api_id": Wired("PublishedApi.api_id"),
        "display_name": Change("Partner Inc.", "Partner Ltd."),
        "subscription_id": Change("partner", "friend"),
        "allow_tracing": Change(True, False),
    },
    "ApiBackend": {
        **_SERVICE,
        "url": Change("http://127.0.0.1:9/one", "http://127.0.0.1:9/two"),
        "backend_id": Change("one", "two"),
        "title": Change("One", "Two"),
        "header_credentials": Change({"X-Key": "one"}, {"X-Other-Key": "two"}),
        "query_credentials": Change({"key": "one"}, {"other": "two"}),
    },
    "NamedSecret": {
        **_SERVICE,
        "value": Change("one value", "another value"),
        "key_vault_secret": Change("https://contoso.vault.azure.net/secrets/a", None, beside={"value": None}),
        "key_vault_client_id": Change(
            "00000000-0000-0000-0000-000000000000",
            "00000000-0000-0000-0000-000000000001",
            beside={"value": None, "key_vault_secret": "https://contoso.vault.azure.net/secrets/a"},
        ),
        "secret_name": Change("one", "two"),
    },
    "PolicyFragment": {
        **_SERVICE,
        "policies": Change(_DENIED.format("one"), _DENIED.format("two")),
        "fragment_id": Change("one", "two"),
        "description": Change("One", "Two"),
    },
    "ApiDiagnostics": {
        **_SERVICE,
        "connection_string": Change(
            "InstrumentationKey=00000000-0000-0000-0000-000000000001",
            "InstrumentationKey=00000000-0000-0000-0000-000000000002",
        ),
        "api_id": Wired("PublishedApi.api_id"),
        "logger_id": Change("one", "two"),
        "application_insights_id": Change(
            f"{_ID}/Microsoft.Insights/components/one", f"{_ID}/Microsoft.Insights/components/two"
        ),
        "sampling_percentage": Change(50, 12.5),
        "verbosity": Change(Verbosity.ERROR, Verbosity.VERBOSE),
        "log_client_ip": Change(True, False),
        "logged_headers": Change(["User-Agent"], ["User-Agent", "Accept"]),
    },
    "ApiRevision": {
        **_SERVICE,
        "api_id": Wired("PublishedApi.api_id"),
        "path": Wired("PublishedApi.path"),
        "url": Wired("PublishedApi.path"),
        "display_name": Wired("PublishedApi.display_name"),
        "api_description": Wired("PublishedApi.description"),
        "subscription_required": Wired("PublishedApi.subscription_required"),
        "version": Wired("PublishedApi.version"),
        "version_set_id": Wired("PublishedApi.version_set_id"),
        "revision": Change("3", "4"),
        "openapi": Change(json.dumps(_MORE), json.dumps(_OTHER)),
        "service_url": Change("http://127.0.0.1:9/one", "http://127.0.0.1:9/two"),
        "description": Change("One more", "Two more"),
    },
    "PortalLogin": {
        **_SERVICE,
        "display_name": Change("Log in", "Sign in"),
        "description": Change("One", "Two"),
        "authorization_server_id": Change("one", "two"),
        "client_registration_endpoint": Change("https://example.com/register", "https://example.com/sign-up"),
        "grant_types": Change(["client_credentials"], ["authorization_code", "client_credentials"]),
        "authorization_methods": Change(["GET", "POST"], ["GET"]),
        "client_authentication": Change(ClientAuthentication.BODY, ClientAuthentication.BASIC),
        "token_sending": Change(TokenSending.QUERY, TokenSending.AUTHORIZATION_HEADER),
        "default_scope": Change(LESSER, f"openid {LESSER}"),
        "token_body_parameters": Change({"one": "1"}, {"two": "2"}),
        "resource_owner_username": Change(
            "jane@example.com",
            "joe@example.com",
            beside={"grant_types": ["password"], "resource_owner_password": "Three quiet Words 4 me"},
        ),
        "resource_owner_password": Change(
            "Three quiet Words 4 me",
            "Five other Words 4 you",
            beside={"grant_types": ["password"], "resource_owner_username": "jane@example.com"},
        ),
        "audience": Wired("Auth0Api.identifier"),
        "authorization_endpoint": Wired("Auth0Api.domain"),
        "token_endpoint": Wired("Auth0Api.domain"),
        "client_id": Wired("InteractiveClient.application"),
        "client_secret": Wired("InteractiveClient.application"),
        "available_scopes": Change([LESSER], [LESSER, NEEDED]),
        "portal_url": Change("https://portal.example.com", "https://portal.example.org"),
        "sku": Change("Developer", "Consumption"),
    },
}
"""Every input of every component but the composite, in Python's spelling."""

PROTECTED_API: dict[str, Row] = {
    **{name: Wired(f"ProtectedApi.{name}.*") for name in ("api", "gateway", "publication", "policy")},
    "client": Wired("ProtectedApi.client.*"),
    "interactive_client": Change(
        {"callbacks": ["https://one.example/callback"]}, None, beside={"database": None, "user": None, "portal": None}
    ),
    "database": Change({"connection_name": "Writers"}, {"connection_name": "Editors"}),
    "user": Change({"email": "joe@example.com", "password": "Five other Words 4 you"}, None),
    "roles": Change({"one": {"permissions": [LESSER]}}, {"two": {"permissions": [NEEDED]}}),
    "portal": Change({"grant_types": ["client_credentials"]}, None),
    "tags": Change({"team": "one"}, {"owner": "two"}),
    "metadata": Change({"team": "one"}, {"owner": "two"}),
}
"""The composite's own inputs; those of its sections are walked with the values of their components."""
