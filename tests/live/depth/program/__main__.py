"""Every component at full depth: one API behind policies at all four scopes, with roles, products, a backend's own secret."""

import json
from pathlib import Path
from typing import Any

import pulumi
from auth0_apim import (
    ApiBackend,
    ApiDiagnostics,
    ApiGateway,
    ApiProduct,
    ApiRevision,
    ApiSubscription,
    Auth0Api,
    DatabaseUser,
    InteractiveClient,
    JwtPolicy,
    MachineClient,
    NamedSecret,
    PolicyFragment,
    PublishedApi,
    Role,
    UserDatabase,
)

config = pulumi.Config()
document = json.loads(Path("openapi.json").read_text(encoding="utf-8"))
document["servers"] = [{"url": "https://placeholder.example"}]

gateway = ApiGateway(
    "gateway",
    {
        "resource_group_name": "local",
        "service_name": "depth",
        "publisher_name": "Contoso",
        "publisher_email": "apis@contoso.example",
        "sku": "Developer",
        "restore": config.get_bool("restore") or False,
    },
)
service: Any = {"resource_group_name": gateway.resource_group_name, "service_name": gateway.service_name}
if not config.get_bool("gatewayOnly"):
    api = Auth0Api(
        "api",
        {
            "identifier": "https://echo.example/{{team}}?a<b&c='@(d)'",
            "scopes": {"echo:read": "Read", "echo:write": "Write"},
            "permissions_in_token": True,
        },
    )
    granted: Any = {"audience": api.audience, "available_scopes": api.scopes}
    machine = MachineClient("machine", {**granted, "scopes": api.scopes})
    login = InteractiveClient(
        "login",
        {
            **granted,
            "scopes": ["echo:read"],
            "callbacks": ["https://app.example.com/callback"],
            "allow_password_grant": True,
        },
    )
    reader = Role("reader", {**granted, "permissions": ["echo:read"]})
    users = UserDatabase("Readers", {"enabled_clients": [login.client_id]})
    password = config.require_secret("userPassword")
    jane = DatabaseUser(
        "jane",
        {
            "connection_name": users.connection_name,
            "email": "jane@example.com",
            "password": password,
            "roles": [reader.role_id],
        },
    )

    whole = pulumi.ResourceOptions(deleted_with=gateway)
    added = {"/added": {"get": {"operationId": "added", "responses": {}}}}
    revised = document | {"paths": {**document["paths"], **added}}
    # What was tried as a revision becomes the API by an edit of the program.
    is_taken_over = config.get_bool("takeOver") or False
    current = revised if is_taken_over else document
    product = ApiProduct(
        "partners",
        {**service, "display_name": "Partners", "approval_required": True, "subscriptions_limit": 2},
        whole,
    )
    published = PublishedApi(
        "echo",
        {
            **service,
            "path": "echo",
            "openapi": json.dumps(current),
            "service_url": "https://placeholder.example",
            "subscription_required": True,
            "product_id": product.product_id,
            "gateway_url": gateway.gateway_url,
        },
        whole,
    )
    partner = ApiSubscription("partner", {**service, "product_id": product.product_id})
    backend = ApiBackend(
        "echo-backend",
        {
            **service,
            "url": config.require("backendUrl"),
            "header_credentials": {"X-Backend-Key": config.require_secret("backendKey")},
        },
    )
    team = NamedSecret("team", {**service, "value": config.require_secret("team")}, whole)
    fragment = PolicyFragment(
        "team-header",
        {
            **service,
            "policies": pulumi.Output.concat(
                '<set-header name="X-Team"><value>', team.reference, "</value></set-header>"
            ),
        },
        whole,
    )

    def told(scope: str) -> str:
        """A mark on the answer that says which document has run."""
        return f'<set-header name="X-{scope}-Policy" exists-action="override"><value>ran</value></set-header>'

    check: Any = {
        **service,
        "issuer": api.issuer,
        "audience": api.audience,
        "openid_configuration_url": api.openid_configuration_url,
        "scope_claim": "permissions",
        "sku": gateway.sku,
    }
    JwtPolicy("global", {**check, "raw_outbound": told("Global"), "other_audiences": ["https://other.example"]})
    JwtPolicy(
        "product",
        {
            **check,
            "product_id": product.product_id,
            "raw_outbound": told("Product"),
            "quota_calls": 40,
            "counted_by": "subscription",
        },
    )
    guarded: Any = {**check, "available_scopes": api.scopes, "backend_id": backend.backend_id}
    policy = JwtPolicy(
        "policy",
        {
            **guarded,
            "api_id": published.api_id,
            "operations": published.operations,
            "scopes_from_document": True,
            "openapi": json.dumps(document),
            "operation_scopes": {"health": [], **({"added": []} if is_taken_over else {})},
            "included_fragments": [fragment.fragment_id],
            "dropped_request_headers": ["Ocp-Apim-Subscription-Key"],
            "dropped_response_headers": ["Server", "X-Powered-By"],
            "raw_outbound": told("Api"),
        },
    )
    one: Any = {
        **check,
        "api_id": published.api_id.apply(lambda known: known),
        "operations": published.operations,
        "backend_id": backend.backend_id,
    }
    after_api = pulumi.ResourceOptions(depends_on=[policy])
    JwtPolicy(
        "machines-only",
        {
            **one,
            "operation_id": "machine",
            "forbidden_message": 'For "machines" alone, not for {{team}} & @(context.User)',
            "required_claims": {"gty": ["client-credentials"]},
            "dropped_request_headers": ["Authorization"],
            "raw_outbound": told("Operation"),
        },
        after_api,
    )
    JwtPolicy(
        "limited",
        {**one, "operation_id": "limited", "rate_limit_calls": 2, "quota_calls": 100, "counted_by": "client"},
        after_api,
    )
    ApiDiagnostics(
        "insights",
        {
            **service,
            "api_id": published.api_id,
            "connection_string": config.require_secret("connectionString"),
            "logged_headers": ["User-Agent"],
        },
    )
    if not is_taken_over:
        trial: Any = {
            **service,
            "api_id": published.api_id,
            "path": published.path,
            "url": published.url,
            "display_name": published.display_name,
            "api_description": published.description,
            "subscription_required": published.subscription_required,
            "openapi": json.dumps(revised),
            "service_url": "https://placeholder.example",
        }
        revision = ApiRevision("second", {**trial, "revision": "2", "description": "One operation more"}, whole)
        JwtPolicy(
            "policy-of-the-revision",
            {
                **guarded,
                "api_id": revision.revision_id,
                "operations": revision.operations,
                "scopes_from_document": True,
                "openapi": json.dumps(document),
                "operation_scopes": {"health": [], "added": []},
            },
        )
        unguarded = ApiRevision("third", {**trial, "revision": "3"}, whole)
        pulumi.export("revisionUrl", revision.url)
        pulumi.export("unguardedUrl", unguarded.url)
    versions: Any = {
        **service,
        "path": "versioned",
        "openapi": json.dumps(document),
        "service_url": config.require("backendUrl"),
        "versioning_scheme": "Header",
        "gateway_url": gateway.gateway_url,
    }
    first = PublishedApi("v1", {**versions, "version": "v1"}, whole)
    following = PublishedApi("v2", {**versions, "version": "v2", "version_set_id": first.version_set_id}, whole)
    for version in (first, following):
        JwtPolicy(
            f"policy-of-{'v1' if version is first else 'v2'}",
            {
                **check,
                "api_id": version.api_id,
                "operations": version.operations,
                "backend_url": version.backend_url,
                "default_scopes": [],
                "raw_outbound": told("First" if version is first else "Second"),
            },
        )
    for name, value in {
        "url": published.url,
        "versionedUrl": following.url,
        "tokenEndpoint": api.token_endpoint,
        "audience": api.audience,
        "machineId": machine.client_id,
        "machineSecret": machine.client_secret,
        "loginId": login.client_id,
        "loginSecret": login.client_secret,
        "connection": users.connection_name,
        "email": jane.email,
        "key": partner.primary_key,
        "policy": policy.policy_xml,
    }.items():
        pulumi.export(name, value)
