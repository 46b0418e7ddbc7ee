"""The developer portal's login, field by field as Azure's own client reads it back, and used as the portal's console does.

What cannot be shown here: the portal's pages themselves, which only Azure has.
"""

import base64

import pytest

pytestmark = pytest.mark.live
PLACE = ("local", "basic-calculator-local")
SCOPES = "calc:add calc:multiply calc:subtract"


@pytest.fixture(scope="module")
def console(project, manager):
    """The authorization server that the console uses, with its secrets."""

    def change(config):
        config["auth0-apim:portal"].update(
            description="Log in by Auth0",
            clientRegistrationEndpoint="https://contoso.example/register",
            grantTypes=["authorization_code", "password"],
            tokenBodyParameters={"device": "portal"},
        )
        config["auth0-apim:interactiveClient"]["allowPasswordGrant"] = True

    project.change_settings(change)
    project.up()
    server = manager.authorization_server.get(*PLACE, "auth0")
    return server, manager.authorization_server.list_secrets(*PLACE, "auth0")


def test_every_field_of_the_tutorials_server_is_there(console, project, sandbox):
    server, secrets = console
    outputs = project.outputs()
    assert server.display_name == "Auth0"
    assert server.description == "Log in by Auth0"
    assert server.client_registration_endpoint == "https://contoso.example/register"
    assert server.grant_types == ["authorizationCode", "resourceOwnerPassword"]
    assert server.authorization_endpoint == f"{sandbox.issuer}authorize?audience=basic-calculator"
    assert server.authorization_methods == ["GET"]
    assert server.token_endpoint == f"{sandbox.issuer}oauth/token"
    assert server.client_authentication_method == ["Body"]
    assert server.bearer_token_sending_methods == ["authorizationHeader"]
    assert server.default_scope == SCOPES
    assert {each.name: each.value for each in server.token_body_parameters} == {
        "audience": "basic-calculator",
        "device": "portal",
    }
    assert server.client_id == outputs["interactiveClientId"]
    assert secrets.client_secret == outputs["interactiveClientSecret"]
    assert secrets.resource_owner_username == outputs["userEmail"]
    assert secrets.resource_owner_password == outputs["userPassword"]


def test_the_apis_security_is_that_server_and_the_client_lets_the_portal_in(console, project, manager, tenant):
    security = manager.api.get(*PLACE, "calc").authentication_settings
    assert security.o_auth2.authorization_server_id == "auth0"
    portal = manager.api_management_service.get(*PLACE).developer_portal_url
    client = tenant.clients.get(project.outputs()["interactiveClientId"])
    assert client.callbacks == [f"{portal}/signin-oauth/code/callback/auth0"]


def test_the_console_gets_a_token_by_these_fields_alone_and_calls_the_api(console, project, tenant, http):
    # What Auth0 demands of a tenant before it takes passwords without a realm.
    tenant.tenants.settings.update(default_directory=project.outputs()["connectionName"])
    server, secrets = console
    basic = base64.b64encode(f"{server.client_id}:{secrets.client_secret}".encode()).decode()
    form = {
        "grant_type": "password",
        "username": secrets.resource_owner_username,
        "password": secrets.resource_owner_password,
        "scope": server.default_scope,
        **{each.name: each.value for each in server.token_body_parameters},
    }
    answer = http.post(server.token_endpoint, data=form, headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200, answer.text
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    called = http.get(f"{project.outputs()['apiUrl']}/add?a=20&b=22", headers=bearer)
    assert (called.status_code, called.json()) == (200, {"result": 42})


def test_no_secret_of_the_login_is_in_the_state(console, project):
    _, secrets = console
    state = project.pulumi("stack", "export", "--stack", "local")
    assert secrets.client_secret not in state
    assert secrets.resource_owner_password not in state
