"""The typed model of a stack's settings, from the engine and from files."""

import asyncio
import json
from copy import deepcopy
from pathlib import Path

import pulumi
import pytest
import yaml
from auth0_apim import (
    ApiGatewayArgs,
    Auth0ApiArgs,
    InteractiveClientArgs,
    MachineClientArgs,
    PasswordPolicy,
    PortalLoginArgs,
    PublishedApiArgs,
    SigningAlgorithm,
    UserDatabaseArgs,
)
from auth0_apim_environments.settings.problems import SettingsError
from auth0_apim_environments.settings.section import Section
from auth0_apim_environments.settings.settings import Settings
from pulumi.runtime import set_all_config

STACKS = Path(__file__).parents[3] / "stacks"
VALUES = {
    "api": {"displayName": "Calculator", "identifier": "calculator", "scopes": {"calc:add": "Add", "calc:sub": "Sub"}},
    "client": {"displayName": "Bot"},
    "gateway": {
        "resourceGroup": "group",
        "serviceName": "apis",
        "sku": "Developer",
        "publisherName": "Contoso",
        "publisherEmail": "apis@contoso.example",
    },
    "publication": {"openapi": "openapi.json", "path": "calc", "displayName": "Calculator", "defaultScopes": []},
}
USER = {"database": {"connectionName": "People"}, "user": {"email": "jane@example.com"}}
PORTAL = {"portal": {}, "interactiveClient": {"displayName": "Portal"}}


@pytest.fixture(scope="module", autouse=True)
def loop():
    """The event loop of the outputs that settings have: the SDK takes the thread's, and would leave one that nobody closes."""
    own = asyncio.new_event_loop()
    asyncio.set_event_loop(own)
    yield
    asyncio.set_event_loop(None)
    own.close()


@pytest.fixture
def hand_over(monkeypatch):
    """Hand values over as the engine does: scalars as text, maps and lists as JSON, the namespace before each key."""
    monkeypatch.delenv("AUTH0_APIM_USER_PASSWORD", raising=False)

    def give(values, secret_keys=()):
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
        config = {f"auth0-apim:{key}": text for key, text in texts.items()} | {"auth0:domain": "tenant.example"}
        set_all_config(config, [f"auth0-apim:{key}" for key in secret_keys])

    yield give
    set_all_config({}, [])


def with_values(path, value):
    """VALUES with one more, or another, value at a dotted path."""
    values = deepcopy(VALUES)
    *sections, key = path.split(".")
    section = values
    for name in sections:
        section = section.setdefault(name, {})
    section[key] = value
    return values


def problems(values):
    with pytest.raises(SettingsError) as refusal:
        Settings.parse(values)
    return [f"{each.key} {each.problem}; {each.example}" for each in refusal.value.problems]


def test_defaults_are_the_safe_ones():
    settings = Settings.parse(VALUES)
    assert settings.api.signing_algorithm is SigningAlgorithm.RS256
    assert settings.api.token_lifetime == 86400
    assert settings.api.permissions_in_token is False
    assert settings.client.scopes is None
    assert settings.client.allow_password_grant is False
    assert settings.gateway.existing is False
    assert settings.publication.subscription_required is False
    assert (settings.database, settings.user, settings.portal, settings.interactive_client) == (None, None, None, None)
    assert Settings.parse(VALUES | USER).database.password_policy is PasswordPolicy.GOOD
    assert Settings.parse(VALUES | USER).database.allow_sign_up is False


def test_the_engine_hands_over_values_of_every_shape(hand_over):
    values = with_values("api.tokenLifetime", "3600") | USER | {"userPassword": '{"not": "json"}'}
    hand_over(values | {"tags": {"owner": "me"}}, secret_keys=["userPassword"])
    settings = Settings.load()
    assert settings.api.token_lifetime == 3600
    assert settings.api.scopes == {"calc:add": "Add", "calc:sub": "Sub"}
    assert settings.tags == {"owner": "me"}
    assert settings.user_password.get_secret_value() == '{"not": "json"}'


