"""The examples in other languages, against the components' schema: what they name exists, and is complete.

Deploying them takes hosts of their languages: tests/live/other_stacks does it.
"""

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "components" / "schema.json").read_text())
COMPONENTS = {token.rpartition(":")[2]: resource for token, resource in SCHEMA["resources"].items()}


def problems(component, properties):
    """What the schema says against giving these properties, values or None where they are not known, to a component."""
    found = COMPONENTS[component]
    return against(found["inputProperties"], found.get("requiredInputs", []), properties)


def against(inputs, required, properties):
    wrong = {
        name
        for name, value in properties.items()
        if name in inputs and value is not None and not fits(inputs[name], value)
    }
    return {"unknown": set(properties) - set(inputs), "missing": set(required) - set(properties), "wrong": wrong}


def fits(definition, value):
    if isinstance(value, str) and value.startswith("${"):
        return True
    if "$ref" in definition:
        described = SCHEMA["types"][definition["$ref"].removeprefix("#/types/")]
        if "enum" in described:
            return value in [each["value"] for each in described["enum"]]
        return against(described["properties"], described.get("required", []), value) == NOTHING
    if definition["type"] == "array":
        return isinstance(value, list) and all(fits(definition["items"], each) for each in value)
    if definition["type"] == "object":
        return isinstance(value, dict) and all(
            fits(definition["additionalProperties"], each) for each in value.values()
        )
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
    return isinstance(value, kinds[definition["type"]])


NOTHING = {"unknown": set(), "missing": set(), "wrong": set()}


@pytest.fixture(scope="module")
def program():
    return yaml.safe_load((ROOT / "examples" / "yaml" / "Pulumi.yaml").read_text())


def test_the_yaml_program_gives_each_component_what_it_has_and_needs(program):
    assert len(program["resources"]) == 2
    for resource in program["resources"].values():
        package, module, component = resource["type"].split(":")
        assert (package, module) == ("auth0-apim", "index")
        assert problems(component, resource["properties"]) == NOTHING


def test_the_yaml_program_refers_to_outputs_and_configuration_that_exist(program):
    references = re.findall(r"\$\{([\w.]+)\}", json.dumps([program["resources"], program["outputs"]]))
    assert references
    for reference in references:
        name, _, output = reference.partition(".")
        if output:
            assert output in COMPONENTS[program["resources"][name]["type"].split(":")[2]]["properties"], reference
        else:
            assert name in program["config"], reference


@pytest.fixture(scope="module")
def script():
    return (ROOT / "examples" / "typescript" / "index.ts").read_text()


@pytest.fixture(scope="module")
def constructed(script):
    """By variable: the component that is made, and its properties with their values where those are texts."""
    made = re.findall(r'^const (\w+) = new auth0apim\.(\w+)\("\w+", \{\n(.*?)^\}\);', script, re.MULTILINE | re.DOTALL)
    return {variable: (component, typescript_properties(body)) for variable, component, body in made}


def typescript_properties(body):
    """The properties: a literal is YAML as well, but for what is read of the configuration."""
    return yaml.safe_load("{" + re.sub(r"config\.\w+\([^)]*\)( \?\? \"[^\"]*\")?", "'${config}'", body) + "}")


def test_the_typescript_program_gives_each_component_what_it_has_and_needs(constructed):
    assert [component for component, _ in constructed.values()] == ["ProtectedApi"]
    for component, properties in constructed.values():
        assert problems(component, properties) == NOTHING


def test_a_misspelt_name_in_a_section_is_found(constructed):
    (component, properties) = constructed["calculator"]
    misspelt = {**properties, "policy": {"operationScope": {"add": []}}}
    assert problems(component, misspelt) == {**NOTHING, "wrong": {"policy"}}


def test_the_typescript_program_refers_to_outputs_that_exist(script, constructed):
    references = re.findall(rf"[ \[]({'|'.join(constructed)})\.(\w+)", script)
    assert len(references) == 6
    for variable, output in references:
        assert output in COMPONENTS[constructed[variable][0]]["properties"], f"{variable}.{output}"


@pytest.mark.parametrize("folder", ["yaml", "typescript"])
def test_the_examples_find_the_plugin_where_it_is(folder):
    packages = yaml.safe_load((ROOT / "examples" / folder / "Pulumi.yaml").read_text())["packages"]
    assert (ROOT / "examples" / folder / packages["auth0-apim"] / "PulumiPlugin.yaml").exists()
