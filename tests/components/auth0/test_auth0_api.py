"""Auth0Api against mocks; its tokens and drift are proven live in tests/live."""

import pulumi
import pytest
from auth0_apim import Auth0Api, InputError, SigningAlgorithm, UserAccess

RESOURCE_SERVER = "auth0:index/resourceServer:ResourceServer"
SCOPES = "auth0:index/resourceServerScopes:ResourceServerScopes"


@pytest.fixture
def calculator(mocks):
    return lambda **args: Auth0Api("calc", {"identifier": "basic-calculator", **args})


@pulumi.runtime.test
async def test_an_api_is_a_resource_server_and_its_scopes(mocks, calculator):
    api = calculator(display_name="Basic Calculator", scopes={"calc:sub": "Subtract", "calc:add": "Add"})
    await api.audience.future()
    assert mocks.children() == {(RESOURCE_SERVER, "calc-resource-server"), (SCOPES, "calc-scopes")}
    assert mocks.inputs_of(RESOURCE_SERVER, "calc-resource-server") == {
        "identifier": "basic-calculator",
        "name": "Basic Calculator",
        "signingAlg": "RS256",
        "allowOfflineAccess": False,
        "skipConsentForVerifiableFirstPartyClients": True,
        "enforcePolicies": False,
        "tokenDialect": "access_token",
        "tokenLifetime": 86400.0,
        "tokenLifetimeForWeb": 7200.0,
        "subjectTypeAuthorization": {
            "client": {"policy": "require_client_grant"},
            "user": {"policy": "require_client_grant"},
        },
    }
    assert mocks.inputs_of(SCOPES, "calc-scopes") == {
        "resourceServerIdentifier": "basic-calculator",
        "scopes": [{"name": "calc:add", "description": "Add"}, {"name": "calc:sub", "description": "Subtract"}],
    }


def test_the_children_belong_to_the_component(mocks, calculator, deploy):
    deploy(calculator)
    assert mocks.child_types() == {
        f"auth0-apim:index:Auth0Api${RESOURCE_SERVER}",
        f"auth0-apim:index:Auth0Api${SCOPES}",
    }


def test_the_component_gives_its_name_where_there_is_no_other(mocks, calculator, deploy):
    deploy(calculator)
    assert mocks.inputs_of(RESOURCE_SERVER, "calc-resource-server")["name"] == "calc"
    assert mocks.inputs_of(SCOPES, "calc-scopes")["scopes"] == []


def test_every_application_gets_tokens_of_the_users_only_where_that_is_asked_for(mocks, calculator, deploy):
    deploy(lambda: calculator(user_access=UserAccess.ALLOW_ALL))
    assert mocks.inputs_of(RESOURCE_SERVER, "calc-resource-server")["subjectTypeAuthorization"] == {
        "client": {"policy": "require_client_grant"},
        "user": {"policy": "allow_all"},
    }


@pulumi.runtime.test
async def test_the_access_policy_is_the_one_that_the_tenant_has(mocks, calculator):
    policies = {"client": {"policy": "require_client_grant"}, "user": {"policy": "deny_all"}}
    assert await calculator().user_access.future() == "require_client_grant"
    mocks.answers[RESOURCE_SERVER] = {"subjectTypeAuthorization": policies}
    assert await Auth0Api("kept", {"identifier": "kept"}).user_access.future() == "deny_all"


@pulumi.runtime.test
async def test_every_endpoint_is_the_tenants_with_its_port(calculator):
    api = calculator()
    assert await api.issuer.future() == "https://tenant.example:8443/"
    assert await api.openid_configuration_url.future() == (
        "https://tenant.example:8443/.well-known/openid-configuration"
    )
    assert await api.jwks_url.future() == "https://tenant.example:8443/.well-known/jwks.json"
    assert await api.authorization_endpoint.future() == "https://tenant.example:8443/authorize"
    assert await api.token_endpoint.future() == "https://tenant.example:8443/oauth/token"


@pulumi.runtime.test
async def test_a_custom_domain_takes_the_tenants_place(calculator):
    api = calculator(domain="login.example.com")
    assert await api.issuer.future() == "https://login.example.com/"
    assert await api.token_endpoint.future() == "https://login.example.com/oauth/token"


@pulumi.runtime.test
async def test_the_audience_is_the_identifier_exactly(calculator):
    assert await calculator(identifier="https://API.example.com/x").audience.future() == "https://API.example.com/x"


