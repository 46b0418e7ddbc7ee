"""The components for every other language: a provider plugin that the engine starts, and that makes them on request."""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Optional

import pulumi
from pulumi.errors import InputPropertyError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.analyzer import ComponentDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.experimental.util import camel_case
from pulumi.provider.server import ComponentInitError

import auth0_apim
from auth0_apim.hosted_values import MismatchError, own_value
from auth0_apim.inputs import InputError
from auth0_apim.version import VERSION

PACKAGE = "auth0-apim"
"""The package's name in the engine, and the first part of its components' type tokens."""


class ComponentHost(ComponentProvider):
    """Pulumi's host of Python components, for inputs that are secret or another resource's outputs as well.

    Pulumi's own reads an enum's value and a map of names at once, and fails where the input is an Output. Here an
    Output is read the same way as soon as its value is known, and each value is of the type that its input is described to have.
    """

    def __init__(self) -> None:
        super().__init__(components(), PACKAGE, version=VERSION)

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
                raise InputPropertyError(camel_case(error.inner.input_name), str(error.inner)) from error
            raise

    def map_inputs(self, inputs: Any, component_def: ComponentDefinition) -> dict[str, Any]:
        """The inputs by their Python names, each of the type that the component's args name."""
        later = {name for name in component_def.inputs if isinstance(inputs.get(name), pulumi.Output)}
        mapped = self._mapped(inputs, component_def, component_def.inputs.keys() - later)
        for name in later:
            mapped[component_def.inputs_mapping[name]] = inputs[name].apply(self._mapping_of(name, component_def))
        return mapped

    def _mapping_of(self, name: str, component: ComponentDefinition) -> Any:
        def mapped(value: Any) -> Any:
            return self._mapped({name: value}, component, {name}).get(component.inputs_mapping[name])

        return mapped

    def _mapped(self, inputs: Any, component: ComponentDefinition, names: set[str]) -> dict[str, Any]:
        chosen = {name: component.inputs[name] for name in component.inputs if name in names}
        own = {name: _own(name, inputs[name], component) for name in chosen.keys() & inputs.keys()}
        return dict(super().map_inputs(own, replace(component, inputs=chosen)))


def components() -> list[type[pulumi.ComponentResource]]:
    """Every component of the package, sorted by name."""
    exported: Mapping[str, Any] = {name: getattr(auth0_apim, name) for name in auth0_apim.__all__}
    return [each for each in exported.values() if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)]


def _own(name: str, value: Any, component: ComponentDefinition) -> Any:
    try:
        return own_value(value, component.inputs[name])
    except MismatchError as mismatch:
        raise InputPropertyError(
            name, f"{component.name}: input '{component.inputs_mapping[name]}' {mismatch}"
        ) from None
