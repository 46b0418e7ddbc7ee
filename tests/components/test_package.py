"""What the package offers, and what other languages see of it."""

from pathlib import Path

import auth0_apim
import pulumi
import pytest
from auth0_apim.plugin.component_host import ComponentHost
from auth0_apim.version import VERSION

COMPONENTS = [
    each
    for each in (getattr(auth0_apim, name) for name in auth0_apim.__all__)
    if isinstance(each, type) and issubclass(each, pulumi.ComponentResource)
]


def test_the_tool_needs_this_version_of_the_library():
    root = Path(auth0_apim.__file__).parents[2]
    assert f'"auth0-apim=={VERSION}",' in (root / "pyproject.toml").read_text()


def test_the_public_names_are_sorted_and_exist():
    assert auth0_apim.__all__ == sorted(auth0_apim.__all__)
    for name in auth0_apim.__all__:
        assert getattr(auth0_apim, name).__module__.startswith("auth0_apim"), name


def test_every_component_comes_with_its_args():
    for component in COMPONENTS:
        assert f"{component.__name__}Args" in auth0_apim.__all__


@pytest.fixture(scope="module")
def schema():
    return ComponentHost()._component_defs


def test_every_component_can_be_described_to_other_languages(schema):
    assert set(schema) == {component.__name__ for component in COMPONENTS}


def test_every_input_and_output_is_described(schema):
    for name, component in schema.items():
        assert component.description, name
        for each, definition in {**component.inputs, **component.outputs}.items():
            assert definition.description, f"{name}.{each}"


def test_an_input_says_first_whether_it_is_required(schema):
    for name, component in schema.items():
        for each, definition in component.inputs.items():
            assert definition.description.startswith(("Required", "Optional")), f"{name}.{each}"
            if not definition.optional:
                assert definition.description.startswith("Required"), f"{name}.{each}"


def test_no_component_module_defers_its_annotations():
    for module in Path(auth0_apim.__file__).parent.rglob("*.py"):
        assert "from __future__ import annotations" not in module.read_text(), module.name
