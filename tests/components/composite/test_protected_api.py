"""ProtectedApi against mocks: its parts and their wiring; that tokens pass and fail at the gateway is proven live."""

import json
from html import unescape

import pulumi
import pytest
from auth0_apim import GatewaySku, ProtectedApi, ProtectedApiArgs, SigningAlgorithm
from auth0_apim.component.input_types import input_types
from auth0_apim.composite.sections import PARTS

AUTH0 = "auth0:index/"
APIM = "azure-native:apimanagement:"
DOCUMENT = json.dumps(
    {
        "openapi": "3.0.1",
        "servers": [{"url": "https://calculator.example/api"}],
        "paths": {"/add": {"get": {"operationId": "add"}}, "/sub": {"get": {"operationId": "sub"}}},
    }
)
ADDRESS = "https://apis.developer.azure-api.net/signin-oauth/code/callback/calc"
IDENTITY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"
PASSWORD = "Three quiet Words 4 me"
SCOPES = {"calc:sub": "Subtract", "calc:add": "Add"}
USER = {"email": "jane@example.com", "password": PASSWORD}
EXISTING = {"resource_group_name": "group", "service_name": "apis", "existing": True}
LEAST = {
    "api": {"identifier": "basic-calculator"},
    "gateway": {
        "resource_group_name": "group",
        "service_name": "apis",
        "publisher_name": "Contoso",
        "publisher_email": "apis@contoso.example",
    },
    "publication": {"openapi": DOCUMENT, "path": "calc"},
    "policy": {"default_scopes": []},
}
TUTORIAL = {
    "api": {"identifier": "basic-calculator", "display_name": "Basic Calculator", "scopes": SCOPES},
    "gateway": {**LEAST["gateway"], "sku": GatewaySku.DEVELOPER},
    "publication": {**LEAST["publication"], "product_name": "Starter"},
    "policy": {"operation_scopes": {"add": ["calc:add"]}},
    "interactive_client": {"callbacks": ["https://app.example.com/callback"]},
    "database": {"connection_name": "BasicCalculator"},
    "user": USER,
    "portal": {"display_name": "Auth0"},
    "tags": {"team": "calc"},
}

WIRED = {
    "api": set(),
    "client": {"audience", "available_scopes", "metadata", "public_keys"},
    "interactive_client": {"audience", "available_scopes", "metadata"},
    "database": {"enabled_clients", "metadata"},
    "user": {"connection_name", "password_policy", "minimum_password_length"},
    "roles": {"audience", "available_scopes"},
    "gateway": {"tags"},
    # How its calls are checked is the section `policy`'s.
    "publication": {
        "resource_group_name",
        "service_name",
        "gateway_url",
        "authorization_server_id",
        "checked_by",
        "allow_anonymous_calls",
    },
    "portal": {
        "resource_group_name",
        "service_name",
        "audience",
        "available_scopes",
        "authorization_endpoint",
        "token_endpoint",
        "client_id",
        "client_secret",
        "portal_url",
        "sku",
    },
    # The policy is that of the API, whatever product the API is put into.
    "policy": {
        "resource_group_name",
        "service_name",
        "issuer",
        "audience",
        "openid_configuration_url",
        "signing_secret",
        "api_id",
        "product_id",
        "operation_id",
        "openapi",
        "operations",
        "available_scopes",
        "backend_url",
        "sku",
    },
}
"""Inputs of a section's component that the section does not have: the composite gives them, or never does."""


@pytest.fixture
def protect(mocks):
    """Makes a ProtectedApi of the least there is, and of what single sections say besides."""

    def make(**sections):
        args = dict(LEAST)
        for name, given in sections.items():
            args[name] = {**LEAST.get(name, {}), **given} if isinstance(given, dict) else given
        return ProtectedApi("calc", args)

    return make


@pytest.fixture
def whole(mocks):
    """Makes the tutorial's ProtectedApi, with what single sections say besides."""

    def make(**sections):
        args = {name: {**TUTORIAL.get(name, {}), **given} for name, given in sections.items()}
        return ProtectedApi("calc", TUTORIAL | args)

    return make


async def settled(api):
    """Every output of the component, once its children exist."""
    names = [name for name in ProtectedApi.__annotations__ if not name.startswith("_")]
    return {name: await getattr(api, name).future() for name in names}