def test_the_engine_can_hand_over_by_environment_variables_only(hand_over, monkeypatch):
    hand_over({})
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({f"auth0-apim:{key}": json.dumps(VALUES[key]) for key in VALUES}))
    assert Settings.load() == Settings.parse(VALUES)


def test_the_password_comes_from_the_environment_when_the_stack_has_none(hand_over, monkeypatch):
    hand_over(VALUES | USER)
    monkeypatch.setenv("AUTH0_APIM_USER_PASSWORD", "correct Horse 7")
    assert Settings.load().user_password.get_secret_value() == "correct Horse 7"


def test_the_stacks_own_password_goes_first(hand_over, monkeypatch):
    hand_over(VALUES | USER | {"userPassword": "of the Stack 1"}, secret_keys=["userPassword"])
    monkeypatch.setenv("AUTH0_APIM_USER_PASSWORD", "of the Environment 1")
    assert Settings.load().user_password.get_secret_value() == "of the Stack 1"


def test_a_password_in_the_environment_does_not_disturb_a_stack_without_user(hand_over, monkeypatch):
    hand_over(VALUES)
    monkeypatch.setenv("AUTH0_APIM_USER_PASSWORD", "correct Horse 7")
    assert Settings.load().user_password is None


def test_the_backend_comes_from_the_environment_when_the_stack_names_none(hand_over, monkeypatch):
    monkeypatch.setenv("AUTH0_APIM_SERVICE_URL", "http://localhost:14302/api")
    hand_over(VALUES)
    assert Settings.load().publication.service_url == "http://localhost:14302/api"
    own = {"publication": VALUES["publication"] | {"serviceUrl": "https://backend.example/api"}}
    hand_over(VALUES | own)
    assert Settings.load().publication.service_url == "https://backend.example/api"


def test_a_backend_in_the_environment_is_checked_like_any_other(hand_over, monkeypatch):
    monkeypatch.setenv("AUTH0_APIM_SERVICE_URL", "ftp://backend.example")
    hand_over(VALUES)
    with pytest.raises(SettingsError, match=r"publication\.serviceUrl"):
        Settings.load()


def test_a_user_without_password_is_refused_with_both_ways_to_give_one(hand_over):
    hand_over(VALUES | USER)
    with pytest.raises(SettingsError) as refusal:
        Settings.load()
    assert str(refusal.value) == (
        "the stack's settings are not usable:\n"
        "  auth0-apim:userPassword is required where there is a user, or the environment variable "
        "AUTH0_APIM_USER_PASSWORD; example: pulumi config set --secret auth0-apim:userPassword"
    )


@pytest.mark.parametrize("key", ["userPassword", "databaseConfiguration"])
def test_a_secret_in_plain_text_is_refused_without_being_quoted(hand_over, tmp_path, key):
    value = "hunter2" if key == "userPassword" else {"url": "hunter2"}
    hand_over(VALUES | USER | {key: value})
    file = tmp_path / "Pulumi.plain.yaml"
    file.write_text(yaml.safe_dump({"config": {f"auth0-apim:{key}": value}}))
    for read in (Settings.load, lambda: Settings.from_file(file)):
        with pytest.raises(SettingsError) as refusal:
            read()
        assert f"auth0-apim:{key} is a secret and must not be stored as plain text" in str(refusal.value)
        assert "hunter2" not in str(refusal.value)


def test_secrets_are_neither_shown_nor_quoted(hand_over):
    hand_over(VALUES | USER | {"userPassword": "hunter2", "client": "hunter2"}, secret_keys=["userPassword", "client"])
    with pytest.raises(SettingsError) as refusal:
        Settings.load()
    assert "auth0-apim:client must be a map" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
    assert "hunter2" not in repr(Settings.parse(VALUES | USER | {"userPassword": "hunter2"}))
    assert problems(VALUES | {"userPassword": ["hunter2"]}) == [
        "userPassword must be a valid string; pulumi config set --secret auth0-apim:userPassword"
    ]


def test_keys_of_other_namespaces_are_no_business_of_ours(hand_over):
    hand_over(VALUES)
    set_all_config({**{f"auth0-apim:{key}": json.dumps(VALUES[key]) for key in VALUES}, "aws:region": "eu-west-1"}, [])
    assert Settings.load() == Settings.parse(VALUES)


