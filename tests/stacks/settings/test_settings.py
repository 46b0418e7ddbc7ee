"""The typed model of a stack's settings, from the engine and from files."""

import asyncio
import json
from copy import deepcopy
from pathlib import Path

import pulumi
import pytest
import yaml
from auth0_apim import ProtectedApiArgs
from auth0_apim.component.input_types import input_types
from auth0_apim.composite.sections import PARTS
from auth0_apim_environments.settings.problems import SettingsError
from auth0_apim_environments.settings.sections import inputs_by_key
from auth0_apim_environments.settings.settings import Settings
from pulumi.runtime import set_all_config

STACKS = Path(__file__).parents[3] / "stacks"
VALUES = {
    "api": {"displayName": "Calculator", "identifier": "calculator", "scopes": {"calc:add": "Add", "calc:sub": "Sub"}},
    "client": {"displayName": "Bot"},
    "gateway": {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "sku": "Developer",
        "publisherName": "Contoso",
        "publisherEmail": "apis@contoso.example",
    },
    "publication": {"openapi": "examples/basic-calculator/openapi.json", "path": "calc"},
    "policy": {"defaultScopes": []},
}
USER = {"database": {"connectionName": "People"}, "user": {"email": "jane@example.com"}}
PORTAL = {"portal": {}, "interactiveClient": {"displayName": "Portal"}}
WORKS = "an example that works: "


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
    return [f"{each.key} {each.problem}; {each.remedy}" for each in refusal.value.problems]


def test_defaults_are_the_components_own():
    settings = Settings.parse(VALUES | USER)
    assert {path: settings.get(path) for path in DEFAULTS} == DEFAULTS
    assert (settings.portal, settings.interactive_client) == (None, None)


DEFAULTS = {
    "api.signing_algorithm": "RS256",
    "api.token_lifetime": 86400,
    "api.permissions_in_token": False,
    "client.scopes": None,
    "client.allow_password_grant": False,
    "database.password_policy": "good",
    "database.allow_sign_up": False,
    "gateway.existing": False,
    "publication.subscription_required": False,
    "publication.display_name": "Calculator",
    "policy.clock_skew": None,
}


def test_the_engine_hands_over_values_of_every_shape(hand_over):
    values = with_values("api.tokenLifetime", 3600) | USER | {"userPassword": '{"not": "json", "But": 1}'}
    hand_over(values | {"tags": {"owner": "me"}}, secret_keys=["userPassword"])
    settings = Settings.load()
    assert settings.get("api.token_lifetime") == 3600
    assert settings.get("api.scopes") == {"calc:add": "Add", "calc:sub": "Sub"}
    assert settings.tags == {"owner": "me"}
    assert settings.user_password.get_secret_value() == '{"not": "json", "But": 1}'


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
    assert Settings.load().get("publication.service_url") == "http://localhost:14302/api"
    own = {"publication": VALUES["publication"] | {"serviceUrl": "https://backend.example/api"}}
    hand_over(VALUES | own)
    assert Settings.load().get("publication.service_url") == "https://backend.example/api"


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
        "AUTH0_APIM_USER_PASSWORD; an example that works: pulumi config set --secret auth0-apim:userPassword"
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
    assert "hunter2" not in repr(Settings.parse(VALUES | USER | {"userPassword": "hunter2-Hunter2-hunter2"}))
    assert problems(VALUES | {"userPassword": ["hunter2"]}) == [
        "userPassword must be a valid string; an example that works: pulumi config set --secret auth0-apim:userPassword"
    ]


def test_keys_of_other_namespaces_are_no_business_of_ours(hand_over):
    hand_over(VALUES)
    set_all_config({**{f"auth0-apim:{key}": json.dumps(VALUES[key]) for key in VALUES}, "aws:region": "eu-west-1"}, [])
    assert Settings.load() == Settings.parse(VALUES)