@pulumi.runtime.test
async def test_the_least_is_an_api_a_client_a_gateway_and_the_check_between_them(mocks, protect):
    outputs = await settled(protect())
    assert mocks.children() == {
        (f"{AUTH0}resourceServer:ResourceServer", "calc-api-resource-server"),
        (f"{AUTH0}resourceServerScopes:ResourceServerScopes", "calc-api-scopes"),
        (f"{AUTH0}client:Client", "calc-client-client"),
        (f"{AUTH0}clientCredentials:ClientCredentials", "calc-client-credentials"),
        (f"{AUTH0}clientGrant:ClientGrant", "calc-client-grant"),
        (f"{APIM}ApiManagementService", "calc-gateway-service"),
        (f"{APIM}Api", "calc-publication-api"),
        (f"{APIM}ApiPolicy", "calc-policy-policy"),
    }
    policy_xml = outputs.pop("policy_xml")
    assert mocks.inputs_of(f"{APIM}ApiPolicy", "calc-policy-policy")["value"] == policy_xml
    assert outputs == {
        "issuer": "https://tenant.example:8443/",
        "audience": "basic-calculator",
        "scopes": [],
        "user_access": "require_client_grant",
        "url": "https://apis.azure-api.net/calc",
        "principal_id": None,
        "gateway_url": "https://apis.azure-api.net",
        "token_endpoint": "https://tenant.example:8443/oauth/token",
        "authorization_endpoint": "https://tenant.example:8443/authorize",
        "openid_configuration_url": "https://tenant.example:8443/.well-known/openid-configuration",
        "client_id": "calc-client-client-client-id",
        "client_secret": "calc-client-credentials-client-secret",
        "granted_scopes": [],
        "interactive_client_id": None,
        "interactive_client_secret": None,
        "interactive_granted_scopes": [],
        "redirect_uris": [],
        "connection_id": None,
        "connection_name": None,
        "user_id": None,
        "api_id": "calc",
        "api_resource_id": "calc-publication-api-id",
        "service_id": "calc-gateway-service-id",
        "description": None,
        "version_set_id": None,
        "operations": {"add": "GET /add", "sub": "GET /sub"},
        "policy_id": "calc-policy-policy-id",
    }


@pulumi.runtime.test
async def test_the_whole_tutorial_is_wired_from_its_sections(mocks, whole, secret):
    outputs = await settled(whole())
    assert {name for _, name in mocks.children()} == {
        "calc-api-resource-server",
        "calc-api-scopes",
        "calc-client-client",
        "calc-client-credentials",
        "calc-client-grant",
        "calc-interactive-client-client",
        "calc-interactive-client-credentials",
        "calc-interactive-client-grant",
        "calc-database-connection",
        "calc-database-clients",
        "calc-user-user",
        "calc-gateway-service",
        "calc-portal-authorization-server",
        "calc-publication-api",
        "calc-publication-product",
        "calc-publication-product-api",
        "calc-publication-developers",
        "calc-publication-guests",
        "calc-policy-policy",
    }
    assert outputs["redirect_uris"] == [ADDRESS]
    assert outputs["user_id"] == "calc-user-user-id"
    assert outputs["connection_name"] == "BasicCalculator"
    assert outputs["connection_id"] == "calc-database-connection-id"
    interactive = mocks.inputs_of(f"{AUTH0}client:Client", "calc-interactive-client-client")
    assert interactive["callbacks"] == ["https://app.example.com/callback", ADDRESS]
    assert interactive["name"] == "Basic Calculator Login"
    machine = mocks.inputs_of(f"{AUTH0}client:Client", "calc-client-client")
    assert machine["name"] == "Basic Calculator Client"
    grant = mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-client-grant")
    assert grant["scopes"] == outputs["granted_scopes"] == outputs["scopes"] == ["calc:add", "calc:sub"]
    assert mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-interactive-client-grant") == {
        "clientId": outputs["interactive_client_id"],
        "audience": "basic-calculator",
        "scopes": ["calc:add", "calc:sub"],
        "subjectType": "user",
    }
    assert outputs["interactive_granted_scopes"] == ["calc:add", "calc:sub"]
    clients = mocks.inputs_of(f"{AUTH0}connectionClients:ConnectionClients", "calc-database-clients")
    assert clients["enabledClients"] == [outputs["client_id"], outputs["interactive_client_id"]]
    assert mocks.inputs_of(f"{AUTH0}user:User", "calc-user-user")["password"] == secret(PASSWORD)
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-authorization-server")
    assert server["clientId"] == outputs["interactive_client_id"]
    assert server["clientSecret"] == secret(outputs["interactive_client_secret"])
    assert server["clientAuthenticationMethod"] == ["Body"]
    assert server["grantTypes"] == ["authorizationCode"]
    assert server["defaultScope"] == "calc:add calc:sub"
    assert server["authsid"] == "calc"
    assert server["displayName"] == "Auth0"
    api = mocks.inputs_of(f"{APIM}Api", "calc-publication-api")
    assert api["authenticationSettings"] == {"oAuth2": {"authorizationServerId": "calc"}}
    assert api["displayName"] == "Basic Calculator"
    assert mocks.inputs_of(f"{APIM}ApiManagementService", "calc-gateway-service")["tags"] == {"team": "calc"}