def test_every_bad_key_is_named_at_once():
    values = with_values("api.tokenLifetime", 0) | {"clint": {}, "tags": {"a": "b"}}
    del values["client"]
    assert problems(values) == [
        "api.tokenLifetime must be a whole number of seconds from 1 to 2592000, not 0; 3600",
        "client is required; {displayName: Calculator Client}",
        "clint is unknown, did you mean 'client'?; client: {displayName: Calculator Client}",
    ]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("api.identifier", "a b", "api.identifier must not contain white space or control characters, as 'a b' does; basic-calculator"),
        ("api.signingAlgorithm", "none", "api.signingAlgorithm must be 'RS256' or 'HS256', not 'none'; RS256"),
        ("api.tokenLifetime", "soon", "api.tokenLifetime must be a valid integer, not 'soon'; 3600"),
        ("api.permissionsInToken", "maybe", "api.permissionsInToken must be a valid boolean, not 'maybe'; true"),
        ("api.scopes", "calc:add", 'api.scopes must be a map; {"calc:add": "Add two numbers"}'),
        ("api.domain", "https://a.example", "api.domain must be a bare domain, without scheme and path, not 'https://a.example'; login.example.com"),
        ("api.display_name", "x", "api.display_name is unknown, did you mean 'displayName'?; displayName: Basic Calculator"),
        ("api.zzz", 1, "api.zzz is unknown, the keys here are displayName, existing, identifier, scopes, signingAlgorithm, tokenLifetime, permissionsInToken, allowOfflineAccess, userAccess, domain; displayName: Basic Calculator"),
        ("gateway.serviceName", "1apis", "gateway.serviceName must be 1 to 50 letters, digits and dashes, a letter first and no dash last, not '1apis'; contoso-apis-dev"),
        ("publication.path", "/calc", "publication.path must be 1 to 400 letters, digits, '.', '_', '~' and '-', with slashes only between them, not '/calc'; calc"),
        ("publication", [], 'publication must be a map; {openapi: …, path: …, displayName: …}'),
        ("client.scopes", ["calc:root"], "client.scopes has 'calc:root', which is not one of api.scopes (calc:add, calc:sub); [\"calc:add\"]"),
        ("publication.operationScopes", {"add": ["calc:root"]}, "publication.operationScopes.add has 'calc:root', which is not one of api.scopes (calc:add, calc:sub); [\"calc:add\"]"),
        ("user", {"email": "jane@example.com"}, "database is required where there is a user; {connectionName: BasicCalculator}"),
        ("portal", {}, "interactiveClient is required where there is a portal; {displayName: Calculator Portal}"),
        ("interactiveClient", {"displayName": "App"}, "interactiveClient.callbacks must have at least one address without a portal; https://app.example.com/callback"),
        ("publication.defaultScopes", None, "publication.operationScopes names no operation, so that all are denied; give it, defaultScopes or scopesFromDocument; {add: ['calc:add']}"),
        ("publication.defaultScopes", ["calc:div"], "publication.defaultScopes has 'calc:div', which is not one of api.scopes (calc:add, calc:sub); [\"calc:add\"]"),
        ("publication.scopesFromDocument", True, f"publication.openapi names the file {str(Path('openapi.json').resolve())!r}, which does not exist; examples/basic-calculator/openapi.json"),
        ("roles.operator.permissions", ["calc:add"], "api.permissionsInToken must be true where there are roles, or they count for nothing; true"),
        ("policy.quotaSeconds", 60, "policy.quotaSeconds must be a whole number from 300 to 2147483647, not 60; 86400"),
    ],
)  # fmt: skip
def test_bad_values_are_refused_with_the_key_the_problem_and_an_example(path, value, problem):
    assert problems(with_values(path, value)) == [problem]


