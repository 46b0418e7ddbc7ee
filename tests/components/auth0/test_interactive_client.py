"""InteractiveClient against mocks; its logins are proven live in tests/live."""

import pulumi
import pytest
from auth0_apim import Application, InputError, InteractiveClient

CLIENT = "auth0:index/client:Client"
CREDENTIALS = "auth0:index/clientCredentials:ClientCredentials"
GRANT = "auth0:index/clientGrant:ClientGrant"
CALLBACK = "https://app.example.com/callback"


@pytest.fixture
def app(mocks):
    return lambda **args: InteractiveClient("app", {"callbacks": [CALLBACK], **args})


def test_a_web_application_is_a_client_with_one_grant_type_and_its_credentials(mocks, app, deploy):
    deploy(lambda: app(display_name="Calculator"))
    assert mocks.children() == {(CLIENT, "app-client"), (CREDENTIALS, "app-credentials")}
    assert mocks.inputs_of(CLIENT, "app-client") == {
        "name": "Calculator",
        "description": "Managed by Pulumi",
        "appType": "regular_web",
        "grantTypes": ["authorization_code"],
        "callbacks": [CALLBACK],
        "allowedLogoutUrls": [],
        "webOrigins": [],
        "oidcConformant": True,
        "jwtConfiguration": {"alg": "RS256"},
    }
    assert mocks.inputs_of(CREDENTIALS, "app-credentials") == {
        "clientId": "app-client-client-id",
        "authenticationMethod": "client_secret_post",
    }


def test_the_children_belong_to_the_component(mocks, app, deploy):
    deploy(lambda: app(audience="calc"))
    assert mocks.child_types() == {
        f"auth0-apim:index:InteractiveClient${kind}" for kind in (CLIENT, CREDENTIALS, GRANT)
    }


@pulumi.runtime.test
async def test_the_secret_is_secret(app):
    client = app()
    assert await client.client_secret.is_secret()
    assert await client.client_secret.future() == "app-credentials-client-secret"
    assert await client.client_id.future() == "app-client-client-id"


@pulumi.runtime.test
async def test_a_single_page_application_has_no_secret(mocks, app):
    client = app(application=Application.SINGLE_PAGE, web_origins=["https://app.example.com"])
    assert await client.client_secret.future() is None
    assert mocks.inputs_of(CREDENTIALS, "app-credentials")["authenticationMethod"] == "none"
    inputs = mocks.inputs_of(CLIENT, "app-client")
    assert (inputs["appType"], inputs["webOrigins"]) == ("spa", ["https://app.example.com"])


def test_refresh_tokens_rotate_and_expire(mocks, app, deploy):
    deploy(lambda: app(offline_access=True))
    inputs = mocks.inputs_of(CLIENT, "app-client")
    assert inputs["grantTypes"] == ["authorization_code", "refresh_token"]
    assert inputs["refreshToken"] == {
        "rotationType": "rotating",
        "expirationType": "expiring",
        "leeway": 0,
        "tokenLifetime": 2592000,
        "infiniteTokenLifetime": False,
        "idleTokenLifetime": 1296000,
        "infiniteIdleTokenLifetime": False,
    }


def test_the_password_grant_is_there_only_when_asked_for_and_the_implicit_grant_never(mocks, app, deploy):
    deploy(lambda: app(allow_password_grant=True, offline_access=True))
    assert mocks.inputs_of(CLIENT, "app-client")["grantTypes"] == [
        "authorization_code",
        "refresh_token",
        "password",
        "http://auth0.com/oauth/grant-type/password-realm",
    ]


def test_an_audience_is_granted_to_the_applications_users(mocks, app, deploy):
    deploy(lambda: app(audience="calc", scopes=["b", "a"], available_scopes=["a", "b", "c"]))
    assert mocks.inputs_of(GRANT, "app-grant") == {
        "clientId": "app-client-client-id",
        "audience": "calc",
        "scopes": ["a", "b"],
        "subjectType": "user",
    }


@pulumi.runtime.test
async def test_the_granted_scopes_are_those_that_the_tenant_has(mocks, app):
    assert await app().granted_scopes.future() == []
    mocks.answers[GRANT] = {"scopes": ["b", "a"]}
    client = InteractiveClient("other", {"callbacks": [CALLBACK], "audience": "calc", "scopes": ["a"]})
    assert await client.granted_scopes.future() == ["a", "b"]


@pulumi.runtime.test
async def test_addresses_that_loop_back_may_be_plain_http(mocks, app):
    addresses = ["http://localhost:3000/callback", "http://127.0.0.1/callback", "http://[::1]:8080/callback"]
    await app(callbacks=addresses).client_secret.future()
    assert mocks.inputs_of(CLIENT, "app-client")["callbacks"] == addresses