@pulumi.runtime.test
async def test_the_parts_belong_to_the_whole(mocks, whole):
    role = {"permissions": ["calc:add"]}
    await settled(whole(api={"permissions_in_token": True}, roles={"operator": role}))
    parents = [kind.split("$") for kind in mocks.child_types()]
    parts = {child for parent, child in parents if parent == "auth0-apim:index:ProtectedApi"}
    assert parts == {f"auth0-apim:index:{part.described.component}" for part in PARTS.values()}


@pulumi.runtime.test
async def test_the_secrets_are_secret_and_nothing_else_is(whole):
    api = whole()
    names = [name for name in ProtectedApi.__annotations__ if await getattr(api, name).is_secret()]
    assert names == ["client_secret", "interactive_client_secret"]


@pytest.mark.parametrize("section", PARTS)
def test_a_section_has_every_input_of_its_component_but_for_those_that_are_wired(section):
    described, shape = PARTS[section]
    assert input_types(described.shape).keys() - input_types(shape).keys() == WIRED[section]
    assert {name: hint for name, hint in described.shape.__annotations__.items() if name not in WIRED[section]} == (
        shape.__annotations__
    )


def test_the_inputs_are_the_sections_the_tags_and_the_metadata():
    assert set(ProtectedApiArgs.__annotations__) == {*PARTS, "tags", "metadata"}


@pulumi.runtime.test
async def test_with_hs256_the_gateway_gets_the_tenants_secret(mocks, protect, secret):
    await settled(protect(api={"signing_algorithm": SigningAlgorithm.HS256}))
    assert mocks.inputs_of(f"{APIM}NamedValue", "calc-policy-signing-key")["value"] == secret(
        "YS1zaWduaW5nLXNlY3JldC1vZi10aGUtdGVuYW50"
    )


@pytest.mark.parametrize("by_permissions", [True, pulumi.Output.from_input(True)])
def test_with_permissions_in_the_token_operations_ask_for_permissions(mocks, protect, deploy, by_permissions):
    def program():
        api = {"permissions_in_token": by_permissions, "scopes": SCOPES}
        protect(api=api, policy={"operation_scopes": {"add": ["calc:add"]}})

    deploy(program)
    document = mocks.inputs_of(f"{APIM}ApiPolicy", "calc-policy-policy")["value"]
    assert '.All(scope => scope == "" || ' in unescape(document)
    assert '.Claims["permissions"].Contains(scope)' in unescape(document)


@pulumi.runtime.test
async def test_the_documents_security_says_what_operations_need(mocks, protect):
    document = json.loads(DOCUMENT)
    document["components"] = {"securitySchemes": {"auth0": {"type": "oauth2", "flows": {}}}}
    document["paths"]["/add"]["get"]["security"] = [{"auth0": ["calc:add"]}]
    policy = {"default_scopes": None, "scopes_from_document": True}
    await settled(protect(api={"scopes": SCOPES}, publication={"openapi": json.dumps(document)}, policy=policy))
    policy = mocks.inputs_of(f"{APIM}ApiPolicy", "calc-policy-policy")["value"]
    assert '<set-variable name="required-scopes" value="calc:add"/>' in policy
    assert "This operation is closed." in policy


