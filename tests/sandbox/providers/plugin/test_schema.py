"""The committed schemas and the tables of resource types."""

import json

import pytest
from auth0_apim_sandbox.providers.auth0.resources import RESOURCES as AUTH0
from auth0_apim_sandbox.providers.azure_native.resources import LISTS
from auth0_apim_sandbox.providers.azure_native.resources import RESOURCES as AZURE_NATIVE
from auth0_apim_sandbox.providers.plugin import sdk_schema
from auth0_apim_sandbox.providers.plugin.differences import top_level
from auth0_apim_sandbox.providers.plugin.schema import PackageSchema


@pytest.mark.parametrize("written", [sdk_schema.auth0_schema, sdk_schema.azure_native_schema])
def test_the_schemas_are_those_of_the_installed_sdks(written):
    schema = written()
    assert json.loads(PackageSchema(schema["name"]).text) == schema


@pytest.mark.parametrize(("package", "table"), [("auth0", AUTH0), ("azure-native", AZURE_NATIVE)])
def test_every_type_of_the_schema_is_in_the_table(package, table):
    assert PackageSchema(package).resources == sorted(table)


def test_every_property_named_in_the_tables_is_one_of_the_type():
    for token, (_, description) in AUTH0.items():
        schema = PackageSchema("auth0").resource(token)
        named = {
            *map(top_level, description.replaces),
            *description.create_only,
            *description.sets,
            *description.cleared,
        }
        assert named | description.unsupported <= schema.inputs.keys(), token
    for token, (_, arm) in AZURE_NATIVE.items():
        schema = PackageSchema("azure-native").resource(token)
        assert {*arm.parameters, *arm.query, *arm.never_read, *arm.replaces} <= schema.inputs.keys(), token


def test_every_function_reads_a_known_type():
    schema = PackageSchema("azure-native")
    for token in schema.functions:
        kind = LISTS[token][0] if token in LISTS else token.removeprefix("azure-native:apimanagement:get")
        assert schema.resource(f"azure-native:apimanagement:{kind}") is not None, token


def test_of_an_answer_only_what_can_be_given_becomes_an_input():
    schema = PackageSchema("azure-native")
    service = schema.resource("azure-native:apimanagement:ApiManagementService")
    sku = {"name": "Premium", "capacity": 1}
    assigned = {"/identities/apis": {"principalId": "p", "clientId": "c"}}
    answer = {
        "identity": {"type": "SystemAssigned", "principalId": "p", "tenantId": "t", "userAssignedIdentities": assigned},
        "additionalLocations": [{"location": "eastus", "sku": sku, "gatewayRegionalUrl": "https://eastus.example"}],
        "tags": {"principalId": "a tag's name is nobody's business"},
        "gatewayUrl": "https://apis.example",
    }
    given = schema.described(service.inputs, answer)
    assert given["identity"]["type"] == "SystemAssigned"
    assert given["identity"].keys() == {"type", "userAssignedIdentities"}
    assert given["additionalLocations"] == [{"location": "eastus", "sku": sku}]
    assert given["tags"] == answer["tags"]
    assert "gatewayUrl" not in given
    assert list(schema.failures(service.inputs, given)) == []