def test_every_bad_key_is_named_at_once():
    values = with_values("api.tokenLifetime", 0) | {"clint": {}, "tags": {"a": "b"}}
    del values["client"]
    assert problems(values) == [
        f'clint is unknown, did you mean \'client\'?; {WORKS}client: {{"scopes": ["calc:add"]}}',
        f"api.tokenLifetime must be a whole number of seconds from 1 to 2592000, not 0; {WORKS}3600",
    ]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("api.identifier", "a b", 'api.identifier must not contain white space or control characters, as \'a b\' does; an example that works: "basic-calculator"'),
        ("api.signingAlgorithm", "none", 'api.signingAlgorithm must be one of RS256, HS256, not \'none\'; an example that works: "RS256"'),
        ("api.tokenLifetime", "soon", 'api.tokenLifetime must be a number, not text; an example that works: 3600'),
        ("api.permissionsInToken", "maybe", 'api.permissionsInToken must be true or false, not text; an example that works: true'),
        ("api.scopes", "calc:add", 'api.scopes must be a map, not text; an example that works: {"calc:add": "Add two numbers"}'),
        ("api.domain", "https://a.example", 'api.domain must be a bare domain, without scheme and path, not \'https://a.example\'; an example that works: "login.example.com"'),
        ("api.display_name", "x", 'api.display_name is unknown, did you mean \'displayName\'?; an example that works: displayName: "Basic Calculator"'),
        ("api.zzz", 1, 'api.zzz is unknown, the keys here are identifier, existing, displayName, scopes, signingAlgorithm, permissionsInToken, tokenLifetime, allowOfflineAccess, userAccess, domain; an example that works: identifier: "basic-calculator"'),
        ("gateway.serviceName", "1apis", 'gateway.serviceName must be 1 to 50 letters, digits and dashes, a letter first and no dash last, not \'1apis\'; an example that works: "contoso-apis-dev"'),
        ("publication.path", "/calc", 'publication.path must be 1 to 400 letters, digits, \'.\', \'_\', \'~\' and \'-\', with slashes only between them, not \'/calc\'; an example that works: "calc"'),
        ("publication", [], 'publication must be a map; an example that works: {"openapi": "examples/basic-calculator/openapi.json", "path": "calc"}'),
        ("client.scopes", ["calc:root"], 'client.scopes asks for \'calc:root\', which the API does not have (it has calc:add, calc:sub); an example that works: ["calc:add"]'),
        ("policy.operationScopes", {"add": ["calc:root"]}, "policy.operationScopes asks for 'calc:root' at 'add', which the API does not have (it has calc:add, calc:sub); use one of the API's scopes"),
        ("user", {"email": "jane@example.com"}, 'user needs \'database\'; an example that works: database: {"connectionName": "BasicCalculator"}'),
        ("interactiveClient", {"displayName": "App"}, 'interactiveClient.callbacks is required; an example that works: ["https://app.example.com/callback"]'),
        ("policy.defaultScopes", None, 'policy.operationScopes names no operation, so that all are denied; to accept any good token at each, give defaultScopes: []'),
        ("policy.defaultScopes", ["calc:div"], "policy.defaultScopes asks for 'calc:div', which the API does not have (it has calc:add, calc:sub); use one of the API's scopes"),
        ("publication.openapi", "openapi.json", f"publication.openapi names the file {str(Path('openapi.json').resolve())!r}, which does not exist; {WORKS}" + '"examples/basic-calculator/openapi.json"'),
        ("roles.operator.permissions", ["calc:add"], 'api.permissionsInToken must be true where there are roles, or they count for nothing; set it to true'),
        ("policy.quotaSeconds", 60, 'policy.quotaSeconds must be a whole number from 300 to 2147483647, not 60; an example that works: 86400'),
    ],
)  # fmt: skip
def test_bad_values_are_refused_with_the_key_the_problem_and_an_example(path, value, problem):
    assert problems(with_values(path, value)) == [problem]