def test_an_existing_service_is_not_described():
    assert problems(with_values("gateway.existing", True)) == [
        f"gateway.{key} describes a new service and excludes 'existing'; leave it out"
        for key in ("sku", "publisherName", "publisherEmail")
    ]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (USER | {"database": {"connectionName": "People", "requiresUsername": True}}, "user.username is required by database.requiresUsername; jane"),
        (USER | {"user": {"email": "jane@example.com", "username": "jane"}}, "user.username is not allowed without database.requiresUsername; jane"),
        (USER | {"database": {"connectionName": "People", "importMode": True}}, "database.scripts must have 'login', which import mode needs; {login: database/login.js}"),
        ({"publication": {name: value for name, value in VALUES["publication"].items() if name != "product"} | {"productSubscriptionRequired": True}}, "publication.productSubscriptionRequired needs product; Starter"),
        (USER | {"databaseConfiguration": {"url": "x"}}, "database.scripts must have 'login', which a custom database needs; {login: database/login.js}"),
        ({"userPassword": "x"}, "user is required where there is a userPassword; {email: jane@example.com}"),
        (PORTAL | {"gateway": VALUES["gateway"] | {"sku": "Consumption"}}, "gateway.sku is Consumption, which has no developer portal; Developer"),
        (PORTAL | {"portal": {"grantTypes": ["implicit"]}}, "portal.grantTypes has 'implicit', which the interactive client never has; [\"password\"]"),
        (PORTAL | {"portal": {"grantTypes": ["password"]}}, "portal.grantTypes has 'password', which needs a user and interactiveClient.allowPasswordGrant; [\"authorization_code\"]"),
        (PORTAL | {"portal": {"defaultScopes": ["x"]}}, "portal.defaultScopes has 'x', which is not one of api.scopes (calc:add, calc:sub); [\"calc:add\"]"),
        (PORTAL | {"portal": {"defaultScopes": ["calc:sub"]}, "interactiveClient": {"displayName": "App", "scopes": ["calc:add"]}}, "portal.defaultScopes has 'calc:sub', which is not one of interactiveClient.scopes; [\"calc:add\"]"),
        (PORTAL | {"interactiveClient": {"displayName": "App", "scopes": ["x"]}}, "interactiveClient.scopes has 'x', which is not one of api.scopes (calc:add, calc:sub); [\"calc:add\"]"),
        (PORTAL | {"interactiveClient": {"displayName": "App", "existingGrant": True}}, "interactiveClient.existingGrant needs existingClientId, as a new client has no grant yet; false"),
        ({"client": {"displayName": "Bot", "existingGrant": True}}, "client.existingGrant needs existingClientId, as a new client has no grant yet; false"),
        (PORTAL | {"interactiveClient": {"displayName": "App", "application": "spa"}}, "interactiveClient.application must be regular_web where there is a portal; regular_web"),
        ({"interactiveClient": {"displayName": "App", "application": "spa", "callbacks": ["https://a.example/"], "allowPasswordGrant": True}}, "interactiveClient.allowPasswordGrant must be false for a single page application; false"),
        ({"gateway": {"resourceGroup": "group", "serviceName": "apis", "publisherName": "Contoso"}}, "gateway.publisherEmail is required for a new service; apis@contoso.example"),
    ],
)  # fmt: skip
def test_settings_that_contradict_each_other_are_refused(values, problem):
    assert problems(VALUES | values) == [problem]


@pytest.mark.parametrize("environment", ["local", "dev"])
def test_the_stacks_of_the_project_are_usable(environment):
    settings = Settings.from_file(STACKS / f"Pulumi.{environment}.yaml")
    assert set(settings.publication.operation_scopes) == {"add", "subtract", "multiply", "divide"}
    assert settings.gateway.sku.value == "Developer"
    assert settings.user_password is None


def test_local_is_the_tutorial():
    settings = Settings.from_file(STACKS / "local.settings.yaml")
    assert (settings.api.display_name, settings.api.identifier) == ("Basic Calculator", "basic-calculator")
    assert settings.api.signing_algorithm is SigningAlgorithm.RS256
    assert settings.database.connection_name == "BasicCalculator"
    assert (settings.publication.path, settings.publication.product_name) == ("calc", "Starter")
    assert settings.portal is not None


