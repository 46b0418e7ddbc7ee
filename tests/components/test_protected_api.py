"""ProtectedApi against mocks: its parts and their wiring; that tokens pass and fail at the gateway is proven live."""

import json
from html import unescape

import auth0_apim
import pulumi
import pytest
from auth0_apim import GatewaySku, InputError, ProtectedApi, ProtectedApiArgs, SigningAlgorithm

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
TUTORIAL = {
    "display_name": "Basic Calculator",
    "scopes": {"calc:sub": "Subtract", "calc:add": "Add"},
    "operation_scopes": {"add": ["calc:add"]},
    "sku": GatewaySku.DEVELOPER,
    "tags": {"team": "calc"},
    "product_name": "Starter",
    "connection_name": "BasicCalculator",
    "user_email": "jane@example.com",
    "user_password": PASSWORD,
    "callbacks": ["https://app.example.com/callback"],
    "portal_display_name": "Auth0",
}

LEFT_TO_THE_PARTS = {
    "Auth0Api": {"existing", "user_access"},
    "MachineClient": {"existing_client_id", "existing_grant"},
    "InteractiveClient": {"existing_client_id", "existing_grant"},
    "UserDatabase": {"existing"},
    "DatabaseUser": {"email_verified", "roles", "user_metadata", "app_metadata"},
    # The whole has a check of its own.
    "PublishedApi": {"allow_anonymous_calls", "checked_by"},
}
"""Inputs of the parts that the whole neither has nor gives: what they are for needs the parts themselves."""
WIRED = {
    "ApiGateway": {"existing"},
    "Auth0Api": set(),
    "MachineClient": {"audience", "scopes", "available_scopes"},
    "InteractiveClient": {"audience", "scopes", "available_scopes"},
    "UserDatabase": {"enabled_clients"},
    "DatabaseUser": {"email", "password"},
    "PublishedApi": {"authorization_server_id", "gateway_url"},
    "JwtPolicy": {
        "issuer",
        "audience",
        "openid_configuration_url",
        "signing_secret",
        "operation_id",
        "scopes_document",
        "available_scopes",
        "operations",
        "scope_claim",
        "backend_url",
    },
}
"""Inputs of the parts that the whole gives itself, of other inputs or of other parts."""


@pytest.fixture
def protect(mocks):
    required = {
        "identifier": "basic-calculator",
        "openapi": DOCUMENT,
        "path": "calc",
        "resource_group_name": "group",
        "service_name": "apis",
        "publisher_name": "Contoso",
        "publisher_email": "apis@contoso.example",
    }

    def make(**args):
        # Without a word about operations the API would be closed.
        if not {"operation_scopes", "scopes_from_document"} & args.keys():
            args = {"default_scopes": [], **args}
        return ProtectedApi("calc", {name: value for name, value in {**required, **args}.items() if value is not None})

    return make


async def settled(api):
    """Every output of the component, once its children exist."""
    names = [name for name in ProtectedApi.__annotations__ if not name.startswith("_")]
    return {name: await getattr(api, name).future() for name in names}


@pulumi.runtime.test
async def test_the_least_is_an_api_a_client_a_gateway_and_the_check_between_them(mocks, protect):
    outputs = await settled(protect())
    assert mocks.children() == {
        (f"{AUTH0}resourceServer:ResourceServer", "calc-auth0-api-resource-server"),
        (f"{AUTH0}resourceServerScopes:ResourceServerScopes", "calc-auth0-api-scopes"),
        (f"{AUTH0}client:Client", "calc-machine-client-client"),
        (f"{AUTH0}clientCredentials:ClientCredentials", "calc-machine-client-credentials"),
        (f"{AUTH0}clientGrant:ClientGrant", "calc-machine-client-grant"),
        (f"{APIM}ApiManagementService", "calc-gateway-service"),
        (f"{APIM}Api", "calc-published-api-api"),
        (f"{APIM}ApiPolicy", "calc-jwt-policy-policy"),
    }
    policy_xml = outputs.pop("policy_xml")
    assert mocks.inputs_of(f"{APIM}ApiPolicy", "calc-jwt-policy-policy")["value"] == policy_xml
    assert outputs == {
        "issuer": "https://tenant.example:8443/",
        "audience": "basic-calculator",
        "url": "https://apis.azure-api.net/calc",
        "principal_id": None,
        "gateway_url": "https://apis.azure-api.net",
        "token_endpoint": "https://tenant.example:8443/oauth/token",
        "authorization_endpoint": "https://tenant.example:8443/authorize",
        "openid_configuration_url": "https://tenant.example:8443/.well-known/openid-configuration",
        "client_id": "calc-machine-client-client-client-id",
        "client_secret": "calc-machine-client-credentials-client-secret",
        "interactive_client_id": None,
        "interactive_client_secret": None,
        "redirect_uris": [],
        "connection_name": None,
        "user_id": None,
        "api_id": "calc",
        "description": None,
        "version_set_id": None,
        "operations": {"add": "GET /add", "sub": "GET /sub"},
    }


