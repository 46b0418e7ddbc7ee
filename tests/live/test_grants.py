"""Who gets tokens of an API's users: applications that have a grant, with its scopes alone. Deployed by the real engine."""

import pulumi
import pytest
from auth0_apim import Auth0Api, DatabaseUser, InteractiveClient, UserDatabase
from auth0_apim_environments.verify.deployed_api import parse_outputs
from auth0_apim_environments.verify.tokens import TokenError, user_tokens
from pulumi import automation

pytestmark = pytest.mark.live
CALLBACK = "https://app.example.com/callback"
PASSWORD = "Correct-Horse-Battery-1"
SCOPES = {"calc:add": "Add two numbers", "calc:divide": "Divide one number by another"}


def program(**access):
    """An API, an application that is granted one of its scopes, one that is granted nothing, and a user of both."""
    api = Auth0Api("api", {"identifier": "basic-calculator", "scopes": SCOPES, **access})
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
    deployed = {}

    def answer(application, **access):
        if access not in deployed.values():
            deployed["access"] = access
            stack = stack_of(lambda: program(**access))
            deployed["outputs"] = {name: each.value for name, each in stack.up().outputs.items()}
        outputs = deployed["outputs"]
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
    # The access policy alone is what carries it.
    for application in ("stranger", "granted"):
        assert log_in(application, user_access="allow_all")["scope"] == "openid calc:add calc:divide"


@pytest.fixture
def theirs(tenant):
    """An API and an application of somebody else's, with a grant of both scopes for its users; the grant's scopes."""
    api = tenant.resource_servers.create(
        identifier="theirs", name="Theirs", scopes=[{"value": name, "description": name} for name in SCOPES]
    )
    client = tenant.clients.create(name="Theirs", app_type="regular_web")
    grant = tenant.client_grants.create(
        client_id=client.client_id, audience="theirs", scope=sorted(SCOPES), subject_type="user"
    )
    yield (
        client.client_id,
        lambda: {each.id: each.scope for each in tenant.client_grants.list(audience="theirs")},
        grant.id,
    )
    tenant.clients.delete(client.client_id)
    tenant.resource_servers.delete(api.id)


def with_grant(client_id, **args):
    client = InteractiveClient("app", {"existing_client_id": client_id, "audience": "theirs", **args})
    pulumi.export("granted", client.granted_scopes)


def test_a_grant_of_others_is_not_taken_over_but_read(stack_of, theirs):
    client_id, grants, grant_id = theirs
    before = grants()
    stack = stack_of(lambda: with_grant(client_id, scopes=["calc:add"]))
    for step in (stack.preview, stack.up):
        with pytest.raises(automation.CommandError) as refusal:
            step()
        assert (
            f"InteractiveClient 'app': input 'existing_client_id' is of a client that has a grant for the audience already: "
            f"{grant_id}, subject type user, scopes calc:add, calc:divide; this stack did not make it"
        ) in str(refusal.value)
    assert grants() == before
    stack = stack_of(lambda: with_grant(client_id, existing_grant=True, scopes=["calc:add"]))
    with pytest.raises(
        automation.CommandError, match="input 'scopes' are calc:add, and the grant that exists has calc:add"
    ):
        stack.preview()
    stack = stack_of(lambda: with_grant(client_id, existing_grant=True))
    assert stack.up().outputs["granted"].value == ["calc:add", "calc:divide"]
    stack.destroy()
    assert grants() == before


def test_a_grant_that_the_stack_made_is_changed_and_deleted_by_it(stack_of, theirs, tenant):
    client_id, grants, grant_id = theirs
    tenant.client_grants.delete(grant_id)
    stack = stack_of(lambda: with_grant(client_id, scopes=["calc:add"]))
    assert stack.up().outputs["granted"].value == ["calc:add"]
    assert list(grants().values()) == [["calc:add"]]
    assert stack.up().summary.resource_changes.get("update", 0) == 0
    [made] = grants()
    tenant.client_grants.update(made, scope=sorted(SCOPES))
    assert stack.up(refresh=True).outputs["granted"].value == ["calc:add"]
    assert grants() == {made: ["calc:add"]}
    stack.destroy()
    assert grants() == {}