def test_an_existing_service_is_not_described():
    assert problems(with_values("gateway.existing", True)) == [
        "gateway.sku describes a new one and excludes 'existing'; leave it out"
    ]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (USER | {"database": {"connectionName": "People", "requiresUsername": True}}, "user.username is required by 'database.requiresUsername'; give one, such as jane"),
        (USER | {"user": {"email": "jane@example.com", "username": "jane"}}, "user.username needs 'database.requiresUsername'; set it to true, or leave the name out"),
        (USER | {"database": {"connectionName": "People", "importMode": True}}, 'database.importMode needs \'scripts\'; an example that works: scripts: {"login": "function login(email, password, callback) { … }", "get_user": "function getByEmail(email, callback) { … }"}'),
        ({"publication": {name: value for name, value in VALUES["publication"].items() if name != "product"} | {"productSubscriptionRequired": True}}, 'publication.productSubscriptionRequired needs \'productName\'; an example that works: productName: "Starter"'),
        (USER | {"databaseConfiguration": {"url": "x"}}, 'databaseConfiguration needs \'scripts\'; an example that works: scripts: {"login": "function login(email, password, callback) { … }", "get_user": "function getByEmail(email, callback) { … }"}'),
        ({"userPassword": "x"}, 'user is required where there is a userPassword; an example that works: {email: jane@example.com}'),
        (PORTAL | {"gateway": VALUES["gateway"] | {"sku": "Consumption"}}, 'gateway.sku is Consumption, a tier without a developer portal; use another tier, such as Developer'),
        (PORTAL | {"portal": {"grantTypes": ["implicit"]}}, 'portal.grantTypes has \'implicit\', which the interactive client never has; use ["authorization_code"]'),
        (PORTAL | {"portal": {"grantTypes": ["password"]}}, 'portal.grantTypes has \'password\', which needs \'user\' and \'interactiveClient.allowPasswordGrant\'; use ["authorization_code"]'),
        (PORTAL | {"portal": {"defaultScope": "x"}}, 'portal.defaultScope asks for \'x\', which the API does not have (it has calc:add, calc:sub, email, offline_access, openid, profile); an example that works: "calc:add calc:sub"'),
        (PORTAL | {"portal": {"defaultScope": "calc:sub"}, "interactiveClient": {"displayName": "App", "scopes": ["calc:add"]}}, 'portal.defaultScope asks for \'calc:sub\', which the API does not have (it has calc:add, email, offline_access, openid, profile); an example that works: "calc:add calc:sub"'),
        (PORTAL | {"interactiveClient": {"displayName": "App", "scopes": ["x"]}}, 'interactiveClient.scopes asks for \'x\', which the API does not have (it has calc:add, calc:sub); an example that works: ["calc:add"]'),
        (PORTAL | {"interactiveClient": {"displayName": "App", "existingGrant": True}}, 'interactiveClient.existingGrant needs \'existingClientId\'; an example that works: existingClientId: "AaBbCcDdEeFf0123456789"'),
        ({"client": {"displayName": "Bot", "existingGrant": True}}, 'client.existingGrant needs \'existingClientId\'; an example that works: existingClientId: "AaBbCcDdEeFf0123456789"'),
        (PORTAL | {"interactiveClient": {"displayName": "App", "application": "spa"}}, "interactiveClient.application must be regular_web where there is a developer portal's login; use regular_web"),
        ({"interactiveClient": {"displayName": "App", "application": "spa", "callbacks": ["https://a.example/"], "allowPasswordGrant": True}}, "interactiveClient.allowPasswordGrant must be false for a single page application, which has no secret to show with a user's password; leave it out"),
        ({"gateway": {"resourceGroupName": "group", "serviceName": "apis", "publisherName": "Contoso"}}, 'gateway.publisherEmail is required; an example that works: "apis@contoso.example"'),
    ],
)  # fmt: skip
def test_settings_that_contradict_each_other_are_refused(values, problem):
    assert problems(VALUES | values) == [problem]