def test_dev_shows_every_setting():
    text = (STACKS / "Pulumi.dev.yaml").read_text()
    for field in Settings.model_fields.values():
        assert f"auth0-apim:{field.alias}" in text
    for section in set(Section.__subclasses__()) - {Settings}:
        for field in section.model_fields.values():
            assert f"{field.alias}:" in text


def test_a_section_becomes_args_of_its_component():
    settings = Settings.from_file(STACKS / "Pulumi.dev.yaml")
    for args, shape in [
        (settings.api.args(), Auth0ApiArgs),
        (settings.client.args(), MachineClientArgs),
        (settings.gateway_args(), ApiGatewayArgs),
        (settings.database_args(), UserDatabaseArgs),
        (settings.publication.args(), PublishedApiArgs),
        (settings.portal.args(), PortalLoginArgs),
        (settings.interactive_client.args(), InteractiveClientArgs),
    ]:
        assert args, shape.__name__
        assert set(args) <= set(shape.__annotations__), shape.__name__
    assert settings.portal.args()["default_scope"] == "calc:add"
    assert settings.gateway_args()["tags"] == {"environment": "dev", "owner": "platform-team"}


def test_the_tags_are_also_the_metadata_of_what_auth0_keeps():
    settings = Settings.parse(VALUES | USER | {"tags": {"owner": "a"}, "userPassword": "correct-Horse-7-battery"})
    assert settings.metadata_args() == {"metadata": {"owner": "a"}}
    assert settings.database_args()["metadata"] == {"owner": "a"}
    assert settings.user_args()["app_metadata"] == {"owner": "a"}
    assert Settings.parse(VALUES).metadata_args() == {}


def test_tags_that_no_client_can_carry_are_refused():
    with pytest.raises(SettingsError, match="auth0-apim:tags must have at most 10 entries, not 11"):
        Settings.parse(VALUES | {"tags": {str(number): "x" for number in range(11)}})


def test_the_tags_are_not_an_existing_services():
    gateway = {"resourceGroup": "group", "serviceName": "apis", "existing": True}
    settings = Settings.parse(VALUES | {"gateway": gateway, "tags": {"a": "b"}})
    assert settings.gateway_args() == {"resource_group_name": "group", "service_name": "apis", "existing": True}


def test_a_user_is_judged_by_the_databases_policy():
    database = {"connectionName": "People", "passwordPolicy": "excellent", "minimumPasswordLength": 20}
    settings = Settings.parse(VALUES | USER | {"database": database, "userPassword": "correct Horse 7"})
    assert settings.user_args() == {
        "email": "jane@example.com",
        "password": "correct Horse 7",
        "password_policy": PasswordPolicy.EXCELLENT,
        "minimum_password_length": 20,
    }


def test_scripts_are_read_from_their_files(tmp_path):
    script = tmp_path / "login.js"
    script.write_text("function login() {}")
    database = {"connectionName": "People", "scripts": {"login": str(script)}}
    settings = Settings.parse(VALUES | {"database": database, "databaseConfiguration": {"url": "hunter2"}})
    assert settings.database_args()["scripts"] == {"login": "function login() {}"}
    assert settings.database_args()["configuration"] == {"url": "hunter2"}
    script.write_bytes(b"function login() {\r\n}")
    assert settings.database_args()["scripts"] == {"login": "function login() {\r\n}"}
    script.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="it is no UTF-8"):
        settings.database_args()
    script.unlink()
    with pytest.raises(SettingsError) as refusal:
        settings.database_args()
    assert f"database.scripts.login cannot be read from '{script}' (No such file or directory)" in str(refusal.value)


def test_without_a_database_there_are_no_args_for_one():
    settings = Settings.parse(VALUES)
    assert (settings.database_args(), settings.user_args(), settings.probe_outputs()) == ({}, {}, {})


@pulumi.runtime.test
async def test_verify_is_told_the_call_and_the_user():
    values = with_values("publication.operationScopes", {"add": ["calc:add"]}) | USER
    probe = {"operation": "add", "path": "/add?a=1&b=2", "expected": {"result": 3}}
    outputs = Settings.parse(values | {"probe": probe, "userPassword": "correct Horse 7"}).probe_outputs()
    assert outputs["probe"] == {"path": "/add?a=1&b=2", "scopes": ["calc:add"], "expected": {"result": 3}}
    assert outputs["userEmail"] == "jane@example.com"
    assert await outputs["userPassword"].is_secret()
    assert await outputs["userPassword"].future() == "correct Horse 7"