@pulumi.runtime.test
async def test_an_existing_service_is_read_and_not_made(mocks):
    outputs = await settled(ProtectedApi("calc", {**LEAST, "gateway": EXISTING, "tags": {"team": "calc"}}))
    assert outputs["gateway_url"] == "https://found.azure-api.net"
    assert f"{APIM}ApiManagementService" not in {kind for kind, _ in mocks.children()}


@pulumi.runtime.test
async def test_the_service_has_the_identities_that_its_section_names(mocks, protect):
    outputs = await settled(protect(gateway={"system_identity": True, "user_identity_ids": [IDENTITY]}))
    assert outputs["principal_id"] == "apis-principal"
    service = mocks.inputs_of(f"{APIM}ApiManagementService", "calc-gateway-service")
    assert service["identity"] == {
        "type": "SystemAssigned, UserAssigned",
        "userAssignedIdentities": {IDENTITY: {}},
    }


@pulumi.runtime.test
async def test_the_password_grant_is_there_only_when_asked_for(mocks, whole, secret):
    allowed = {"allow_password_grant": True}
    grants = {"grant_types": ["authorization_code", "password"]}
    await settled(whole(client=allowed, interactive_client=allowed, portal=grants))
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-authorization-server")
    assert server["grantTypes"] == ["authorizationCode", "resourceOwnerPassword"]
    assert server["resourceOwnerUsername"] == "jane@example.com"
    assert server["resourceOwnerPassword"] == secret(PASSWORD)
    for client in ("calc-client-client", "calc-interactive-client-client"):
        assert "password" in mocks.inputs_of(f"{AUTH0}client:Client", client)["grantTypes"]
    user_grant = mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-client-user-grant")
    assert user_grant["subjectType"] == "user"


@pulumi.runtime.test
async def test_a_password_goes_to_the_portal_only_for_the_password_grant(mocks, whole):
    await settled(whole(interactive_client={"allow_password_grant": True}))
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-authorization-server")
    assert not {"resourceOwnerUsername", "resourceOwnerPassword"} & server.keys()


@pulumi.runtime.test
async def test_the_portal_may_send_the_password_of_another_user(mocks, whole, secret):
    portal = {"grant_types": ["password"], "resource_owner_username": "joe", "resource_owner_password": "Joe's own"}
    await settled(whole(interactive_client={"allow_password_grant": True}, portal=portal))
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-authorization-server")
    assert (server["resourceOwnerUsername"], server["resourceOwnerPassword"]) == ("joe", secret("Joe's own"))


@pulumi.runtime.test
async def test_the_login_and_the_portal_ask_for_the_scopes_that_they_are_granted(mocks, whole):
    await settled(whole(client={"scopes": ["calc:sub"]}, interactive_client={"scopes": ["calc:add"]}))
    grant = mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-interactive-client-grant")
    assert grant["scopes"] == ["calc:add"]
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-authorization-server")
    assert server["defaultScope"] == "calc:add"
    assert mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-client-grant")["scopes"] == ["calc:sub"]


@pulumi.runtime.test
async def test_what_follows_from_other_sections_can_be_said_otherwise(mocks, whole):
    await settled(
        whole(
            api={"permissions_in_token": True, "allow_offline_access": True},
            client={"display_name": "Robot", "scopes": []},
            interactive_client={"display_name": "Calculator", "application": "regular_web"},
            publication={"display_name": "Calculator API"},
            policy={"scope_claim": "scope"},
            portal={
                "display_name": "Log in",
                "authorization_server_id": "Own",
                "default_scope": "openid calc:sub",
                "client_authentication": "Basic",
            },
        )
    )
    machine = mocks.inputs_of(f"{AUTH0}client:Client", "calc-client-client")
    login = mocks.inputs_of(f"{AUTH0}client:Client", "calc-interactive-client-client")
    assert (machine["name"], login["name"]) == ("Robot", "Calculator")
    assert mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-client-grant")["scopes"] == []
    assert mocks.inputs_of(f"{AUTH0}resourceServer:ResourceServer", "calc-api-resource-server")["name"] == (
        "Basic Calculator"
    )
    assert mocks.inputs_of(f"{APIM}Api", "calc-publication-api")["displayName"] == "Calculator API"
    assert 'GetValueOrDefault("scope", "")' in unescape(
        mocks.inputs_of(f"{APIM}ApiPolicy", "calc-policy-policy")["value"]
    )
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-authorization-server")
    assert (server["displayName"], server["authsid"]) == ("Log in", "Own")
    assert (server["defaultScope"], server["clientAuthenticationMethod"]) == ("openid calc:sub", ["Basic"])
    # The portal waits where its server's id says.
    assert login["callbacks"] == ["https://app.example.com/callback", f"{ADDRESS.removesuffix('calc')}own"]