@pytest.mark.parametrize("environment", ["local", "dev"])
def test_the_stacks_of_the_project_are_usable(environment):
    settings = Settings.from_file(STACKS / f"Pulumi.{environment}.yaml")
    assert set(settings.get("policy.operation_scopes")) == {"add", "subtract", "multiply", "divide"}
    assert settings.get("gateway.sku") == "Developer"
    assert settings.user_password is None


def test_local_is_the_tutorial():
    settings = Settings.from_file(STACKS / "local.settings.yaml")
    tutorial = {
        "api.display_name": "Basic Calculator",
        "api.identifier": "basic-calculator",
        "api.signing_algorithm": "RS256",
        "database.connection_name": "BasicCalculator",
        "publication.path": "calc",
        "publication.product_name": "Starter",
        "portal.authorization_server_id": "auth0",
    }
    assert {path: settings.get(path) for path in tutorial} == tutorial


def test_trusted_issuers_are_written_in_camel_case():
    server = {
        "issuer": "https://other.eu.auth0.com/",
        "audiences": ["calc"],
        "scopeClaim": "permissions",
        "openidConfigurationUrl": "https://id.example/.well-known/openid-configuration",
    }
    settings = Settings.parse(with_values("policy.trustedIssuers", {"moved_tenant": server}))
    assert settings.get("policy.trusted_issuers") == {
        "moved_tenant": {
            "issuer": "https://other.eu.auth0.com/",
            "audiences": ["calc"],
            "scope_claim": "permissions",
            "openid_configuration_url": "https://id.example/.well-known/openid-configuration",
        }
    }
    refused = problems(with_values("policy.trustedIssuers", {"moved": server | {"scopeClaim": "x"}}))
    assert [each.split(",")[0] for each in refused] == [
        "policy.trustedIssuers is wrong for 'moved': 'scopeClaim' must be one of scope"
    ]


def test_dev_shows_every_setting():
    text = (STACKS / "Pulumi.dev.yaml").read_text()
    for field in Settings.model_fields.values():
        assert f"auth0-apim:{field.alias}" in text
    for section in PARTS:
        for key in inputs_by_key(section):
            assert f" {key}:" in text, f"{section}.{key}"


def test_the_settings_are_the_args_of_one_component():
    args = Settings.from_file(STACKS / "Pulumi.dev.yaml").args()
    assert set(args) <= set(ProtectedApiArgs.__annotations__)
    for section, part in PARTS.items():
        assert set(args.get(section, {})) <= set(input_types(part.shape)), section
    assert args["publication"]["product_name"] == "Starter"
    assert (args["tags"], args["metadata"]) == ({"environment": "dev", "owner": "platform-team"},) * 2


def test_the_tags_are_also_the_metadata_of_what_auth0_keeps():
    given = {"tags": {"owner": "a"}, "userPassword": "correct-Horse-7-battery"}
    args = Settings.parse(VALUES | USER | given).args()
    assert (args["metadata"], args["user"]["app_metadata"]) == ({"owner": "a"}, {"owner": "a"})
    assert {"metadata", "tags"} & set(Settings.parse(VALUES).args()) == set()
    own = USER | {"user": USER["user"] | {"appMetadata": {"team": "b", "owner": "c"}}}
    assert Settings.parse(VALUES | own | given).args()["user"]["app_metadata"] == {"owner": "c", "team": "b"}


def test_tags_that_no_client_can_carry_are_refused():
    with pytest.raises(SettingsError, match="auth0-apim:tags must have at most 10 entries, not 11"):
        Settings.parse(VALUES | {"tags": {str(number): "x" for number in range(11)}})


def test_a_users_password_is_judged_before_anything_is_deployed():
    database = {"connectionName": "People", "passwordPolicy": "excellent", "minimumPasswordLength": 20}
    assert problems(VALUES | USER | {"database": database, "userPassword": "correct Horse 7"}) == [
        f'userPassword must be at least 20 characters long; {WORKS}"Three quiet Words 4 me"'
    ]
    assert Settings.parse(VALUES | USER | {"userPassword": "correct Horse 7"}).args()["user"] == {
        "email": "jane@example.com",
        "password": "correct Horse 7",
    }


