"""ProtectedApi against mocks: its parts and their wiring; that tokens pass and fail at the gateway is proven live."""

import json

import pulumi
import pytest
from auth0_apim import GatewaySku, InputError, ProtectedApi, SigningAlgorithm

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
        "operations": ["add", "sub"],
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
    assert '<claim name="permissions" match="all">' in document


@pulumi.runtime.test
async def test_the_documents_security_says_what_operations_need(mocks, protect):
    document = json.loads(DOCUMENT)
    document["components"] = {"securitySchemes": {"auth0": {"type": "oauth2", "flows": {}}}}
    document["paths"]["/add"]["get"]["security"] = [{"auth0": ["calc:add"]}]
    given = {"openapi": json.dumps(document), "scopes": {"calc:add": "Add"}, "scopes_from_document": True}
    await settled(protect(**given))
    policy = mocks.inputs_of(f"{APIM}ApiPolicy", "calc-jwt-policy-policy")["value"]
    assert "<value>calc:add</value>" in policy
    assert "This operation is closed." in policy
    with pytest.raises(InputError, match="asks for 'calc:add' at 'add', which the API does not have"):
        protect(**{**given, "scopes": {}})


@pulumi.runtime.test
async def test_an_existing_service_is_read_and_not_made(mocks, protect):
    outputs = await settled(protect(existing_service=True, publisher_name=None, publisher_email=None))
    assert outputs["gateway_url"] == "https://found.azure-api.net"
    assert f"{APIM}ApiManagementService" not in {kind for kind, _ in mocks.children()}


@pulumi.runtime.test
async def test_the_password_grant_is_there_only_when_asked_for(mocks, protect):
    await settled(protect(allow_password_grant=True, portal_display_name="Auth0", sku="Developer"))
    server = mocks.inputs_of(f"{APIM}AuthorizationServer", "calc-portal-login-authorization-server")
    assert server["grantTypes"] == ["authorizationCode", "resourceOwnerPassword"]
    for client in ("calc-machine-client-client", "calc-interactive-client-client"):
        assert "password" in mocks.inputs_of(f"{AUTH0}client:Client", client)["grantTypes"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
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
            "input 'operation_scopes' names no operation, so that all would be closed; to open them to any good token, "
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
            "input 'capacity' must be 1 in tier Developer, not 2; an example that works: 1",
        ),
        (
            {"openapi": "calculator.txt"},
            "input 'openapi' must be a document, an https URL or the path of a .json, .yaml or .yml file, not "
            "'calculator.txt'; an example that works: \"openapi/calculator.yaml\"",
        ),
        (
            {"identifier": "a{{b}}"},
            "input 'identifier' must not contain '{{', which API Management evaluates, as 'a{{b}}' does; an example "
            'that works: "basic-calculator"',
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