@pulumi.runtime.test
async def test_without_a_title_the_components_name_is_it(mocks, protect):
    await settled(protect(interactive_client={"callbacks": ["https://app.example.com/"], "display_name": None}))
    names = [inputs["name"] for (kind, _), inputs in mocks.resources.items() if kind == f"{AUTH0}client:Client"]
    assert sorted(names) == ["calc Client", "calc Login"]
    assert mocks.inputs_of(f"{APIM}Api", "calc-publication-api")["displayName"] == "calc"


def test_a_title_may_be_an_output(mocks, whole, deploy):
    deploy(lambda: whole(api={"display_name": pulumi.Output.from_input("Sums")}))
    assert mocks.inputs_of(f"{AUTH0}client:Client", "calc-client-client")["name"] == "Sums Client"
    assert mocks.inputs_of(f"{APIM}Api", "calc-publication-api")["displayName"] == "Sums"


@pulumi.runtime.test
async def test_the_portal_alone_is_a_login_with_the_portals_address(mocks, protect):
    outputs = await settled(protect(gateway={"sku": "Developer"}, portal={}))
    login = mocks.inputs_of(f"{AUTH0}client:Client", "calc-interactive-client-client")
    assert login["callbacks"] == outputs["redirect_uris"] == [ADDRESS]


@pulumi.runtime.test
async def test_the_portals_console_may_call_the_api_and_its_visitors_see_it(mocks, whole):
    await settled(whole())
    document = mocks.inputs_of(f"{APIM}ApiPolicy", "calc-policy-policy")["value"]
    origin = ADDRESS.partition("/signin-oauth")[0]
    assert f"<origin>{origin}</origin>" in document
    groups = {name for kind, name in mocks.children() if kind == f"{APIM}ProductGroup"}
    assert groups == {"calc-publication-developers", "calc-publication-guests"}


@pulumi.runtime.test
async def test_roles_are_made_by_key_and_given_to_the_user(mocks, whole):
    roles = {
        "operator": {"permissions": ["calc:sub", "calc:add"]},
        "night_shift": {"permissions": ["calc:add"], "role_name": "Operator by night", "description": "Adds at night"},
    }
    named = {"roles": ["night_shift", "rol_AaBbCcDdEeFf0123", pulumi.Output.from_input("operator")]}
    await settled(whole(api={"permissions_in_token": True}, roles=roles, user=named))
    assert mocks.inputs_of(f"{AUTH0}role:Role", "calc-roles-operator-role")["name"] == "operator"
    night = mocks.inputs_of(f"{AUTH0}role:Role", "calc-roles-night_shift-role")
    assert (night["name"], night["description"]) == ("Operator by night", "Adds at night")
    permissions = mocks.inputs_of(f"{AUTH0}rolePermissions:RolePermissions", "calc-roles-operator-permissions")
    assert permissions["permissions"] == [
        {"name": scope, "resourceServerIdentifier": "basic-calculator"} for scope in ("calc:add", "calc:sub")
    ]
    assert mocks.inputs_of(f"{AUTH0}userRoles:UserRoles", "calc-user-roles")["roles"] == [
        "calc-roles-night_shift-role-id",
        "rol_AaBbCcDdEeFf0123",
        "calc-roles-operator-role-id",
    ]


@pulumi.runtime.test
async def test_a_user_without_a_word_about_roles_keeps_them(mocks, whole):
    await settled(whole())
    assert f"{AUTH0}userRoles:UserRoles" not in {kind for kind, _ in mocks.children()}