@pytest.mark.parametrize(
    ("section", "key"), [("user", "password"), ("database", "configuration"), ("portal", "resourceOwnerPassword")]
)
def test_a_secret_is_no_key_of_a_section(section, key):
    values = VALUES | USER | PORTAL
    [problem] = problems(values | {section: {**values[section], key: "hunter2"}})
    assert problem.startswith(f"{section}.{key} is unknown, ")
    assert "hunter2" not in problem


def test_scripts_are_read_from_their_files(tmp_path):
    script = tmp_path / "login.js"
    script.write_text("function login() {}")
    database = {"connectionName": "People", "scripts": {"login": str(script)}}
    settings = Settings.parse(VALUES | {"database": database, "databaseConfiguration": {"url": "hunter2"}})
    assert settings.args()["database"]["scripts"] == {"login": "function login() {}"}
    assert settings.args()["database"]["configuration"] == {"url": "hunter2"}
    script.write_bytes(b"function login() {\r\n}")
    assert settings.args()["database"]["scripts"] == {"login": "function login() {\r\n}"}
    script.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="it is no UTF-8"):
        settings.args()
    script.unlink()
    with pytest.raises(SettingsError) as refusal:
        settings.args()
    assert f"database.scripts.login cannot be read from '{script}' (No such file or directory)" in str(refusal.value)


def test_without_a_database_there_are_no_args_for_one():
    settings = Settings.parse(VALUES)
    assert {"database", "user"} & set(settings.args()) == set()
    assert settings.probe_outputs() == {}


def test_the_document_of_a_project_is_found_from_any_folder(tmp_path, monkeypatch):
    (tmp_path / "stacks").mkdir()
    (tmp_path / "openapi.json").write_text((STACKS.parent / "examples/basic-calculator/openapi.json").read_text())
    values = with_values("publication.openapi", "openapi.json")
    file = tmp_path / "stacks" / "Pulumi.some.yaml"
    file.write_text(yaml.safe_dump({"config": {f"auth0-apim:{key}": value for key, value in values.items()}}))
    monkeypatch.chdir("/")
    assert Settings.from_file(file).get("publication.openapi") == str(tmp_path / "openapi.json")


@pulumi.runtime.test
async def test_verify_is_told_the_call_and_the_user():
    values = with_values("policy.operationScopes", {"add": ["calc:add"]}) | USER
    probe = {"operation": "add", "path": "/add?a=1&b=2", "expected": {"result": 3}}
    outputs = Settings.parse(values | {"probe": probe, "userPassword": "correct Horse 7"}).probe_outputs()
    assert outputs["probe"] == {"path": "/add?a=1&b=2", "scopes": ["calc:add"], "expected": {"result": 3}}
    assert outputs["userEmail"] == "jane@example.com"
    assert await outputs["userPassword"].is_secret()
    assert await outputs["userPassword"].future() == "correct Horse 7"


def test_mistakes_of_every_kind_are_told_at_once():
    gateway = {**VALUES["gateway"], "serviceName": "Not usable!"}
    with pytest.raises(SettingsError) as refusal:
        Settings.parse({**VALUES, "tags": ["dev"], "gateway": gateway, "apy": {}})
    assert {each.key for each in refusal.value.problems} == {"tags", "gateway.serviceName", "apy"}


@pytest.mark.parametrize("section", ["api", "gateway", "publication", "policy"])
def test_a_missing_section_hides_no_mistake_in_another_one(section):
    values = {**VALUES, "client": {"tokenEndpoint": 1}}
    del values[section]
    with pytest.raises(SettingsError) as refusal:
        Settings.parse(values)
    assert {each.key for each in refusal.value.problems} >= {section, "client.tokenEndpoint"}


