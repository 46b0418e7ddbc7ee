"""What other languages see of the components, and what the components see of their inputs."""

import json
import re
from pathlib import Path

import pulumi
import pytest
from auth0_apim.component_host import ComponentHost, components
from auth0_apim.version import VERSION
from pulumi.errors import InputPropertyError

REPOSITORY = Path(__file__).resolve().parents[2]


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
        f"{token}.{each['name']}"
        for token, kind in schema["types"].items()
        for each in kind.get("enum", [])
        if not each.get("description")
    ]
    assert undescribed == []


def test_the_plugin_needs_what_the_library_needs():
    pyproject = (REPOSITORY / "pyproject.toml").read_text()
    declared = re.search(r"^dependencies = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL).group(1)
    wanted = re.findall(r'"(.+)"', declared)
    assert (REPOSITORY / "components" / "requirements.txt").read_text().split("\n") == [*wanted, ""]


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
        f"Auth0Api: input 'display_name' must be a text, not the number {sent}: write it in quotes, as in '{sent}'"
    )


def test_a_missing_input_is_named(mocks, host):
    with pytest.raises(InputPropertyError) as refusal:
        host.construct("made", "auth0-apim:index:Auth0Api", {})
    assert refusal.value.property_path == "identifier"