@pulumi.runtime.test
async def test_tags_and_metadata_reach_every_object_that_is_made(mocks, whole):
    await settled(whole(metadata={"owner": "platform-team"}))
    assert mocks.inputs_of(f"{APIM}ApiManagementService", "calc-gateway-service")["tags"] == {"team": "calc"}
    for client in ("calc-client-client", "calc-interactive-client-client"):
        assert mocks.inputs_of(f"{AUTH0}client:Client", client)["clientMetadata"] == {"owner": "platform-team"}
    connection = mocks.inputs_of(f"{AUTH0}connection:Connection", "calc-database-connection")
    assert connection["metadata"] == {"owner": "platform-team"}
    assert mocks.inputs_of(f"{AUTH0}user:User", "calc-user-user")["appMetadata"] == '{"owner": "platform-team"}'


@pulumi.runtime.test
async def test_a_users_own_metadata_stay_its_own(mocks, whole):
    await settled(whole(metadata={"owner": "platform-team"}, user={"app_metadata": {"plan": "gold"}}))
    assert mocks.inputs_of(f"{AUTH0}user:User", "calc-user-user")["appMetadata"] == '{"plan": "gold"}'


@pytest.fixture
def found(mocks, monkeypatch):
    """The tenant and the service have an API, a client with a grant of each kind, and a connection already."""
    usual = mocks.call
    grant = {"audience": "basic-calculator", "scopes": ["calc:sub"], "allowAllScopes": False}
    answers = {
        "auth0:index/getResourceServer:getResourceServer": {
            "identifier": "basic-calculator",
            "signingAlg": "RS256",
            "signingSecret": "",
            "scopes": [{"name": "calc:sub", "description": ""}, {"name": "calc:add", "description": ""}],
            "subjectTypeAuthorizations": [{"users": [{"policy": "require_client_grant"}], "clients": []}],
        },
        "auth0:index/getClient:getClient": {"clientId": "AaBb", "clientSecret": "its-own", "appType": "regular_web"},
        "auth0:index/getConnection:getConnection": {"connectionId": "con_1", "name": "Users", "strategy": "auth0"},
        "auth0:index/getClientGrants:getClientGrants": {
            "clientGrants": [{**grant, "id": f"cgr_{kind}", "subjectType": kind} for kind in ("client", "user")]
        },
    }
    monkeypatch.setattr(mocks, "call", lambda args: answers.get(args.token) or usual(args))


TAKEN = {
    "api": {"identifier": "basic-calculator", "existing": True},
    "client": {"existing_client_id": "AaBb", "existing_grant": True},
    "interactive_client": {"existing_client_id": "AaBb", "existing_grant": True},
    "database": {"connection_name": "Users", "existing": True},
    "gateway": EXISTING,
    "publication": LEAST["publication"],
    "policy": {"operation_scopes": {"add": ["calc:add"]}},
    "portal": {"display_name": "Auth0"},
    "tags": {"team": "calc"},
    "metadata": {"owner": "platform-team"},
}
"""Everything that can exist does."""


@pytest.mark.usefixtures("found")
@pulumi.runtime.test
async def test_what_exists_is_read_and_gets_neither_tags_nor_metadata(mocks):
    outputs = await settled(ProtectedApi("calc", TAKEN))
    assert {name for _, name in mocks.children()} == {
        "calc-database-client-1",
        "calc-portal-authorization-server",
        "calc-publication-api",
        "calc-policy-policy",
    }
    assert outputs["scopes"] == ["calc:add", "calc:sub"]
    assert outputs["granted_scopes"] == outputs["interactive_granted_scopes"] == ["calc:sub"]
    assert (outputs["client_id"], outputs["client_secret"]) == ("AaBb", "its-own")
    assert (outputs["connection_id"], outputs["connection_name"]) == ("con_1", "Users")
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-authorization-server")
    assert server["defaultScope"] == "calc:sub"