@pulumi.runtime.test
async def test_the_whole_tutorial_is_wired_from_one_list_of_inputs(mocks, protect, secret):
    outputs = await settled(protect(**TUTORIAL))
    assert {name for _, name in mocks.children()} == {
        "calc-auth0-api-resource-server",
        "calc-auth0-api-scopes",
        "calc-machine-client-client",
        "calc-machine-client-credentials",
        "calc-machine-client-grant",
        "calc-interactive-client-client",
        "calc-interactive-client-credentials",
        "calc-interactive-client-grant",
        "calc-database-connection",
        "calc-database-clients",
        "calc-user-user",
        "calc-gateway-service",
        "calc-portal-login-authorization-server",
        "calc-published-api-api",
        "calc-published-api-product",
        "calc-published-api-product-api",
        "calc-jwt-policy-policy",
    }
    assert outputs["redirect_uris"] == [ADDRESS]
    assert outputs["user_id"] == "calc-user-user-id"
    assert outputs["connection_name"] == "BasicCalculator"
    interactive = mocks.inputs_of(f"{AUTH0}client:Client", "calc-interactive-client-client")
    assert interactive["callbacks"] == ["https://app.example.com/callback", ADDRESS]
    assert interactive["name"] == "Basic Calculator Login"
    machine = mocks.inputs_of(f"{AUTH0}client:Client", "calc-machine-client-client")
    assert machine["name"] == "Basic Calculator Client"
    grant = mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-machine-client-grant")
    assert grant["scopes"] == ["calc:add", "calc:sub"]
    assert mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-interactive-client-grant") == {
        "clientId": outputs["interactive_client_id"],
        "audience": "basic-calculator",
        "scopes": ["calc:add", "calc:sub"],
        "subjectType": "user",
    }
    clients = mocks.inputs_of(f"{AUTH0}connectionClients:ConnectionClients", "calc-database-clients")
    assert clients["enabledClients"] == [outputs["client_id"], outputs["interactive_client_id"]]
    assert mocks.inputs_of(f"{AUTH0}user:User", "calc-user-user")["password"] == secret(PASSWORD)
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-login-authorization-server")
    assert server["clientId"] == outputs["interactive_client_id"]
    assert server["clientSecret"] == secret(outputs["interactive_client_secret"])
    assert server["clientAuthenticationMethod"] == ["Body"]
    assert server["grantTypes"] == ["authorizationCode"]
    assert server["defaultScope"] == "calc:add calc:sub"
    assert server["authsid"] == "calc"
    api = mocks.inputs_of(f"{APIM}Api", "calc-published-api-api")
    assert api["authenticationSettings"] == {"oAuth2": {"authorizationServerId": "calc"}}
    assert api["displayName"] == "Basic Calculator"
    assert mocks.inputs_of(f"{APIM}ApiManagementService", "calc-gateway-service")["tags"] == {"team": "calc"}


@pulumi.runtime.test
async def test_the_parts_belong_to_the_whole(mocks, protect):
    await settled(protect(**TUTORIAL))
    parents = [kind.split("$") for kind in mocks.child_types()]
    parts = {child for parent, child in parents if parent == "auth0-apim:index:ProtectedApi"}
    assert parts == {
        f"auth0-apim:index:{part}"
        for part in (
            "ApiGateway",
            "Auth0Api",
            "DatabaseUser",
            "InteractiveClient",
            "JwtPolicy",
            "MachineClient",
            "PortalLogin",
            "PublishedApi",
            "UserDatabase",
        )
    }


@pulumi.runtime.test
async def test_the_secrets_are_secret_and_nothing_else_is(protect):
    api = protect(**TUTORIAL)
    names = [name for name in ProtectedApi.__annotations__ if await getattr(api, name).is_secret()]
    assert names == ["client_secret", "interactive_client_secret"]