def test_encrypted_values_of_a_file_are_left_to_the_engine(tmp_path):
    config = {f"auth0-apim:{key}": value for key, value in (VALUES | USER).items()}
    config["auth0-apim:userPassword"] = {"secure": "v1:abc"}
    config["auth0-apim:databaseConfiguration"] = {"url": {"secure": "v1:def"}}
    file = tmp_path / "Pulumi.some.yaml"
    file.write_text(yaml.safe_dump({"config": config}))
    assert Settings.from_file(file) == Settings.parse(VALUES | USER)


@pytest.mark.parametrize(
    ("text", "problem"), [("config: [", "is no YAML ("), ("{}", "has no map 'config'"), ("- a", "is no map")]
)
def test_a_file_without_config_is_refused(tmp_path, text, problem):
    file = tmp_path / "Pulumi.odd.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refusal:
        Settings.from_file(file)
    assert str(refusal.value).startswith(f"{file} {problem}")


def test_settings_are_immutable():
    with pytest.raises(ValueError, match="frozen"):
        Settings.parse(VALUES).api = {}


def test_every_setting_is_described_and_has_an_example():
    assert {name for name, field in Settings.model_fields.items() if not field.examples} == set()
    assert {name for name, field in Settings.model_fields.items() if not field.description} == PARTS.keys()


def test_a_call_to_a_closed_operation_proves_nothing():
    values = with_values("probe", {"operation": "sub", "path": "/sub", "expected": 1})
    values["policy"] = {"operationScopes": {"add": []}}
    assert problems(values) == [f"probe.operation is denied, so that no call is answered with 200; {WORKS}add"]


def test_the_document_says_the_scopes_where_it_is_asked(tmp_path):
    scheme = {"securitySchemes": {"auth0": {"type": "oauth2", "flows": {}}}}
    paths = {"/add": {"get": {"operationId": "add", "security": [{"auth0": ["calc:add"]}]}}}
    document = tmp_path / "openapi.json"
    servers = [{"url": "https://calculator.example"}]
    content = {"openapi": "3.0.1", "servers": servers, "components": scheme, "paths": paths}
    document.write_text(json.dumps(content))
    publication = {"openapi": str(document), "path": "calc"}
    probe = {"operation": "add", "path": "/add", "expected": 1}
    policy = {"scopesFromDocument": True}
    settings = Settings.parse({**VALUES, "publication": publication, "policy": policy, "probe": probe})
    assert settings.args()["policy"] == {"scopes_from_document": True}
    assert settings.probe_outputs()["probe"]["scopes"] == ["calc:add"]


def test_roles_are_declared_once_and_given_by_their_keys():
    values = deepcopy(VALUES) | {"roles": {"operator": {"permissions": ["calc:add"], "roleName": "Operator"}}}
    values["api"]["permissionsInToken"] = True
    settings = Settings.parse(values)
    assert settings.args()["roles"]["operator"] == {"permissions": ["calc:add"], "role_name": "Operator"}
    assert settings.get("policy.scope_claim") == "permissions"
    values |= {"database": USER["database"], "user": {"email": "jane@example.com", "roles": ["admin"]}}
    assert problems(values) == [
        "user.roles has 'admin', which is neither one of roles (operator) nor a role's id; name a key of the section roles"
    ]
    values["roles"]["operator"] = {"permissions": ["calc:div"], "permisions": []}
    assert problems(values) == [
        f"roles.operator.permisions is unknown, did you mean 'permissions'?; {WORKS}permissions: [\"calc:add\"]",
        "roles.operator.permissions asks for 'calc:div', which the API does not have (it has calc:add, calc:sub); "
        f'{WORKS}["calc:add"]',
    ]


def test_a_limit_needs_a_tier_that_has_it():
    values = with_values("policy", {"defaultScopes": [], "quotaCalls": 10})
    values["gateway"]["sku"] = "StandardV2"
    assert problems(values) == [
        "gateway.sku is StandardV2, a tier without quotas by key; use another tier, such as Developer"
    ]
    values["policy"] = {"defaultScopes": [], "rateLimitCalls": 10, "countedBy": "subscription"}
    assert Settings.parse(values).get("policy.counted_by") == "subscription"
