"""What other languages see of the components, and what the components see of their inputs."""

import json
import re
from pathlib import Path

import pulumi
import pytest
from auth0_apim.composite.sections import PARTS
from auth0_apim.plugin.component_host import ComponentHost, components, described_inputs, schema_path
from auth0_apim.version import VERSION
from pulumi.errors import InputPropertyError

REPOSITORY = Path(__file__).resolve().parents[3]
DOCUMENT = json.dumps(
    {
        "openapi": "3.0.1",
        "servers": [{"url": "https://calculator.example/api"}],
        "paths": {"/add": {"get": {"operationId": "add"}}},
    }
)


@pytest.fixture(scope="module")
def host():
    return ComponentHost()


@pytest.fixture(scope="module")
def schema(host):
    return json.loads(host.schema)


def test_the_committed_schema_is_the_components(schema):
    committed = json.loads((REPOSITORY / "components" / "schema.json").read_text())
    assert committed == schema, "run `make docs`"


def test_the_schema_names_every_component_and_the_version(schema):
    assert set(schema["resources"]) == {f"auth0-apim:index:{component.__name__}" for component in components()}
    assert (schema["name"], schema["version"]) == ("auth0-apim", VERSION)


def test_every_input_output_and_enumerated_value_is_described(schema):
    undescribed = [
        f"{token}.{name}"
        for token, resource in schema["resources"].items()
        for name, definition in {**resource["inputProperties"], **resource["properties"]}.items()
        if not definition.get("description")
    ]
    undescribed += [
        f"{token}.{name}"
        for token, kind in schema["types"].items()
        for name, definition in kind.get("properties", {}).items()
        if not definition.get("description")
    ]
    undescribed += [
        f"{token}.{each['name']}"
        for token, kind in schema["types"].items()
        for each in kind.get("enum", [])
        if not each.get("description")
    ]
    assert undescribed == []


def described_properties(schema):
    """Every input's rules and properties in the schema: those of the components, and of ProtectedApi's sections."""
    for component in components():
        described = described_inputs(component)
        inputs = schema["resources"][f"auth0-apim:index:{component.__name__}"]["inputProperties"]
        yield component.__name__, described.rules, inputs
    for part in PARTS.values():
        inputs = schema["types"][f"auth0-apim:index:{part.shape.__name__}"]["properties"]
        yield part.shape.__name__, part.described.rules, inputs


def test_every_input_with_a_rule_has_one_example(schema):
    wrong = [
        f"{where}.{name}"
        for where, rules, inputs in described_properties(schema)
        for name in rules
        if schema_path(name) in inputs and inputs[schema_path(name)]["description"].count("Example:") != 1
    ]
    assert wrong == []


def test_an_example_is_written_as_other_languages_write_it(schema):
    inputs = schema["resources"]["auth0-apim:index:ProtectedApi"]["inputProperties"]
    gateway = '{"resourceGroupName": "calculator-dev", "serviceName": "contoso-apis-dev"}'
    assert inputs["gateway"]["description"].endswith(f" Example: `{gateway}`.")
    assert inputs["policy"]["description"].endswith(' Example: `{"operationScopes": {"add": ["calc:add"]}}`.')
    policy = schema["types"]["auth0-apim:index:PolicySection"]["properties"]
    scopes = '{"add": ["calc:add"], "GET /version": []}'
    assert policy["operationScopes"]["description"].endswith(f" Example: `{scopes}`.")


def test_a_path_in_the_schema_keeps_the_keys_of_maps():
    assert schema_path("policy.operation_scopes") == "policy.operationScopes"
    assert schema_path("roles.night_shift.role_name") == "roles.night_shift.roleName"
    assert schema_path("interactive_client") == "interactiveClient"


def test_the_plugin_needs_what_the_library_needs():
    pyproject = (REPOSITORY / "components" / "pyproject.toml").read_text()
    declared = re.search(r"^dependencies = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL).group(1)
    wanted = set(re.findall(r'"([a-z0-9-]+)', declared))
    locked = (REPOSITORY / "components" / "requirements.txt").read_text()
    assert wanted <= set(re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE))


def test_the_policy_pack_has_the_same_version():
    assert f"version: {VERSION}\n" in (REPOSITORY / "components" / "policy_pack" / "PulumiPolicy.yaml").read_text()


def made(deploy, host, kind, inputs):
    deploy(lambda: host.construct("made", f"auth0-apim:index:{kind}", inputs))


def test_camel_case_names_and_floats_become_the_components_own(mocks, deploy, host):
    inputs = {"identifier": "calc", "displayName": "Calculator", "tokenLifetime": 60.0, "signingAlgorithm": "HS256"}
    made(deploy, host, "Auth0Api", inputs)
    asked = mocks.inputs_of("auth0:index/resourceServer:ResourceServer", "made-resource-server")
    assert (asked["name"], asked["tokenLifetime"], asked["signingAlg"]) == ("Calculator", 60, "HS256")