@pulumi.runtime.test
async def test_with_hs256_the_gateway_gets_the_tenants_secret(mocks, protect, secret):
    await settled(protect(signing_algorithm=SigningAlgorithm.HS256))
    assert mocks.inputs_of(f"{APIM}NamedValue", "calc-jwt-policy-signing-key")["value"] == secret(
        "YS1zaWduaW5nLXNlY3JldC1vZi10aGUtdGVuYW50"
    )


@pulumi.runtime.test
async def test_with_permissions_in_the_token_operations_ask_for_permissions(mocks, protect):
    await settled(
        protect(permissions_in_token=True, scopes={"calc:add": "Add"}, operation_scopes={"add": ["calc:add"]})
    )
    document = mocks.inputs_of(f"{APIM}ApiPolicy", "calc-jwt-policy-policy")["value"]
    assert '.All(scope => scope == "" || ' in unescape(document)
    assert '.Claims["permissions"].Contains(scope)' in unescape(document)


@pulumi.runtime.test
async def test_the_documents_security_says_what_operations_need(mocks, protect):
    document = json.loads(DOCUMENT)
    document["components"] = {"securitySchemes": {"auth0": {"type": "oauth2", "flows": {}}}}
    document["paths"]["/add"]["get"]["security"] = [{"auth0": ["calc:add"]}]
    given = {"openapi": json.dumps(document), "scopes": {"calc:add": "Add"}, "scopes_from_document": True}
    await settled(protect(**given))
    policy = mocks.inputs_of(f"{APIM}ApiPolicy", "calc-jwt-policy-policy")["value"]
    assert '<set-variable name="required-scopes" value="calc:add"/>' in policy
    assert "This operation is closed." in policy
    with pytest.raises(InputError, match="asks for 'calc:add' at 'add', which the API does not have"):
        protect(**{**given, "scopes": {}})


@pulumi.runtime.test
async def test_an_existing_service_is_read_and_not_made(mocks, protect):
    outputs = await settled(protect(existing_service=True, publisher_name=None, publisher_email=None))
    assert outputs["gateway_url"] == "https://found.azure-api.net"
    assert f"{APIM}ApiManagementService" not in {kind for kind, _ in mocks.children()}


@pulumi.runtime.test
async def test_the_service_has_the_identities_that_the_whole_is_given(mocks, protect):
    outputs = await settled(protect(system_identity=True, user_identity_ids=[IDENTITY]))
    assert outputs["principal_id"] == "apis-principal"
    service = mocks.inputs_of(f"{APIM}ApiManagementService", "calc-gateway-service")
    assert service["identity"] == {
        "type": "SystemAssigned, UserAssigned",
        "userAssignedIdentities": {IDENTITY: {}},
    }


@pulumi.runtime.test
async def test_the_password_grant_is_there_only_when_asked_for(mocks, protect):
    await settled(protect(allow_password_grant=True, portal_display_name="Auth0", sku="Developer"))
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-login-authorization-server")
    assert server["grantTypes"] == ["authorizationCode", "resourceOwnerPassword"]
    for client in ("calc-machine-client-client", "calc-interactive-client-client"):
        assert "password" in mocks.inputs_of(f"{AUTH0}client:Client", client)["grantTypes"]
    user_grant = mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-machine-client-user-grant")
    assert user_grant["subjectType"] == "user"


@pulumi.runtime.test
async def test_the_login_and_the_portal_ask_for_the_scopes_that_they_are_granted(mocks, protect):
    await settled(protect(**{**TUTORIAL, "interactive_client_scopes": ["calc:add"]}))
    grant = mocks.inputs_of(f"{AUTH0}clientGrant:ClientGrant", "calc-interactive-client-grant")
    assert grant["scopes"] == ["calc:add"]
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-login-authorization-server")
    assert server["defaultScope"] == "calc:add"


@pytest.mark.parametrize("part", WIRED)
def test_every_input_of_a_part_is_the_wholes_too_or_is_known_not_to_be(part):
    inputs = set(getattr(auth0_apim, f"{part}Args").__annotations__)
    missing = inputs - set(ProtectedApiArgs.__annotations__) - WIRED[part]
    assert missing == LEFT_TO_THE_PARTS.get(part, set())


