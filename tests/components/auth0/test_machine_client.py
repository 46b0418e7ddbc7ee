"""MachineClient against mocks; that Auth0 grants it no more is proven live in tests/live."""

import pulumi
import pytest
from auth0_apim import Auth0Api, InputError, MachineClient, TokenEndpointAuthMethod

CLIENT = "auth0:index/client:Client"
CREDENTIALS = "auth0:index/clientCredentials:ClientCredentials"
GRANT = "auth0:index/clientGrant:ClientGrant"


@pytest.fixture
def bot(mocks):
    return lambda **args: MachineClient("bot", {"audience": "basic-calculator", **args})


def test_a_machine_client_is_a_client_its_credentials_and_its_grant(mocks, bot, deploy):
    deploy(lambda: bot(display_name="Calculator Bot", scopes=["calc:sub", "calc:add"]))
    assert mocks.children() == {(CLIENT, "bot-client"), (CREDENTIALS, "bot-credentials"), (GRANT, "bot-grant")}
    assert mocks.inputs_of(CLIENT, "bot-client") == {
        "name": "Calculator Bot",
        "appType": "non_interactive",
        "grantTypes": ["client_credentials"],
        "description": "Managed by Pulumi",
        "oidcConformant": True,
        "jwtConfiguration": {"alg": "RS256"},
    }
    assert mocks.inputs_of(CREDENTIALS, "bot-credentials") == {
        "clientId": "bot-client-client-id",
        "authenticationMethod": "client_secret_post",
    }
    assert mocks.inputs_of(GRANT, "bot-grant") == {
        "clientId": "bot-client-client-id",
        "audience": "basic-calculator",
        "scopes": ["calc:add", "calc:sub"],
        "subjectType": "client",
    }


def test_the_children_belong_to_the_component(mocks, bot, deploy):
    deploy(bot)
    assert mocks.child_types() == {
        "auth0-apim:index:MachineClient$auth0:index/client:Client",
        "auth0-apim:index:MachineClient$auth0:index/clientCredentials:ClientCredentials",
        "auth0-apim:index:MachineClient$auth0:index/clientGrant:ClientGrant",
    }


@pulumi.runtime.test
async def test_without_scopes_the_client_is_granted_none_and_named_like_the_component(mocks, bot):
    assert await bot().granted_scopes.future() == []
    assert mocks.inputs_of(GRANT, "bot-grant")["scopes"] == []
    assert mocks.inputs_of(CLIENT, "bot-client")["name"] == "bot"


@pulumi.runtime.test
async def test_the_secret_is_secret(bot):
    client = bot()
    assert await client.client_secret.is_secret()
    assert await client.client_secret.future() == "bot-credentials-client-secret"
    assert await client.client_id.future() == "bot-client-client-id"
    assert not await client.client_id.is_secret()


def test_a_secret_that_auth0_keeps_back_is_an_error_with_its_remedy(mocks, bot, refused):
    mocks.answers[CREDENTIALS] = {"clientSecret": ""}
    assert "grant the auth0 provider's client read:client_keys" in refused(bot)


def test_the_secret_can_be_sent_in_the_header(mocks, bot, deploy):
    deploy(lambda: bot(token_endpoint_auth_method=TokenEndpointAuthMethod.BASIC))
    assert mocks.inputs_of(CREDENTIALS, "bot-credentials")["authenticationMethod"] == "client_secret_basic"


def test_the_password_grant_is_there_only_when_asked_for(mocks, bot, deploy):
    deploy(lambda: bot(allow_password_grant=True, scopes=["calc:add"]))
    assert mocks.inputs_of(CLIENT, "bot-client")["grantTypes"] == [
        "client_credentials",
        "password",
        "http://auth0.com/oauth/grant-type/password-realm",
    ]


def test_users_passwords_bring_tokens_by_a_grant_of_their_own(mocks, bot, deploy):
    deploy(lambda: bot(allow_password_grant=True, scopes=["calc:sub", "calc:add"]))
    assert mocks.inputs_of(GRANT, "bot-grant")["subjectType"] == "client"
    assert mocks.inputs_of(GRANT, "bot-user-grant") == {
        "clientId": "bot-client-client-id",
        "audience": "basic-calculator",
        "scopes": ["calc:add", "calc:sub"],
        "subjectType": "user",
    }


@pulumi.runtime.test
async def test_the_granted_scopes_are_those_that_the_tenant_has(mocks, bot):
    mocks.answers[GRANT] = {"scopes": ["calc:sub", "calc:add"]}
    assert await bot(scopes=["calc:add"]).granted_scopes.future() == ["calc:add", "calc:sub"]


@pulumi.runtime.test
async def test_scopes_of_the_api_are_granted(mocks):
    api = Auth0Api("calc", {"identifier": "basic-calculator", "scopes": {"calc:add": "Add", "calc:sub": "Subtract"}})
    bot = MachineClient("bot", {"audience": api.audience, "scopes": ["calc:add"], "available_scopes": api.scopes})
    assert await bot.granted_scopes.future() == ["calc:add"]