def test_an_enum_and_a_whole_number_may_be_outputs(mocks, deploy, host):
    def program():
        inputs = {
            "identifier": "calc",
            "tokenLifetime": pulumi.Output.from_input(60.0),
            "signingAlgorithm": pulumi.Output.from_input("HS256"),
        }
        host.construct("made", "auth0-apim:index:Auth0Api", inputs)

    deploy(program)
    asked = mocks.inputs_of("auth0:index/resourceServer:ResourceServer", "made-resource-server")
    assert (asked["tokenLifetime"], asked["signingAlg"]) == (60, "HS256")


def test_a_secret_input_stays_secret(mocks, deploy, host, secret):
    made(deploy, host, "Auth0Api", {"identifier": "calc", "tokenLifetime": pulumi.Output.secret(60.0)})
    asked = mocks.inputs_of("auth0:index/resourceServer:ResourceServer", "made-resource-server")
    assert asked["tokenLifetime"] == secret(60)


def test_an_output_of_an_enum_that_it_does_not_have_is_refused(refused, host):
    inputs = {"identifier": "calc"}

    def program():
        algorithm = pulumi.Output.from_input("ES256")
        host.construct("made", "auth0-apim:index:Auth0Api", {**inputs, "signingAlgorithm": algorithm})

    assert "ES256" in refused(program)


def test_a_number_that_is_not_whole_is_left_to_the_component(mocks, host):
    with pytest.raises(InputPropertyError) as refusal:
        host.construct("made", "auth0-apim:index:Auth0Api", {"identifier": "calc", "tokenLifetime": 1.5})
    assert refusal.value.property_path == "tokenLifetime"
    assert "must be a whole number of seconds from 1 to 2592000, not 1.5" in refusal.value.reason


@pytest.mark.parametrize(("sent", "text"), [(2024.0, "2024"), (0.0, "0"), (True, "true"), ("2024", "2024")])
def test_a_text_that_yaml_took_for_something_else_is_a_text_again(mocks, deploy, host, sent, text):
    made(deploy, host, "Auth0Api", {"identifier": "calc", "displayName": sent})
    assert mocks.inputs_of("auth0:index/resourceServer:ResourceServer", "made-resource-server")["name"] == text


def test_texts_in_lists_and_maps_and_outputs_are_texts_again(mocks, deploy, host):
    def program():
        inputs = {
            "audience": "calc",
            "scopes": ["read", pulumi.Output.from_input(2.0)],
            "metadata": pulumi.Output.from_input({"edition": 2024.0, "internal": True}),
        }
        host.construct("made", "auth0-apim:index:MachineClient", inputs)

    deploy(program)
    assert mocks.inputs_of("auth0:index/clientGrant:ClientGrant", "made-grant")["scopes"] == ["2", "read"]
    metadata = mocks.inputs_of("auth0:index/client:Client", "made-client")["clientMetadata"]
    assert metadata == {"edition": "2024", "internal": "true"}


@pytest.mark.parametrize("sent", [1.1, 2.0**53])
def test_a_number_whose_text_cannot_be_told_is_refused_by_name(mocks, host, sent):
    with pytest.raises(InputPropertyError) as refusal:
        host.construct("made", "auth0-apim:index:Auth0Api", {"identifier": "calc", "displayName": sent})
    assert refusal.value.property_path == "displayName"
    assert refusal.value.reason == (
        f"Auth0Api: input 'displayName' must be a text, not the number {sent}: write it in quotes, as in '{sent}'"
    )


def test_a_missing_input_is_named(mocks, host):
    with pytest.raises(InputPropertyError) as refusal:
        host.construct("made", "auth0-apim:index:Auth0Api", {})
    assert refusal.value.property_path == "identifier"


LEAST = {
    "api": {"identifier": "calc", "scopes": {"calc:add": "Add"}},
    "gateway": {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "publisherName": "Contoso",
        "publisherEmail": "apis@contoso.example",
    },
    "publication": {"openapi": DOCUMENT, "path": "calc"},
    "policy": {"operationScopes": {"add": ["calc:add"]}},
}
"""A ProtectedApi as another language sends it."""


def protected(**sections):
    """The inputs of a ProtectedApi, with what single sections say besides."""
    return {**LEAST, **{name: {**LEAST.get(name, {}), **given} for name, given in sections.items()}}


def test_sections_are_read_by_their_names_in_other_languages(mocks, deploy, host):
    api = {"displayName": "Sums", "tokenLifetime": 60.0, "permissionsInToken": True, "signingAlgorithm": "RS256"}
    roles = {"night_shift": {"permissions": ["calc:add"], "roleName": "Adds at night"}}
    made(deploy, host, "ProtectedApi", protected(api=api, roles=roles, gateway={"sku": "Developer", "capacity": 1.0}))
    asked = mocks.inputs_of("auth0:index/resourceServer:ResourceServer", "made-api-resource-server")
    assert (asked["name"], asked["tokenLifetime"], asked["signingAlg"]) == ("Sums", 60, "RS256")
    assert mocks.inputs_of("auth0:index/role:Role", "made-roles-night_shift-role")["name"] == "Adds at night"
    service = mocks.inputs_of("azure-native:apimanagement:ApiManagementService", "made-gateway-service")
    assert service["sku"] == {"name": "Developer", "capacity": 1}