@pytest.mark.usefixtures("found")
@pulumi.runtime.test
async def test_a_login_without_a_grant_asks_for_every_scope_of_the_api(mocks):
    login = {"existing_client_id": "AaBb", "without_grant": True}
    outputs = await settled(ProtectedApi("calc", {**TAKEN, "interactive_client": login}))
    assert outputs["interactive_granted_scopes"] == []
    assert f"{AUTH0}clientGrant:ClientGrant" not in {kind for kind, _ in mocks.children()}
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-authorization-server")
    assert server["defaultScope"] == "calc:add calc:sub"


@pulumi.runtime.test
async def test_the_check_is_told_limits_claims_origins_and_headers(mocks, protect):
    told = {
        "required_scopes": ["calc:use"],
        "scope_match": "any",
        "required_claims": {"plan": ["gold"]},
        "other_issuers": ["https://tenant.eu.auth0.com/"],
        "other_audiences": ["https://api.example.com"],
        "clock_skew": 30,
        "allowed_origins": ["https://app.example.com"],
        "rate_limit_calls": 100,
        "rate_limit_seconds": 30,
        "quota_calls": 1000,
        "quota_seconds": 3600,
        "counted_by": "client",
        "dropped_request_headers": ["Authorization"],
        "dropped_response_headers": ["Server"],
        "raw_inbound": '<set-header name="X-In"><value>1</value></set-header>',
        "raw_outbound": '<set-header name="X-Out" exists-action="delete"/>',
        "raw_on_error": '<set-header name="X-Error" exists-action="delete"/>',
        "unauthorized_message": "Log in first.",
        "forbidden_message": "Ask for access.",
    }
    api = protect(api={"scopes": {"calc:use": "Use"}}, gateway={"sku": "Developer"}, policy=told)
    document = unescape((await settled(api))["policy_xml"])
    for part in (
        '.Any(scope => ((Jwt)context.Variables["verified-token"]).Claims.GetValueOrDefault("scope", "")',
        '.Claims["plan"].Any(value => new [] { "gold" }.Contains(value))',
        "<issuer>https://tenant.eu.auth0.com/</issuer>",
        "<audience>https://api.example.com</audience>",
        'clock-skew="30"',
        "<origin>https://app.example.com</origin>",
        '<rate-limit-by-key calls="100" renewal-period="30"',
        '<quota-by-key calls="1000" renewal-period="3600"',
        'GetValueOrDefault("client_id", "")',
        '<set-header name="Authorization" exists-action="delete"/>',
        '<set-header name="Server" exists-action="delete"/>',
        '<set-header name="X-In">',
        '<set-header name="X-Out" exists-action="delete"/>',
        '<set-header name="X-Error" exists-action="delete"/>',
        'failed-validation-error-message="Log in first."',
        '"message": "Ask for access."',
    ):
        assert part in document


@pulumi.runtime.test
async def test_in_an_existing_service_the_policy_may_name_what_is_there(mocks):
    policies = {"default_scopes": [], "backend_id": "calculator", "included_fragments": ["correlation"]}
    document = (await settled(ProtectedApi("calc", {**LEAST, "gateway": EXISTING, "policy": policies})))["policy_xml"]
    assert '<set-backend-service backend-id="calculator"/>' in document
    assert '<include-fragment fragment-id="correlation"/>' in document