@pulumi.runtime.test
async def test_the_scopes_are_sorted(calculator):
    assert await calculator(scopes={"b": "B", "a": "A"}).scopes.future() == ["a", "b"]


@pulumi.runtime.test
async def test_an_rs256_api_has_no_signing_secret(calculator):
    api = calculator()
    assert await api.signing_algorithm.future() == "RS256"
    assert await api.signing_secret.future() is None


@pulumi.runtime.test
async def test_the_signing_secret_of_an_hs256_api_is_secret(mocks, calculator):
    api = calculator(signing_algorithm=SigningAlgorithm.HS256)
    assert await api.signing_secret.is_secret()
    assert await api.signing_secret.future() == "a-signing-secret-of-the-tenant"
    assert await api.signing_algorithm.future() == "HS256"
    assert mocks.inputs_of(RESOURCE_SERVER, "calc-resource-server")["signingAlg"] == "HS256"


def test_permissions_in_the_token_are_one_switch(mocks, calculator, deploy):
    deploy(lambda: calculator(permissions_in_token=True))
    inputs = mocks.inputs_of(RESOURCE_SERVER, "calc-resource-server")
    assert (inputs["enforcePolicies"], inputs["tokenDialect"]) == (True, "access_token_authz")


def test_a_browsers_token_never_lives_longer_than_the_others(mocks, calculator, deploy):
    deploy(lambda: calculator(token_lifetime=600.0))
    inputs = mocks.inputs_of(RESOURCE_SERVER, "calc-resource-server")
    assert (inputs["tokenLifetime"], inputs["tokenLifetimeForWeb"]) == (600, 600)


def test_a_value_of_another_resource_is_checked_when_it_is_known(mocks, calculator, refused):
    message = refused(lambda: calculator(identifier=pulumi.Output.from_input("basic calculator")))
    assert (
        "Auth0Api 'calc': input 'identifier' must not contain white space or control characters, as 'basic calculator' does"
        in message
    )
    assert mocks.children() == set()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"identifier": ""}, "input 'identifier' must be 1 to 600 characters long, not 0; an example that works: \"basic-calculator\""),
        ({"identifier": None}, "input 'identifier' is required; an example that works: \"basic-calculator\""),
        ({"display_name": "a>b"}, "input 'display_name' must not contain '<' or '>', as 'a>b' does; an example that works: \"Basic Calculator\""),
        ({"scopes": {"calc add": "Add"}}, "input 'scopes' has 'calc add', which is no scope name (1 to 280 printable characters, no space, quote or backslash); an example that works: {\"calc:add\": \"Add two numbers\"}"),
        ({"scopes": {"calc:add": "x" * 501}}, "input 'scopes' describes 'calc:add' in 501 characters, 500 at most; an example that works: {\"calc:add\": \"Add two numbers\"}"),
        ({"signing_algorithm": "none"}, "input 'signing_algorithm' must be one of RS256, HS256, not 'none'; an example that works: \"RS256\""),
        ({"user_access": "deny_all"}, "input 'user_access' must be one of require_client_grant, allow_all, not 'deny_all'; an example that works: \"require_client_grant\""),
        ({"token_lifetime": 0}, "input 'token_lifetime' must be a whole number of seconds from 1 to 2592000, not 0; an example that works: 3600"),
        ({"token_lifetime": 1.5}, "input 'token_lifetime' must be a whole number of seconds from 1 to 2592000, not 1.5; an example that works: 3600"),
        ({"token_lifetime": True}, "input 'token_lifetime' must be a number, not true or false; an example that works: 3600"),
        ({"domain": "https://a.example/"}, "input 'domain' must be a bare domain, without scheme and path, not 'https://a.example/'; an example that works: \"login.example.com\""),
        ({"signing_alg": "RS256"}, "input 'signing_alg' is not one of allow_offline_access, display_name, domain, existing, identifier, permissions_in_token, scopes, signing_algorithm, token_lifetime, user_access; an example that works: signing_algorithm: \"RS256\""),
    ],
)  # fmt: skip
@pulumi.runtime.test
def test_bad_inputs_are_refused_by_name(mocks, calculator, args, message):
    with pytest.raises(InputError) as refusal:
        calculator(**args)
    assert str(refusal.value) == f"Auth0Api 'calc': {message}"
    assert mocks.children() == set()