def test_secrets_and_outputs_in_sections_are_read_and_stay_secret(mocks, deploy, host, secret):
    def program():
        user = {"email": "jane@example.com", "password": pulumi.Output.secret("Three quiet Words 4 me")}
        api = {"tokenLifetime": pulumi.Output.from_input(60.0), "displayName": pulumi.Output.from_input(2024.0)}
        policy = {"clockSkew": pulumi.Output.from_input(30.0), "scopeMatch": pulumi.Output.from_input("any")}
        sections = protected(user=user, api=api, policy=policy, database={"passwordPolicy": "excellent"})
        host.construct("made", "auth0-apim:index:ProtectedApi", sections)

    deploy(program)
    assert mocks.inputs_of("auth0:index/user:User", "made-user-user")["password"] == secret("Three quiet Words 4 me")
    asked = mocks.inputs_of("auth0:index/resourceServer:ResourceServer", "made-api-resource-server")
    assert (asked["tokenLifetime"], asked["name"]) == (60, "2024")
    document = mocks.inputs_of("azure-native:apimanagement:ApiPolicy", "made-policy-policy")["value"]
    assert 'clock-skew="30"' in document


@pytest.mark.parametrize(
    ("inputs", "path", "nearest"),
    [
        (protected(policy={"operationScope": {}}), "policy.operationScope", "operationScopes"),
        (protected(policy={"operation_scopes": {}}), "policy.operation_scopes", "operationScopes"),
        (protected(roles={"night_shift": {"permission": []}}), "roles.night_shift.permission", "permissions"),
        ({**LEAST, "polcy": {}}, "polcy", "policy"),
        ({**LEAST, "operationScopes": {}}, "operationScopes", None),
        (protected(policy={"issuer": "https://tenant.example/"}), "policy.issuer", None),
    ],
)
def test_a_name_that_there_is_not_is_refused_by_its_path(mocks, host, inputs, path, nearest):
    with pytest.raises(InputPropertyError) as refusal:
        host.construct("made", "auth0-apim:index:ProtectedApi", inputs)
    assert refusal.value.property_path == path
    assert f"ProtectedApi: input '{path}' is not one of " in refusal.value.reason
    assert nearest is None or refusal.value.reason.endswith(f"; the nearest is '{nearest}'")
    assert mocks.resources == {}


def test_a_misspelt_input_of_a_single_component_is_refused(mocks, host):
    with pytest.raises(InputPropertyError) as refusal:
        host.construct("made", "auth0-apim:index:Auth0Api", {"identifier": "calc", "userAcces": "allow_all"})
    assert (refusal.value.property_path, mocks.resources) == ("userAcces", {})


def test_null_stands_for_an_input_that_is_left_out(mocks, deploy, host):
    inputs = {**protected(api={"displayName": None}), "portal": None, "url": None}
    made(deploy, host, "ProtectedApi", inputs)
    assert mocks.inputs_of("auth0:index/client:Client", "made-client-client")["name"] == "made Client"


@pytest.mark.parametrize(
    ("inputs", "path", "problem"),
    [
        (protected(policy={"clockSkew": 999.0}), "policy.clockSkew", "must be a whole number from 0 to 300, not 999"),
        (protected(api={"tokenLifetime": 1.5}), "api.tokenLifetime", "must be a whole number of seconds from 1"),
        (protected(policy={"scopeMatch": "some"}), "policy.scopeMatch", "must be one of all, any, not 'some'"),
        (
            protected(roles={"night_shift": {"permissions": []}}, api={"permissionsInToken": True}),
            "roles.night_shift.permissions",
            "must name at least one",
        ),
        ({**LEAST, "policy": "closed"}, "policy", "must be a map, not text"),
        ({name: each for name, each in LEAST.items() if name != "policy"}, "policy", "is required"),
        (protected(publication={"path": None}), "publication.path", "is required"),
    ],
)
def test_what_is_wrong_in_a_section_is_refused_by_its_path(mocks, host, inputs, path, problem):
    with pytest.raises(InputPropertyError) as refusal:
        host.construct("made", "auth0-apim:index:ProtectedApi", inputs)
    assert refusal.value.property_path == path
    assert problem in refusal.value.reason
    assert mocks.resources == {}


@pytest.mark.parametrize("section", ["policy", "api"])
def test_a_section_that_is_an_output_as_a_whole_is_refused_by_name(mocks, deploy, host, section):
    refusals = []

    def program():
        with pytest.raises(InputPropertyError) as refusal:
            inputs = {**LEAST, section: pulumi.Output.from_input(LEAST[section])}
            host.construct("made", "auth0-apim:index:ProtectedApi", inputs)
        refusals.append((refusal.value.property_path, refusal.value.reason))

    deploy(program)
    ((path, reason),) = refusals
    assert path == section
    assert f"input '{section}' must be known before deployment, not an output of a resource" in reason
