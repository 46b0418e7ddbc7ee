"""PortalLogin against mocks; what the developer portal itself does with it, no test here shows."""

import pulumi
import pytest
from auth0_apim import ClientAuthentication, InputError, PortalLogin, TokenSending, redirect_uris

SERVER = "azure-native:apimanagement:AuthorizationServer"
PORTAL = "https://apis.developer.azure-api.net"


@pytest.fixture
def login(mocks):
    required = {
        "resource_group_name": "group",
        "service_name": "apis",
        "audience": "basic calculator".replace(" ", "/&"),
        "authorization_endpoint": "https://tenant.example/authorize",
        "token_endpoint": "https://tenant.example/oauth/token",
        "client_id": "client",
    }
    return lambda **args: PortalLogin("Auth0", {**required, **args})


@pulumi.runtime.test
async def test_a_login_is_one_authorization_server_that_asks_for_the_audience(mocks, login, secret):
    made = login(client_secret="a-secret")
    assert await made.authorization_server_id.future() == "auth0"
    assert await made.redirect_uris.future() == [f"{PORTAL}/signin-oauth/code/callback/auth0"]
    assert mocks.children() == {(SERVER, "Auth0-authorization-server")}
    assert mocks.inputs_of(SERVER, "Auth0-authorization-server") == {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "authsid": "auth0",
        "displayName": "Auth0",
        "clientRegistrationEndpoint": "https://placeholder.contoso.com",
        "grantTypes": ["authorizationCode"],
        "authorizationEndpoint": "https://tenant.example/authorize?audience=basic%2F%26calculator",
        "authorizationMethods": ["GET"],
        "tokenEndpoint": "https://tenant.example/oauth/token",
        "tokenBodyParameters": [{"name": "audience", "value": "basic/&calculator"}],
        "clientAuthenticationMethod": ["Basic"],
        "bearerTokenSendingMethods": ["authorizationHeader"],
        "clientId": "client",
        "clientSecret": secret("a-secret"),
        "supportState": True,
        "useInTestConsole": True,
        "useInApiDocumentation": False,
    }


@pulumi.runtime.test
async def test_every_field_of_the_tutorial_can_be_given(mocks, login, secret):
    made = login(
        display_name="Calculator login",
        description="By Auth0",
        authorization_server_id="Calc",
        client_registration_endpoint="https://contoso.example/register",
        grant_types=["authorization_code", "implicit", "password", "client_credentials"],
        authorization_endpoint="https://tenant.example/authorize?prompt=login",
        authorization_methods=["GET", "POST"],
        client_authentication=ClientAuthentication.BODY,
        token_sending=TokenSending.QUERY,
        default_scope="calc:add calc:sub openid",
        available_scopes=["calc:add", "calc:sub"],
        token_body_parameters={"organization": "org_calculators"},
        resource_owner_username="jane@example.com",
        resource_owner_password="a phrase",
        portal_url="https://portal.example/",
        sku="Developer",
    )
    assert await made.authorization_server_id.future() == "Calc"
    assert await made.redirect_uris.future() == [
        "https://portal.example/signin-oauth/code/callback/calc",
        "https://portal.example/signin-oauth/implicit/callback",
    ]
    inputs = mocks.inputs_of(SERVER, "Auth0-authorization-server")
    assert inputs["displayName"] == "Calculator login"
    assert inputs["description"] == "By Auth0"
    assert inputs["authsid"] == "Calc"
    assert inputs["clientRegistrationEndpoint"] == "https://contoso.example/register"
    assert inputs["grantTypes"] == ["authorizationCode", "implicit", "resourceOwnerPassword", "clientCredentials"]
    assert inputs["authorizationEndpoint"] == (
        "https://tenant.example/authorize?prompt=login&audience=basic%2F%26calculator"
    )
    assert inputs["authorizationMethods"] == ["GET", "POST"]
    assert inputs["clientAuthenticationMethod"] == ["Body"]
    assert inputs["bearerTokenSendingMethods"] == ["query"]
    assert inputs["defaultScope"] == "calc:add calc:sub openid"
    assert inputs["tokenBodyParameters"] == [
        {"name": "audience", "value": "basic/&calculator"},
        {"name": "organization", "value": "org_calculators"},
    ]
    assert inputs["resourceOwnerUsername"] == "jane@example.com"
    assert inputs["resourceOwnerPassword"] == secret("a phrase")


@pulumi.runtime.test
async def test_the_authorization_server_belongs_to_the_component(mocks, login):
    await login().authorization_server_id.future()
    assert mocks.child_types() == {f"auth0-apim:index:PortalLogin${SERVER}"}


def test_grants_without_a_browser_have_no_redirect_uri():
    assert redirect_uris(PORTAL, "auth0", ["password", "client_credentials"]) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"sku": "Consumption"},
            "input 'sku' is Consumption, a tier without a developer portal; an example that works: \"Developer\"",
        ),
        (
            {"grant_types": ["device_code"]},
            "input 'grant_types' has 'device_code'; the grant types are authorization_code, implicit, password, "
            'client_credentials; an example that works: ["authorization_code"]',
        ),
        (
            {"grant_types": []},
            "input 'grant_types' must name at least one grant type, each once; an example that works: "
            '["authorization_code"]',
        ),
        (
            {"authorization_methods": ["POST"]},
            "input 'authorization_methods' must have 'GET'; an example that works: [\"GET\"]",
        ),
        (
            {"token_endpoint": "http://tenant.example/oauth/token"},
            "input 'token_endpoint' must be an absolute https URL, not 'http://tenant.example/oauth/token'; an "
            'example that works: "https://tenant.eu.auth0.com/oauth/token"',
        ),
        (
            {"authorization_endpoint": "https://user:word@tenant.example/"},
            "input 'authorization_endpoint' must not contain a user name or a password; an example that works: "
            '"https://tenant.eu.auth0.com/authorize"',
        ),
        (
            {"authorization_endpoint": "https://tenant.example/authorize?prompt=login&audience=calc"},
            "input 'authorization_endpoint' must not have an audience, which is added, as "
            "'https://tenant.example/authorize?prompt=login&audience=calc' has; an example that works: "
            '"https://tenant.eu.auth0.com/authorize"',
        ),
        (
            {"display_name": "x" * 51},
            "input 'display_name' must be 1 to 50 characters long, not 51; an example that works: \"Auth0\"",
        ),
        (
            {"token_sending": "body"},
            "input 'token_sending' must be one of authorizationHeader, query, not 'body'; an example that works: "
            '"authorizationHeader"',
        ),
        (
            {"default_scope": "openid calc:ad", "available_scopes": ["calc:add"]},
            "input 'default_scope' asks for 'calc:ad', which the API does not have (it has calc:add, email, "
            'offline_access, openid, profile); an example that works: "calc:add calc:sub"',
        ),
        (
            {"token_body_parameters": {"audience": "another"}},
            "input 'token_body_parameters' has 'audience', which is sent anyway; an example that works: "
            '{"organization": "org_calculators"}',
        ),
        ({"client_id": None}, "input 'client_id' is required; an example that works: \"AaBbCcDdEeFf0123456789\""),
        (
            {"resource_owner_username": "jane@example.com"},
            "input 'resource_owner_username' needs the grant type 'password'; give grant_types: [\"password\"]",
        ),
    ],
)
def test_a_bad_input_is_refused_before_anything_is_made(mocks, login, args, message):
    with pytest.raises(InputError) as refusal:
        login(**args)
    assert str(refusal.value) == f"PortalLogin 'Auth0': {message}"
    assert mocks.resources == {}