def test_a_scope_that_another_resource_does_not_offer_is_refused_before_the_grant(mocks, bot, refused):
    message = refused(
        lambda: bot(scopes=["calc:add"], available_scopes=pulumi.Output.from_input(["calc:sub"])) and None
    )
    assert "MachineClient 'bot': input 'scopes' asks for 'calc:add', which the API does not have" in message
    assert (GRANT, "bot-grant") not in mocks.children()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"scopes": ["calc:root"], "available_scopes": ["calc:sub", "calc:add"]},
            "input 'scopes' asks for 'calc:root', which the API does not have (it has calc:add, calc:sub); "
            'an example that works: ["calc:add"]',
        ),
        (
            {"scopes": ["calc:add", "calc:add"]},
            "input 'scopes' names 'calc:add' twice; an example that works: [\"calc:add\"]",
        ),
        (
            {"scopes": ["calc add"]},
            "input 'scopes' has 'calc add', which is no scope name; an example that works: [\"calc:add\"]",
        ),
        (
            {"audience": "basic calculator"},
            "input 'audience' must not contain white space or control characters, as 'basic calculator' does; "
            'an example that works: "basic-calculator"',
        ),
        (
            {"audience": None},
            "input 'audience' is required; an example that works: \"basic-calculator\"",
        ),
        (
            {"display_name": "<b>"},
            "input 'display_name' must not contain '<' or '>', as '<b>' does; an example that works: \"Basic "
            'Calculator"',
        ),
        (
            {"token_endpoint_auth_method": "none"},
            "input 'token_endpoint_auth_method' must be one of client_secret_post, client_secret_basic, not "
            "'none'; an example that works: \"client_secret_post\"",
        ),
        (
            {"scope": ["calc:add"]},
            "input 'scope' is not one of allow_password_grant, audience, available_scopes, display_name, "
            "existing_client_id, existing_grant, metadata, public_keys, scopes, token_endpoint_auth_method, "
            'token_quota_per_day, token_quota_per_hour; an example that works: scopes: ["calc:add"]',
        ),
    ],
)
@pulumi.runtime.test
def test_bad_inputs_are_refused_by_name(mocks, bot, args, message):
    with pytest.raises(InputError) as refusal:
        bot(**args)
    assert str(refusal.value) == f"MachineClient 'bot': {message}"
    assert mocks.children() == set()


def pem(body="MIIBIjANBgkqhkiG9w0BAQEFAAOC", kind="PUBLIC KEY"):
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n"


@pulumi.runtime.test
async def test_a_client_with_public_keys_has_no_secret(mocks, bot):
    client = bot(public_keys={"new": pem("QUJD"), "current": pem()})
    assert await client.client_secret.future() is None
    assert await client.client_secret.is_secret()
    assert await client.granted_scopes.future() == []
    assert mocks.inputs_of(CREDENTIALS, "bot-credentials") == {
        "clientId": "bot-client-client-id",
        "authenticationMethod": "private_key_jwt",
        "privateKeyJwt": {
            "credentials": [
                {"credentialType": "public_key", "name": name, "algorithm": "RS256", "pem": key}
                for name, key in (("current", pem()), ("new", pem("QUJD")))
            ]
        },
    }


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({}, "must have 1 or 2 keys, not 0"),
        (dict.fromkeys("abc", pem()), "must have 1 or 2 keys, not 3"),
        ({"": pem()}, "must have names of 1 to 128 characters, not ''"),
        ({"current": pem(kind="PRIVATE KEY")}, "has a private key for 'current', which must stay with the client"),
        ({"current": "the-key"}, "has no public key or certificate as PEM for 'current'"),
    ],
)
def test_what_is_no_public_key_is_refused_and_never_quoted(bot, refused, keys, problem):
    message = refused(lambda: bot(public_keys=keys))
    assert message.startswith(f"MachineClient 'bot': input 'public_keys' {problem}; an example that works: ")
    assert "the-key" not in message


def test_a_client_sends_a_secret_or_has_keys(bot, refused):
    both = {"public_keys": {"current": pem()}, "token_endpoint_auth_method": TokenEndpointAuthMethod.BASIC}
    assert refused(lambda: bot(**both)) == (
        "MachineClient 'bot': input 'token_endpoint_auth_method' says how a secret is sent, and excludes 'public_keys'; "
        "leave it out"
    )


def test_a_quota_of_tokens_is_enforced(mocks, bot, deploy):
    deploy(lambda: bot(token_quota_per_hour=100.0))
    quota = mocks.inputs_of(CLIENT, "bot-client")["tokenQuota"]
    assert quota == {"clientCredentials": {"enforce": True, "perHour": 100}}


@pytest.mark.parametrize("limit", [0, 1.5, True])
def test_a_quota_of_tokens_is_a_whole_number(bot, refused, limit):
    assert "input 'token_quota_per_day' must be" in refused(lambda: bot(token_quota_per_day=limit))
