"""The components for every other language: a provider plugin that the engine starts, and that makes them on request."""

import inspect
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Optional

import pulumi
from pulumi.errors import InputPropertyError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition, TypeDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.experimental.schema import generate_schema
from pulumi.provider.experimental.util import camel_case
from pulumi.provider.server import ComponentInitError
from typing_extensions import is_typeddict

import auth0_apim
from auth0_apim.component.inputs import ComponentInputs, InputError, shown
from auth0_apim.composite.sections import PARTS
from auth0_apim.plugin.hosted_values import HostedInputs
from auth0_apim.version import VERSION

PACKAGE = "auth0-apim"
"""The package's name in the engine, and the first part of its components' type tokens."""


_METADATA = {
    "displayName": "Auth0 for Azure API Management",
    "description": "Components that make Auth0 the authorization server of APIs published through Azure API Management.",
    "keywords": ["api-management", "auth0", "azure", "jwt", "oauth2", "kind/component", "category/cloud"],
    "license": "Apache-2.0",
}
"""What the Pulumi Registry shows of the package."""


class ComponentHost(ComponentProvider):
    """Pulumi's host of Python components, for sections of inputs, and for inputs that are outputs as well.

    Pulumi's own drops a name that it does not know, reads an enum's value and a map of names at once, and fails where
    the input is an Output. Here an unknown name is refused by its path, and an Output is read as soon as its value is
    known. Pulumi's analyzer reads the docstrings of a class's own body alone; here inputs that a class inherits are
    described too, and each with an example.
    """

    def __init__(self) -> None:
        super().__init__(components(), PACKAGE, version=VERSION)
        for name, component in self._component_defs.items():
            self._describe(component.inputs, described_inputs(self._components[name]))
        for part in PARTS.values():
            self._describe(self._type_defs[part.shape.__name__].properties, part.described, part.shape)
        definitions = (self._component_defs, self._type_defs, self._dependencies)
        schema = generate_schema(PACKAGE, VERSION, None, *definitions).to_json()
        self.schema = json.dumps({**schema, **_METADATA})

    def construct(
        self, name: str, resource_type: str, inputs: Any, options: Optional[pulumi.ResourceOptions] = None
    ) -> ConstructResult:
        """Make a component.

        Raises:
            InputPropertyError: it refuses an input, which is named as its user wrote it.
        """
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, InputError):
                raise InputPropertyError(schema_path(error.inner.input_name), str(error.inner)) from error
            raise

    def map_inputs(self, inputs: Any, component_def: ComponentDefinition) -> dict[str, Any]:
        """The inputs by their Python names, each of the type that the component's args name."""
        hosted = HostedInputs(component_def.name, self._type_defs)
        return hosted.named(inputs, component_def.inputs, component_def.inputs_mapping, "")

    def _describe(
        self, properties: Mapping[str, PropertyDefinition], described: ComponentInputs, shape: Optional[type] = None
    ) -> None:
        for name in (shape or described.shape).__annotations__:
            definition = properties[camel_case(name)]
            text = self.analyzer.get_docstring(declaring(described.shape, name), name)
            if name in described.rules:
                example = shown(_in_schema(described.rules[name].example, definition, self._type_defs))
                text = f"{text} Example: `{example}`."
            for each in _and_items(definition):
                each.description = text


def components() -> list[type[pulumi.ComponentResource]]:
    """Every component of the package, sorted by name."""
    exported: Mapping[str, Any] = {name: getattr(auth0_apim, name) for name in auth0_apim.__all__}
    return [each for each in exported.values() if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)]


def described_inputs(component: type) -> ComponentInputs:
    """The description of a component's inputs, which is beside the class of its args."""
    shape = inspect.get_annotations(vars(component)["__init__"])["args"]
    beside = vars(sys.modules[shape.__module__]).values()
    return next(each for each in beside if isinstance(each, ComponentInputs) and each.shape is shape)


def declaring(shape: type, name: str) -> type:
    """The class that declares the input `name` of `shape`: itself, or one that it extends."""
    for base in getattr(shape, "__orig_bases__", ()):
        if is_typeddict(base) and name in base.__annotations__:
            return declaring(base, name)
    return shape


def schema_path(path: str) -> str:
    """The path of an input in the schema's spelling; the keys of maps within it stay as they are."""
    first, *keys = path.split(".")
    return ".".join([camel_case(first), *keys[:-1], *map(camel_case, keys[-1:])])


def _in_schema(example: Any, definition: PropertyDefinition, types: Mapping[str, TypeDefinition]) -> Any:
    """An example as other languages write it: names of inputs in camel case, keys of maps as they are."""
    section = types.get(str(definition.ref).rpartition(":")[2])
    if not isinstance(example, dict):
        return example
    if section is not None:
        names = {name: camel_case(name) for name in example}
        return {names[each]: _in_schema(example[each], section.properties[names[each]], types) for each in example}
    items = definition.additional_properties
    return {key: _in_schema(each, items, types) for key, each in example.items()} if items else example


def _and_items(definition: PropertyDefinition) -> Iterable[PropertyDefinition]:
    yield definition
    for inner in (definition.items, definition.additional_properties):
        if inner is not None:
            yield from _and_items(inner)
