"""Objects that exist already: nothing of theirs is asked for, what the component adds is."""

import pulumi
import pytest
from auth0_apim import Auth0Api, InputError, InteractiveClient, MachineClient, UserDatabase

CLIENT = "auth0:index/getClient:getClient"
CONNECTION = "auth0:index/getConnection:getConnection"
RESOURCE_SERVER = "auth0:index/getResourceServer:getResourceServer"


@pytest.fixture
def found(mocks, monkeypatch):
    """What the provider's functions answer, by their tokens; the answer is what they were asked for."""
    asked, answers, usual = {}, {}, mocks.call

    def call(args):
        if args.token not in answers:
            return usual(args)
        asked[args.token] = args.args
        return answers[args.token]

    monkeypatch.setattr(mocks, "call", call)

    def answer(token, document):
        answers[token] = document
        return asked

    return answer


def collect(into, **outputs):
    for name, value in outputs.items():
        pulumi.Output.unsecret(value).apply(lambda known, name=name: into.update({name: known}))


def test_an_existing_api_is_read_by_its_identifier(deploy, mocks, found):
    asked = found(
        RESOURCE_SERVER,
        {
            "identifier": "basic-calculator",
            "signingAlg": "HS256",
            "signingSecret": "a-shared-secret",
            "scopes": [{"name": "calc:subtract", "description": ""}, {"name": "calc:add", "description": ""}],
        },
    )
    known = {}

    def program():
        api = Auth0Api("calc", {"identifier": "basic-calculator", "existing": True})
        collect(known, audience=api.audience, scopes=api.scopes, algorithm=api.signing_algorithm)
        collect(known, secret=api.signing_secret, issuer=api.issuer)

    deploy(program)
    assert asked[RESOURCE_SERVER] == {"identifier": "basic-calculator"}
    assert mocks.children() == set()
    assert known == {
        "audience": "basic-calculator",
        "scopes": ["calc:add", "calc:subtract"],
        "algorithm": "HS256",
        "secret": "a-shared-secret",
        "issuer": "https://tenant.example:8443/",
    }


def test_an_existing_machine_client_is_read_and_granted(deploy, mocks, found):
    asked = found(CLIENT, {"clientId": "AaBb", "clientSecret": "its-own-secret", "appType": "non_interactive"})
    known = {}

    def program():
        client = MachineClient(
            "bot", {"audience": "basic-calculator", "scopes": ["calc:add"], "existing_client_id": "AaBb"}
        )
        collect(known, client_id=client.client_id, secret=client.client_secret)

    deploy(program)
    assert asked[CLIENT] == {"clientId": "AaBb"}
    assert mocks.children() == {("auth0:index/clientGrant:ClientGrant", "bot-grant")}
    assert mocks.inputs_of("auth0:index/clientGrant:ClientGrant", "bot-grant")["clientId"] == "AaBb"
    assert known == {"client_id": "AaBb", "secret": "its-own-secret"}


@pytest.mark.parametrize(("kind", "secret"), [("regular_web", "its-own-secret"), ("spa", None)])
def test_an_existing_interactive_client_is_read(deploy, mocks, found, kind, secret):
    found(CLIENT, {"clientId": "AaBb", "clientSecret": "its-own-secret", "appType": kind})
    known = {}

    def program():
        client = InteractiveClient("login", {"existing_client_id": "AaBb"})
        collect(known, client_id=client.client_id, secret=client.client_secret)

    deploy(program)
    assert mocks.children() == set()
    assert known == {"client_id": "AaBb", "secret": secret}


def test_an_existing_database_is_enabled_for_further_clients_and_keeps_its_own(deploy, mocks, found):
    asked = found(CONNECTION, {"connectionId": "con_1", "name": "People"})
    known = {}

    def program():
        database = UserDatabase(
            "users",
            {"connection_name": "People", "existing": True, "enabled_clients": [pulumi.Output.from_input("AaBb")]},
        )
        collect(known, connection_id=database.connection_id, name=database.connection_name)

    deploy(program)
    assert asked[CONNECTION] == {"name": "People", "skipEnabledClients": True}
    assert mocks.children() == {("auth0:index/connectionClient:ConnectionClient", "users-client-1")}
    assert mocks.inputs_of("auth0:index/connectionClient:ConnectionClient", "users-client-1") == {
        "connectionId": "con_1",
        "clientId": "AaBb",
    }
    assert known == {"connection_id": "con_1", "name": "People"}


@pytest.mark.parametrize(
    ("component", "args", "message"),
    [
        (
            Auth0Api,
            {"identifier": "calc", "existing": True, "token_lifetime": 60},
            "input 'token_lifetime' describes a new one and excludes 'existing'; an example that works: leave it out",
        ),
        (
            MachineClient,
            {"audience": "calc", "existing_client_id": "AaBb", "display_name": "Bot"},
            "input 'display_name' describes a new one and excludes 'existing_client_id'",
        ),
        (
            InteractiveClient,
            {"existing_client_id": "AaBb", "callbacks": ["https://app.example.com/callback"]},
            "input 'callbacks' describes a new one and excludes 'existing_client_id'",
        ),
        (
            UserDatabase,
            {"connection_name": "People", "existing": True, "allow_sign_up": False},
            "input 'allow_sign_up' describes a new one and excludes 'existing'",
        ),
        (MachineClient, {"audience": "calc", "existing_client_id": "a b"}, "must be text without blanks, not 'a b'"),
    ],
)
def test_what_describes_a_new_one_is_refused_for_an_existing_one(mocks, component, args, message):
    with pytest.raises(InputError) as refusal:
        component("x", args)
    assert message in str(refusal.value)
