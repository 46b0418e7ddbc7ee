"""UserDatabase against mocks; its passwords, blocks and scripts are proven live in tests/live."""

import pulumi
import pytest
from auth0_apim import InputError, PasswordPolicy, UserDatabase

CONNECTION = "auth0:index/connection:Connection"
CLIENTS = "auth0:index/connectionClients:ConnectionClients"
SCRIPTS = {"login": "function login() {}", "get_user": "function getByEmail() {}"}
SCRIPTS_EXAMPLE = (
    '{"login": "function login(email, password, callback) { … }", '
    '"get_user": "function getByEmail(email, callback) { … }"}'
)


@pytest.fixture
def people(mocks):
    return lambda **args: UserDatabase("people", args)


def options(mocks):
    return mocks.inputs_of(CONNECTION, "people-connection")["options"]


@pulumi.runtime.test
async def test_a_database_is_a_connection_with_strong_passwords_and_its_clients(mocks, people):
    database = people(connection_name="BasicCalculator", enabled_clients=["one", "two"])
    assert await database.connection_name.future() == "BasicCalculator"
    assert await database.connection_id.future() == "people-connection-id"
    assert mocks.children() == {(CONNECTION, "people-connection"), (CLIENTS, "people-clients")}
    assert mocks.inputs_of(CONNECTION, "people-connection") == {
        "name": "BasicCalculator",
        "strategy": "auth0",
        "options": {
            "disableSignup": True,
            "bruteForceProtection": True,
            "requiresUsername": False,
            "passwordPolicy": "good",
            "passwordComplexityOptions": {"minLength": 12},
            "passwordHistories": [{"enable": True, "size": 5}],
            "passwordDictionary": {"enable": True},
            "passwordNoPersonalInfo": {"enable": True},
        },
    }
    assert mocks.inputs_of(CLIENTS, "people-clients") == {
        "connectionId": "people-connection-id",
        "enabledClients": ["one", "two"],
    }


def test_the_children_belong_to_the_component(mocks, people, deploy):
    deploy(lambda: people(enabled_clients=["one"]))
    assert mocks.child_types() == {f"auth0-apim:index:UserDatabase${kind}" for kind in (CONNECTION, CLIENTS)}


@pulumi.runtime.test
async def test_a_database_without_clients_is_a_connection_named_like_the_component(mocks, people):
    assert await people().connection_name.future() == "people"
    assert mocks.children() == {(CONNECTION, "people-connection")}


@pulumi.runtime.test
async def test_every_opinion_can_be_changed(mocks, people):
    database = people(
        password_policy=PasswordPolicy.EXCELLENT,
        minimum_password_length=15.0,
        password_history=0,
        requires_username=True,
        allow_sign_up=True,
        brute_force_protection=False,
    )
    await database.connection_name.future()
    assert options(mocks) == {
        "disableSignup": False,
        "bruteForceProtection": False,
        "requiresUsername": True,
        "passwordPolicy": "excellent",
        "passwordComplexityOptions": {"minLength": 15},
        "passwordHistories": [{"enable": False, "size": 1}],
        "passwordDictionary": {"enable": True},
        "passwordNoPersonalInfo": {"enable": True},
    }


def test_a_custom_database_has_scripts_and_a_secret_configuration(mocks, people, secret, deploy):
    deploy(lambda: people(scripts=SCRIPTS, configuration={"url": "postgres://hunter2@db"}))
    assert options(mocks) == secret(
        {
            "disableSignup": True,
            "bruteForceProtection": True,
            "requiresUsername": False,
            "passwordPolicy": "good",
            "passwordComplexityOptions": {"minLength": 12},
            "passwordHistories": [{"enable": True, "size": 5}],
            "passwordDictionary": {"enable": True},
            "passwordNoPersonalInfo": {"enable": True},
            "enabledDatabaseCustomization": True,
            "importMode": False,
            "customScripts": SCRIPTS,
            "configuration": {"url": "postgres://hunter2@db"},
        }
    )


def test_import_mode_moves_users_at_their_first_login(mocks, people, deploy):
    deploy(lambda: people(scripts=SCRIPTS, import_mode=True))
    assert options(mocks)["importMode"] is True


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"connection_name": "basic_calculator"}, "input 'connection_name' must be made of letters, digits and single dashes between them, not 'basic_calculator'; an example that works: \"BasicCalculator\""),
        ({"connection_name": "-a"}, "input 'connection_name' must be made of letters, digits and single dashes between them, not '-a'; an example that works: \"BasicCalculator\""),
        ({"connection_name": "a--b"}, "input 'connection_name' must be made of letters, digits and single dashes between them, not 'a--b'; an example that works: \"BasicCalculator\""),
        ({"connection_name": "a" * 129}, "input 'connection_name' must be 1 to 128 characters long, not 129; an example that works: \"BasicCalculator\""),
        ({"enabled_clients": []}, "input 'enabled_clients' must have at least one client id (leave it out to enable the connection for none); an example that works: [\"AaBbCcDdEeFf0123456789\"]"),
        ({"enabled_clients": ["one", "one"]}, "input 'enabled_clients' names 'one' twice; an example that works: [\"AaBbCcDdEeFf0123456789\"]"),
        ({"password_policy": "strong"}, "input 'password_policy' must be one of none, low, fair, good, excellent, not 'strong'; an example that works: \"good\""),
        ({"minimum_password_length": 73}, "input 'minimum_password_length' must be a whole number of characters from 1 to 72, not 73; an example that works: 12"),
        ({"password_history": 25}, "input 'password_history' must be a whole number from 0 to 24, not 25; an example that works: 5"),
        ({"scripts": {"logon": "x"}}, f"input 'scripts' has 'logon', which is no database script (they are login, get_user, create, verify, change_password, change_email, delete); an example that works: {SCRIPTS_EXAMPLE}"),
        ({"scripts": {"login": " "}}, f"input 'scripts' has no text for 'login'; an example that works: {SCRIPTS_EXAMPLE}"),
        ({"scripts": {"get_user": "x"}}, f"input 'scripts' must have 'login', which a custom database needs; an example that works: {SCRIPTS_EXAMPLE}"),
        ({"scripts": {"login": "x"}, "import_mode": True}, f"input 'scripts' must have 'get_user', which import mode needs; an example that works: {SCRIPTS_EXAMPLE}"),
        ({"import_mode": True}, "input 'import_mode' needs 'scripts'; an example that works: scripts: {\"login\": \"function login(email, password, callback) { … }\", \"get_user\": \"function getByEmail(email, callback) { … }\"}"),
        ({"configuration": {"a": "hunter2"}}, "input 'configuration' needs 'scripts'; an example that works: scripts: {\"login\": \"function login(email, password, callback) { … }\", \"get_user\": \"function getByEmail(email, callback) { … }\"}"),
        ({"name": "x"}, "input 'name' is not one of allow_sign_up, brute_force_protection, configuration, connection_name, enabled_clients, existing, import_mode, metadata, minimum_password_length, password_history, password_policy, requires_username, scripts; an example that works: allow_sign_up: true"),
    ],
)  # fmt: skip
@pulumi.runtime.test
def test_bad_inputs_are_refused_by_name(mocks, people, args, message):
    with pytest.raises(InputError) as refusal:
        people(**args)
    assert str(refusal.value) == f"UserDatabase 'people': {message}"
    assert mocks.children() == set()