def test_a_callback_of_another_resource_is_checked_when_it_is_known(mocks, app, refused):
    message = refused(lambda: app(callbacks=[CALLBACK, pulumi.Output.from_input("http://app.example.com/")]))
    assert (
        "InteractiveClient 'app': input 'callbacks' has 'http://app.example.com/', which must be an absolute" in message
    )
    assert mocks.children() == set()


def callbacks(problem):
    return f"input 'callbacks' {problem}; an example that works: [\"https://app.example.com/callback\"]"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"callbacks": []}, callbacks("must have at least one address")),
        ({"callbacks": None}, callbacks("is required")),
        ({"callbacks": ["https://*.example.com/"]}, callbacks("has 'https://*.example.com/', which must be exact: ASCII without white space, wildcard or placeholder")),
        ({"callbacks": ["https://{org}.example.com/"]}, callbacks("has 'https://{org}.example.com/', which must be exact: ASCII without white space, wildcard or placeholder")),
        ({"callbacks": ["https://a.example/ "]}, callbacks("has 'https://a.example/ ', which must be exact: ASCII without white space, wildcard or placeholder")),
        ({"callbacks": ["http://a.example/"]}, callbacks("has 'http://a.example/', which must be an absolute https URL (http only for localhost)")),
        ({"callbacks": ["http://localhost.a.example/"]}, callbacks("has 'http://localhost.a.example/', which must be an absolute https URL (http only for localhost)")),
        ({"callbacks": ["javascript:alert(1)"]}, callbacks("has 'javascript:alert(1)', which must be an absolute https URL (http only for localhost)")),
        ({"callbacks": ["/callback"]}, callbacks("has '/callback', which must be an absolute https URL (http only for localhost)")),
        ({"callbacks": ["https:///callback"]}, callbacks("has 'https:///callback', which must be an absolute https URL (http only for localhost)")),
        ({"callbacks": ["https://a.example/#x"]}, callbacks("has 'https://a.example/#x', which must not have a fragment")),
        ({"callbacks": ["https://me@a.example/"]}, callbacks("has 'https://me@a.example/', which must not have a user or password")),
        ({"callbacks": ["https://a.example:99999/"]}, callbacks("has 'https://a.example:99999/', which is no URL (Port out of range 0-65535)")),
        ({"callbacks": [CALLBACK, CALLBACK]}, callbacks("names 'https://app.example.com/callback' twice")),
        ({"application": "native"}, "input 'application' must be one of regular_web, spa, not 'native'; an example that works: \"regular_web\""),
        ({"application": Application.SINGLE_PAGE, "allow_password_grant": True}, "input 'allow_password_grant' must be false for a single page application, which has no secret to show with a user's password; leave it out"),
        ({"allowed_logout_urls": ["http://a.example/"]}, "input 'allowed_logout_urls' has 'http://a.example/', which must be an absolute https URL (http only for localhost); an example that works: [\"https://app.example.com/\"]"),
        ({"web_origins": ["https://a.example/"]}, "input 'web_origins' has 'https://a.example/', which must end with its host or port; an example that works: [\"https://app.example.com\"]"),
        ({"web_origins": ["https://a.example?x"]}, "input 'web_origins' has 'https://a.example?x', which must end with its host or port; an example that works: [\"https://app.example.com\"]"),
        ({"scopes": ["a"]}, "input 'scopes' needs 'audience'; an example that works: audience: \"basic-calculator\""),
        ({"audience": "calc", "existing_grant": True}, "input 'existing_grant' needs 'existing_client_id'; an example that works: existing_client_id: \"AaBbCcDdEeFf0123456789\""),
        ({"callbacks": None, "existing_client_id": "AaBb", "existing_grant": True}, "input 'existing_grant' needs 'audience'; an example that works: audience: \"basic-calculator\""),
        ({"audience": "calc", "scopes": ["x"], "available_scopes": []}, "input 'scopes' asks for 'x', which the API does not have (it has none); an example that works: [\"calc:add\"]"),
        ({"callback": []}, "input 'callback' is not one of allow_password_grant, allowed_logout_urls, application, audience, available_scopes, callbacks, display_name, existing_client_id, existing_grant, metadata, offline_access, scopes, web_origins, without_grant; an example that works: callbacks: [\"https://app.example.com/callback\"]"),
    ],
)  # fmt: skip
@pulumi.runtime.test
def test_bad_inputs_are_refused_by_name(mocks, app, args, message):
    with pytest.raises(InputError) as refusal:
        app(**args)
    assert str(refusal.value) == f"InteractiveClient 'app': {message}"
    assert mocks.children() == set()