@pulumi.runtime.test
async def test_the_check_is_told_limits_claims_origins_and_headers(mocks, protect):
    told = {
        "sku": "Developer",
        "scopes": {"calc:use": "Use"},
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
    document = unescape((await settled(protect(**told)))["policy_xml"])
    for part in (
        '.Any(scope => ((Jwt)context.Variables["verified-token"]).Claims.GetValueOrDefault("scope", "")',
        '.Claims["plan"].Any(value => new [] { "gold" }.Contains(value))',
        "<issuer>https://tenant.eu.auth0.com/</issuer>",
        "<audience>https://api.example.com</audience>",
        'clock-skew="30"',
        "<origin>https://app.example.com</origin>",
        '<rate-limit-by-key calls="100" renewal-period="30"',
        '<quota-by-key calls="1000" renewal-period="3600"',
        'GetValueOrDefault("azp", "")',
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
async def test_in_an_existing_service_the_policy_may_name_what_is_there(mocks, protect):
    existing = {"existing_service": True, "publisher_name": None, "publisher_email": None}
    policies = {"backend_id": "calculator", "included_fragments": ["correlation"]}
    document = (await settled(protect(**existing, **policies)))["policy_xml"]
    assert '<set-backend-service backend-id="calculator"/>' in document
    assert '<include-fragment fragment-id="correlation"/>' in document


@pulumi.runtime.test
async def test_the_clients_and_the_database_are_told_what_is_theirs(mocks, protect, secret):
    users = {
        "callbacks": ["https://app.example.com/callback"],
        "application": "spa",
        "allowed_logout_urls": ["https://app.example.com/"],
        "web_origins": ["https://app.example.com"],
        "offline_access": True,
        "token_endpoint_auth_method": "client_secret_basic",
        "metadata": {"owner": "platform-team"},
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
        "user_email": "jane@example.com",
        "user_password": PASSWORD,
        "username": "jane",
    }
    await settled(protect(**users))
    api = mocks.inputs_of(f"{AUTH0}resourceServer:ResourceServer", "calc-auth0-api-resource-server")
    assert api["allowOfflineAccess"] is True
    login = mocks.inputs_of(f"{AUTH0}client:Client", "calc-interactive-client-client")
    assert (login["appType"], login["allowedLogoutUrls"], login["webOrigins"], login["grantTypes"]) == (
        "spa",
        ["https://app.example.com/"],
        ["https://app.example.com"],
        ["authorization_code", "refresh_token"],
    )
    machine = mocks.inputs_of(f"{AUTH0}client:Client", "calc-machine-client-client")
    assert login["clientMetadata"] == machine["clientMetadata"] == {"owner": "platform-team"}
    credentials = mocks.inputs_of(f"{AUTH0}clientCredentials:ClientCredentials", "calc-machine-client-credentials")
    assert credentials["authenticationMethod"] == "client_secret_basic"
    connection = mocks.inputs_of(f"{AUTH0}connection:Connection", "calc-database-connection")
    assert connection["metadata"] == {"owner": "platform-team"}
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
        "customScripts": users["scripts"],
        "configuration": users["configuration"],
    }
    assert connection["options"] == secret(plain_options)
    assert mocks.inputs_of(f"{AUTH0}user:User", "calc-user-user")["username"] == "jane"


@pulumi.runtime.test
async def test_the_publication_is_told_what_is_its_own(mocks, protect):
    publication = {
        "sku": "Developer",
        "restore": True,
        "api_id": "calculator",
        "description": "Adds numbers.",
        "product_name": "Starter",
        "product_subscription_required": True,
        "version": "v1",
        "versioning_scheme": "Header",
        "portal_display_name": "Auth0",
    }
    outputs = await settled(protect(**publication))
    assert mocks.inputs_of(f"{APIM}ApiManagementService", "calc-gateway-service")["restore"] is True
    api = mocks.inputs_of(f"{APIM}Api", "calc-published-api-api")
    assert (api["apiId"], api["description"], api["apiVersion"]) == ("calculator", "Adds numbers.", "v1")
    versions = mocks.inputs_of(f"{APIM}ApiVersionSet", "calc-published-api-version-set")
    assert versions["versioningScheme"] == "Header"
    product = mocks.inputs_of(f"{APIM}Product", "calc-published-api-product")
    assert product["subscriptionRequired"] is True
    # Another version of the API has a login of its own beside this one.
    assert outputs["redirect_uris"] == [f"{ADDRESS}-v1"]


@pulumi.runtime.test
async def test_an_api_is_put_into_a_product_that_exists(mocks, protect):
    await settled(protect(product_id="starter"))
    assert mocks.inputs_of(f"{APIM}ProductApi", "calc-published-api-product-api")["productId"] == "starter"
    assert f"{APIM}Product" not in {kind for kind, _ in mocks.children()}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"rate_limit_calls": 100},
            "input 'sku' is Consumption, a tier without rate limits by key; an example that works: \"Developer\"",
        ),
        (
            {"quota_calls": 100, "sku": "BasicV2"},
            "input 'sku' is BasicV2, a tier without quotas by key; an example that works: \"Developer\"",
        ),
        (
            {"quota_seconds": 300},
            "input 'quota_seconds' needs 'quota_calls'; an example that works: quota_calls: 10000",
        ),
        (
            {"quota_calls": 9, "counted_by": "subscription", "product_id": "starter"},
            "input 'counted_by' is subscription, so that 'quota_calls' needs 'product_id'; an example that works: "
            '"client"',
        ),
        (
            {"required_scopes": ["calc:ad"], "scopes": {"calc:add": "Add"}},
            "input 'required_scopes' asks for 'calc:ad', which the API does not have (it has calc:add); an example "
            "that works: a scope of Auth0Api.scopes",
        ),
        (
            {"raw_inbound": "<base/>"},
            "input 'raw_inbound' must be policies that stand inside a section, not <base>; an example that works: "
            "'<set-header name=\"X-Team\"><value>calc</value></set-header>'",
        ),
        (
            {"backend_id": "calculator"},
            "input 'backend_id' needs 'existing_service', as a new one has none yet; an example that works: "
            "existing_service: true",
        ),
        (
            {"existing_service": True},
            "input 'publisher_name' describes a new one and excludes 'existing_service'; an example that works: leave "
            "it out",
        ),
        (
            {
                "existing_service": True,
                "publisher_name": None,
                "publisher_email": None,
                "system_identity": True,
            },
            "input 'system_identity' describes a new one and excludes 'existing_service'; an example that works: leave "
            "it out",
        ),
        (
            {"user_identity_ids": ["apis"]},
            "input 'user_identity_ids' must be ARM ids of user-assigned managed identities, not 'apis'; an example that "
            'works: ["/subscriptions/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"]',
        ),
        (
            {"password_policy": "excellent"},
            "input 'password_policy' needs 'connection_name'; an example that works: both 'password_policy' and "
            "'connection_name'",
        ),
        (
            {"connection_name": "Users", "import_mode": True},
            "input 'scripts' is required where there is import_mode; an example that works: "
            '{"login": "function login(…) {…}"}',
        ),
        (
            {
                "connection_name": "Users",
                "requires_username": True,
                "user_email": "jane@example.com",
                "user_password": PASSWORD,
            },
            "input 'username' is required where there is 'requires_username'; an example that works: both "
            'requires_username: true and username: "jane"',
        ),
        (
            {
                "connection_name": "Users",
                "minimum_password_length": 30,
                "user_email": "jane@example.com",
                "user_password": PASSWORD,
            },
            "input 'user_password' must be at least 30 characters long; an example that works: a phrase of some "
            "words, a capital and a digit",
        ),
        (
            {"application": "spa", "portal_display_name": "Auth0", "sku": "Developer"},
            "input 'application' must be regular_web where there is a developer portal's login; an example that "
            'works: "regular_web"',
        ),
        (
            {"application": "spa", "callbacks": ["https://app.example.com/"], "allow_password_grant": True},
            "input 'allow_password_grant' must be false for a single page application, which has no secret to show "
            "with a user's password; an example that works: false",
        ),
        (
            {"web_origins": ["https://app.example.com"]},
            "input 'web_origins' needs 'callbacks' or 'portal_display_name'; an example that works: callbacks: "
            '["https://app.example.com/callback"]',
        ),
        (
            {"callbacks": ["https://app.example.com/"], "offline_access": True, "allow_offline_access": False},
            "input 'allow_offline_access' is false, and 'offline_access' needs it; an example that works: leave it out",
        ),
        (
            {"versioning_scheme": "Header", "display_name": "x" * 101},
            "input 'display_name' must be 1 to 100 characters long, not 101, as the version set made here gets it too; "
            'an example that works: "Basic Calculator"',
        ),
        (
            {"existing_service": True, "product_name": "Starter", "product_subscription_required": True},
            "input 'product_subscription_required' makes Azure subscribe to the product, and the azure-native provider "
            "cannot delete it then in a service that survives: give the component 'deleted_with' the service that goes "
            "as well, or leave the product there by 'keep_product', or ask for keys of the API alone "
            "('subscription_required' of PublishedApi, ApiSubscription); an example that works: keep_product: true",
        ),
        (
            {"product_subscription_required": True},
            "input 'product_subscription_required' needs 'product_name'; an example that works: product_name: "
            '"Starter"',
        ),
        ({"identifier": None}, "input 'identifier' is required; an example that works: \"basic-calculator\""),
        ({"openapi": None}, "input 'openapi' is required; an example that works: \"openapi/calculator.yaml\""),
        (
            {"portal_display_name": "Auth0"},
            "input 'sku' is Consumption, a tier without a developer portal; an example that works: \"Developer\"",
        ),
        (
            {"operation_scopes": {"add": ["calc:ad"]}, "scopes": {"calc:add": "Add"}},
            "input 'operation_scopes' asks for 'calc:ad' at 'add', which the API does not have (it has calc:add); an "
            "example that works: \"calc:add\", one of 'scopes'",
        ),
        (
            {"default_scopes": ["calc:ad"], "scopes": {"calc:add": "Add"}},
            "input 'default_scopes' asks for 'calc:ad', which the API does not have (it has calc:add); an example that "
            "works: \"calc:add\", one of 'scopes'",
        ),
        (
            {"default_scopes": None},
            "input 'operation_scopes' names no operation, so that all are denied; to accept any good token at each, "
            "say so; an example that works: default_scopes: []",
        ),
        (
            {"user_email": "jane@example.com", "connection_name": "Users"},
            "input 'user_email' needs 'user_password'; an example that works: both 'user_email' and 'user_password'",
        ),
        (
            {"user_email": "jane@example.com", "user_password": PASSWORD},
            "input 'user_email' needs 'connection_name'; an example that works: both 'user_email' and "
            "'connection_name'",
        ),
        (
            {"user_email": "jane@example.com", "user_password": "short", "connection_name": "Users"},
            "input 'user_password' must be at least 12 characters long; an example that works: a phrase of some words, "
            "a capital and a digit",
        ),
        (
            {"client_scopes": ["calc:ad"], "scopes": {"calc:add": "Add"}},
            "input 'client_scopes' asks for 'calc:ad', which the API does not have (it has calc:add); an example that "
            'works: ["calc:add"]',
        ),
        ({"publisher_name": None}, "input 'publisher_name' is required; an example that works: \"Contoso\""),
        (
            {"capacity": 2, "sku": "Developer"},
            "input 'capacity' must be 1 in tier Developer, not 2; an example that works: leave it out",
        ),
        (
            {"openapi": "calculator.txt"},
            "input 'openapi' must be a document, an https URL or the path of a .json, .yaml or .yml file, not "
            "'calculator.txt'; an example that works: \"openapi/calculator.yaml\"",
        ),
        (
            {"identifier": "a b"},
            "input 'identifier' must not contain white space or control characters, as 'a b' does; an example that "
            'works: "basic-calculator"',
        ),
        (
            {"callbacks": ["http://app.example.com/"]},
            "input 'callbacks' has 'http://app.example.com/', which must be an absolute https URL (http only for "
            'localhost); an example that works: ["https://app.example.com/callback"]',
        ),
        (
            {"interactive_client_name": "Calculator"},
            "input 'interactive_client_name' needs 'callbacks' or 'portal_display_name'; an example that works: "
            'callbacks: ["https://app.example.com/callback"]',
        ),
    ],
)
@pulumi.runtime.test
def test_a_bad_input_is_refused_before_anything_is_made(mocks, protect, args, message):
    with pytest.raises(InputError) as refusal:
        protect(**args)
    assert str(refusal.value) == f"ProtectedApi 'calc': {message}"
    assert mocks.resources == {}


def test_versions_of_an_api_share_neither_the_portals_login_nor_a_signing_key(mocks, protect, deploy):
    """Azure would refuse the second one, or, in another stack, the two would be one object with two owners."""
    portal = {"sku": "Developer", "portal_display_name": "Auth0", "signing_algorithm": "HS256"}

    def program():
        whole = {"identifier": "calc", "openapi": DOCUMENT, "path": "calc", "resource_group_name": "group"}
        whole |= {"service_name": "apis", "existing_service": True, "default_scopes": [], **portal}
        del whole["sku"]
        ProtectedApi("original", {**whole, "versioning_scheme": "Segment"})
        for version in ("v1", "v_1", "v1.1"):
            ProtectedApi(version, {**whole, "version": version, "version_set_id": "the-set"})

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