@pulumi.runtime.test
async def test_the_clients_and_the_database_are_told_what_is_theirs(mocks, protect, secret):
    database = {
        "connection_name": "Users",
        "password_policy": "excellent",
        "minimum_password_length": 16,
        "password_history": 3,
        "requires_username": True,
        "allow_sign_up": True,
        "brute_force_protection": False,
        "scripts": {"login": "function login() {}", "get_user": "function getByEmail() {}"},
        "import_mode": True,
        "configuration": {"url": "https://users.example"},
    }
    login = {
        "callbacks": ["https://app.example.com/callback"],
        "application": "spa",
        "allowed_logout_urls": ["https://app.example.com/"],
        "web_origins": ["https://app.example.com"],
        "offline_access": True,
    }
    method = {"token_endpoint_auth_method": "client_secret_basic"}
    user = {**USER, "username": "jane"}
    await settled(protect(client=method, interactive_client=login, database=database, user=user))
    api = mocks.inputs_of(f"{AUTH0}resourceServer:ResourceServer", "calc-api-resource-server")
    assert api["allowOfflineAccess"] is True
    login = mocks.inputs_of(f"{AUTH0}client:Client", "calc-interactive-client-client")
    assert (login["appType"], login["allowedLogoutUrls"], login["webOrigins"], login["grantTypes"]) == (
        "spa",
        ["https://app.example.com/"],
        ["https://app.example.com"],
        ["authorization_code", "refresh_token"],
    )
    credentials = mocks.inputs_of(f"{AUTH0}clientCredentials:ClientCredentials", "calc-client-credentials")
    assert credentials["authenticationMethod"] == "client_secret_basic"
    connection = mocks.inputs_of(f"{AUTH0}connection:Connection", "calc-database-connection")
    plain_options = {
        "passwordPolicy": "excellent",
        "passwordComplexityOptions": {"minLength": 16},
        "passwordHistories": [{"enable": True, "size": 3}],
        "passwordDictionary": {"enable": True},
        "passwordNoPersonalInfo": {"enable": True},
        "requiresUsername": True,
        "disableSignup": False,
        "bruteForceProtection": False,
        "enabledDatabaseCustomization": True,
        "importMode": True,
        "customScripts": database["scripts"],
        "configuration": database["configuration"],
    }
    assert connection["options"] == secret(plain_options)
    assert mocks.inputs_of(f"{AUTH0}user:User", "calc-user-user")["username"] == "jane"


@pulumi.runtime.test
async def test_the_publication_is_told_what_is_its_own(mocks, protect):
    publication = {
        "api_id": "calculator",
        "description": "Adds numbers.",
        "product_name": "Starter",
        "product_subscription_required": True,
        "version": "v1",
        "versioning_scheme": "Header",
    }
    gateway = {"sku": "Developer", "restore": True}
    outputs = await settled(protect(gateway=gateway, publication=publication, portal={"display_name": "Auth0"}))
    assert mocks.inputs_of(f"{APIM}ApiManagementService", "calc-gateway-service")["restore"] is True
    api = mocks.inputs_of(f"{APIM}Api", "calc-publication-api")
    assert (api["apiId"], api["description"], api["apiVersion"]) == ("calculator", "Adds numbers.", "v1")
    versions = mocks.inputs_of(f"{APIM}ApiVersionSet", "calc-publication-version-set")
    assert versions["versioningScheme"] == "Header"
    product = mocks.inputs_of(f"{APIM}Product", "calc-publication-product")
    assert product["subscriptionRequired"] is True
    # Another version of the API has a login of its own beside this one.
    assert outputs["redirect_uris"] == [f"{ADDRESS}-v1"]


@pulumi.runtime.test
async def test_an_api_is_put_into_a_product_that_exists(mocks, protect):
    await settled(protect(publication={"product_id": "starter"}))
    assert mocks.inputs_of(f"{APIM}ProductApi", "calc-publication-product-api")["productId"] == "starter"
    assert f"{APIM}Product" not in {kind for kind, _ in mocks.children()}


def test_versions_of_an_api_share_neither_the_portals_login_nor_a_signing_key(mocks, deploy):
    """Azure would refuse the second one, or, in another stack, the two would be one object with two owners."""

    def program():
        api, publication = {"identifier": "calc", "signing_algorithm": "HS256"}, LEAST["publication"]
        args = {**LEAST, "api": api, "gateway": EXISTING, "portal": {}}
        ProtectedApi("original", {**args, "publication": {**publication, "versioning_scheme": "Segment"}})
        for version in ("v1", "v_1", "v1.1"):
            versioned = {**publication, "version": version, "version_set_id": "the-set"}
            ProtectedApi(version, {**args, "publication": versioned})

    deploy(program)

    def ids(kind, name):
        return sorted(inputs[name] for (typ, _), inputs in mocks.resources.items() if typ == f"{APIM}{kind}")

    assert ids("Api", "apiId") == ["calc", "calc-v1", "calc-v1.1", "calc-v_1"]
    assert ids("AuthorizationServer", "authsid") == ["calc", "calc-v1", "calc-v1.1", "calc-v_1"]
    assert ids("NamedValue", "namedValueId") == [
        "calc-api-signing-key",
        "calc-v1-api-signing-key",
        "calc-v1.1-api-signing-key",
        "calc-v_1-api-signing-key",
    ]
