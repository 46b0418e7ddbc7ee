"""Who gets tokens of an API's users: applications that have a grant, with its scopes alone. Deployed by the real engine."""

import pulumi
import pytest
from auth0_apim import Auth0Api, DatabaseUser, InteractiveClient, UserDatabase
from auth0_apim_environments.deployed_api import parse_outputs
from auth0_apim_environments.tokens import TokenError, user_tokens

pytestmark = pytest.mark.live
CALLBACK = "https://app.example.com/callback"
PASSWORD = "Correct-Horse-Battery-1"
SCOPES = {"calc:add": "Add two numbers", "calc:divide": "Divide one number by another"}


def program():
    """An API, an application that is granted one of its scopes, one that is granted nothing, and a user of both."""
    api = Auth0Api("api", {"identifier": "basic-calculator", "scopes": SCOPES})
    granted = InteractiveClient(
        "granted",
        {
            "callbacks": [CALLBACK],
            "audience": api.audience,
            "scopes": ["calc:add"],
            "available_scopes": api.scopes,
        },
    )
    stranger = InteractiveClient("stranger", {"callbacks": [CALLBACK]})
    database = UserDatabase(
        "users", {"connection_name": "Users", "enabled_clients": [granted.client_id, stranger.client_id]}
    )
    DatabaseUser(
        "jane", {"connection_name": database.connection_name, "email": "jane@example.com", "password": PASSWORD}
    )
    for name, value in {
        "issuer": api.issuer,
        "audience": api.audience,
        "tokenEndpoint": api.token_endpoint,
        "authorizationEndpoint": api.authorization_endpoint,
    }.items():
        pulumi.export(name, value)
    for name, client in (("granted", granted), ("stranger", stranger)):
        pulumi.export(name, {"id": client.client_id, "secret": client.client_secret})


@pytest.fixture
def log_in(stack_of, http):
    """Log the user in to one of the applications, which asks for both scopes; the token endpoint's answer."""
    stack = stack_of(program)
    stack.up()
    outputs = {name: each.value for name, each in stack.outputs().items()}

    def answer(application):
        client = outputs[application]
        return user_tokens(
            http,
            parse_outputs(
                "inline",
                outputs
                | {
                    "apiUrl": "https://api.example.com",
                    "clientId": "nobody",
                    "clientSecret": "nothing",
                    "probe": {"path": "/", "scopes": sorted(SCOPES), "expected": None},
                    "interactiveClientId": client["id"],
                    "interactiveClientSecret": client["secret"],
                    "redirectUris": [CALLBACK],
                    "userEmail": "jane@example.com",
                    "userPassword": PASSWORD,
                },
            ),
        )

    return answer


def test_an_application_gets_its_users_tokens_by_its_grant_and_with_its_scopes_alone(log_in):
    with pytest.raises(TokenError, match='invalid_request: Client ".+" is not authorized to access resource server'):
        log_in("stranger")
    assert log_in("granted")["scope"] == "openid calc:add"
