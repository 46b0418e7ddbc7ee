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
            "subjectTypeAuthorizations": [{"users": [{"policy": "deny_all"}], "clients": []}],
        },
    )
    known = {}

    def program():
        api = Auth0Api("calc", {"identifier": "basic-calculator", "existing": True})
        collect(known, audience=api.audience, scopes=api.scopes, algorithm=api.signing_algorithm)
        collect(known, secret=api.signing_secret, issuer=api.issuer, user_access=api.user_access)

    deploy(program)
    assert asked[RESOURCE_SERVER] == {"identifier": "basic-calculator"}
    assert mocks.children() == set()
    assert known == {
        "audience": "basic-calculator",
        "scopes": ["calc:add", "calc:subtract"],
        "algorithm": "HS256",
        "secret": "a-shared-secret",
        "issuer": "https://tenant.example:8443/",
        "user_access": "deny_all",
    }


@pytest.mark.parametrize("policies", [[], [{"users": [{"policy": "allow_all"}], "clients": []}]])
def test_an_existing_api_that_lets_every_application_in_is_taken_with_a_warning(deploy, found, caplog, policies):
    described = {"identifier": "basic-calculator", "signingAlg": "RS256", "signingSecret": "", "scopes": []}
    found(RESOURCE_SERVER, described | {"subjectTypeAuthorizations": policies})
    deploy(lambda: Auth0Api("calc", {"identifier": "basic-calculator", "existing": True}))
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "Auth0Api 'calc': input 'existing' is of an API whose access policy is allow_all: any application of "
        "the tenant gets its users' tokens with every scope, without a grant; use require_client_grant, once "
        "every application that needs a grant has one"
    ]


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


GRANTS = "auth0:index/getClientGrants:getClientGrants"
GRANT = "auth0:index/clientGrant:ClientGrant"


def a_grant(subject_type, *scopes, **others):
    return {
        "id": f"cgr_{subject_type}",
        "subjectType": subject_type,
        "scopes": list(scopes),
        "allowAllScopes": False,
        **others,
    }


@pytest.fixture
def of_a_client_with_grants(found):
    """A program with a client that exists, whose grants are given; `granted` is what it says they are."""
    found(CLIENT, {"clientId": "AaBb", "clientSecret": "its-own-secret", "appType": "regular_web"})
    granted = {}

    def program(component, grants, **args):
        asked = found(GRANTS, {"clientGrants": grants})

        def run():
            client = component("app", {"audience": "calc", "existing_client_id": "AaBb", **args})
            collect(granted, scopes=client.granted_scopes)

        return run, asked

    program.granted = granted
    return program


@pytest.mark.parametrize(("component", "subject_type"), [(MachineClient, "client"), (InteractiveClient, "user")])
@pytest.mark.parametrize("wanted", [{}, {"scopes": ["b", "a"]}])
def test_an_existing_grant_is_read_and_not_made(
    deploy, mocks, of_a_client_with_grants, component, subject_type, wanted
):
    other = {"client": "user", "user": "client"}[subject_type]
    grants = [a_grant(other, "x"), a_grant(subject_type, "b", "a")]
    program, asked = of_a_client_with_grants(component, grants, existing_grant=True, **wanted)
    deploy(program)
    assert asked[GRANTS] == {"clientId": "AaBb", "audience": "calc"}
    assert mocks.children() == set()
    assert of_a_client_with_grants.granted == {"scopes": ["a", "b"]}


def test_an_existing_grant_of_all_scopes_has_those_of_the_api(deploy, mocks, found, of_a_client_with_grants):
    found(RESOURCE_SERVER, {"identifier": "calc", "scopes": [{"name": "b"}, {"name": "a"}]})
    grants = [a_grant("user", allowAllScopes=True)]
    program, _ = of_a_client_with_grants(InteractiveClient, grants, existing_grant=True)
    deploy(program)
    assert of_a_client_with_grants.granted == {"scopes": ["a", "b"]}


def test_an_existing_grant_of_other_scopes_is_refused(refused, of_a_client_with_grants):
    program, _ = of_a_client_with_grants(
        MachineClient, [a_grant("client", "a", "b", "c")], existing_grant=True, scopes=["a"]
    )
    assert (
        "MachineClient 'app': input 'scopes' are a, and the grant that exists has a, b, c; leave it out, to "
        "take the grant as it is"
    ) in refused(program)


@pytest.mark.parametrize(
    ("grants", "problem"),
    [
        ([], None),
        ([a_grant("client", "a")], None),
        ([a_grant("", "a")], None),
        (
            [a_grant("user", "b", "a")],
            "InteractiveClient 'app': input 'existing_client_id' is of a client that has a grant for the "
            "audience already: cgr_user, subject type user, scopes a, b; this stack did not make it; give "
            "existing_grant: true, which reads it; or delete it, where an interrupted deployment left it",
        ),
    ],
)
def test_before_a_grant_is_made_one_of_others_is_refused(
    mocks, deploy, of_a_client_with_grants, grants, problem, monkeypatch
):
    hooks = []
    real = pulumi.ResourceHook
    monkeypatch.setattr(pulumi, "ResourceHook", lambda *args: hooks.append(real(*args)) or hooks[-1])
    program, _ = of_a_client_with_grants(InteractiveClient, grants, scopes=["a"])
    told = []

    @pulumi.runtime.test
    async def create():
        program()
        [hook] = hooks
        assert hook.opts.on_dry_run
        try:
            await hook.callback(None)
        except InputError as error:
            told.append(str(error))

    create()
    assert told == ([problem] if problem else [])
    assert mocks.children() == {(GRANT, "app-grant")}


def test_a_grant_that_does_not_exist_is_refused(refused, of_a_client_with_grants):
    program, _ = of_a_client_with_grants(InteractiveClient, [a_grant("client", "a")], existing_grant=True)
    assert (
        "InteractiveClient 'app': input 'existing_grant' is true, and the client has no grant of subject type "
        "'user' for the audience; leave it out, and one is made"
    ) in refused(program)


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
            "input 'token_lifetime' describes a new one and excludes 'existing'; leave it out",
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