def test_encrypted_values_of_a_file_are_left_to_the_engine(tmp_path):
    config = {f"auth0-apim:{key}": value for key, value in (VALUES | USER).items()}
    config["auth0-apim:userPassword"] = {"secure": "v1:abc"}
    config["auth0-apim:databaseConfiguration"] = {"url": {"secure": "v1:def"}}
    file = tmp_path / "Pulumi.some.yaml"
    file.write_text(yaml.safe_dump({"config": config}))
    assert Settings.from_file(file) == Settings.parse(VALUES | USER)


@pytest.mark.parametrize(
    ("text", "problem"), [("config: [", "is no YAML ("), ("{}", "has no map 'config'"), ("- a", "has no map 'config'")]
)
def test_a_file_without_config_is_refused(tmp_path, text, problem):
    file = tmp_path / "Pulumi.odd.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refusal:
        Settings.from_file(file)
    assert str(refusal.value).startswith(f"{file} {problem}")


def test_settings_are_immutable():
    with pytest.raises(ValueError, match="frozen"):
        Settings.parse(VALUES).api.identifier = "another"


def test_every_setting_is_described_and_has_an_example():
    models = Section.__subclasses__()
    assert len(models) > 8
    for model in models:
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            assert field.examples, f"{model.__name__}.{name}"


def test_a_call_to_a_closed_operation_proves_nothing():
    values = with_values("probe", {"operation": "sub", "path": "/sub", "expected": 1})
    values["publication"] = {**VALUES["publication"], "defaultScopes": None, "operationScopes": {"add": []}}
    assert problems(values) == ["probe.operation is denied, so that no call is answered with 200; add"]


def test_the_document_says_the_scopes_where_it_is_asked(tmp_path):
    scheme = {"securitySchemes": {"auth0": {"type": "oauth2", "flows": {}}}}
    paths = {"/add": {"get": {"operationId": "add", "security": [{"auth0": ["calc:add"]}]}}}
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps({"openapi": "3.0.1", "components": scheme, "paths": paths}))
    publication = {"openapi": str(document), "path": "calc", "displayName": "Calculator", "scopesFromDocument": True}
    probe = {"operation": "add", "path": "/add", "expected": 1}
    settings = Settings.parse({**VALUES, "publication": publication, "probe": probe})
    assert settings.policy_args() == {
        "signing_algorithm": SigningAlgorithm.RS256,
        "operation_scopes": {},
        "scopes_document": str(document),
    }
    assert settings.probe_outputs()["probe"]["scopes"] == ["calc:add"]


def test_roles_are_declared_once_and_given_by_their_keys():
    values = deepcopy(VALUES) | {"roles": {"operator": {"permissions": ["calc:add"], "displayName": "Operator"}}}
    values["api"]["permissionsInToken"] = True
    settings = Settings.parse(values)
    assert settings.roles["operator"].args() == {"permissions": ["calc:add"], "role_name": "Operator"}
    assert settings.policy_args()["scope_claim"] == "permissions"
    values["roles"]["operator"]["permissions"] = ["calc:div"]
    values |= {"database": USER["database"], "user": {"email": "jane@example.com", "roles": ["admin"]}}
    assert problems(values) == [
        "roles.operator.permissions has 'calc:div', which is not one of api.scopes (calc:add, calc:sub); "
        '["calc:add"]',
        "user.roles has 'admin', which is not one of roles (operator); [operator]",
    ]


def test_a_limit_needs_a_tier_that_has_it():
    values = with_values("policy", {"quotaCalls": 10})
    values["gateway"]["sku"] = "StandardV2"
    assert problems(values) == [
        "gateway.sku is StandardV2, a tier without quotas by key, which the policy has; Developer"
    ]
    values["policy"] = {"rateLimitCalls": 10, "countedBy": "subscription"}
    assert Settings.parse(values).policy_args()["counted_by"] == "subscription"
