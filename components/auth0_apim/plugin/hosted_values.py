"""Values as other languages send them, made those that a component's inputs are described to have."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pulumi
from pulumi.errors import InputPropertyError
from pulumi.provider.experimental.analyzer import PropertyDefinition, PropertyType, TypeDefinition

_EXACT = 2**53
"""Whole numbers below it are exact in a float, in which all numbers travel."""


@dataclass(frozen=True)
class HostedInputs:
    """Reads the inputs of one component: names in Python's spelling, whole numbers as integers, and texts as texts.

    Whole numbers travel as floats. The YAML host makes a number or a truth value of a text in the stack's settings
    that looks like one, and lets one be written where a text belongs. What else is wrong with a value is left to the
    component, whose error names the input.

    Attributes:
        component: the component's type, such as "Auth0Api".
        types: the types of sections, by name.
    """

    component: str
    types: Mapping[str, TypeDefinition]

    def named(
        self,
        given: Mapping[str, Any],
        properties: Mapping[str, PropertyDefinition],
        names: Mapping[str, str],
        path: str,
    ) -> dict[str, Any]:
        """The inputs that are given, by their Python names.

        Args:
            given: the inputs by their names in the schema; None stands for one that is left out.
            properties: the inputs that there are, by the same names.
            names: their Python names.
            path: of the section that they are in; empty for the component's own.

        Raises:
            InputPropertyError: one of them is none of those that there are, or has a value that no input can have.
        """
        said = {name: value for name, value in given.items() if value is not None}
        for name in said.keys() - properties.keys():
            raise self._unknown(_below(path, name), name, list(properties))
        return {names[name]: self.value(each, properties[name], _below(path, name)) for name, each in said.items()}

    def value(self, value: Any, definition: PropertyDefinition, path: str) -> Any:
        """`value` as the component expects it.

        Raises:
            InputPropertyError: it is a number where a text belongs, and which text was written cannot be told.
        """
        section = self.types.get(str(definition.ref).rpartition(":")[2])
        if isinstance(value, pulumi.Output):
            # An output of a whole section is refused by the component.
            return value if section and not section.enum else value.apply(lambda it: self.value(it, definition, path))
        if isinstance(value, dict) and section:
            return self.named(value, section.properties, section.properties_mapping, path)
        if isinstance(value, list) and definition.items:
            return [self.value(item, definition.items, path) for item in value]
        if isinstance(value, dict) and definition.additional_properties:
            each = definition.additional_properties
            return {name: self.value(item, each, _below(path, name)) for name, item in value.items()}
        if definition.type == PropertyType.INTEGER:
            return _whole(value)
        return self._text(value, path) if definition.type == PropertyType.STRING else value

    def _text(self, value: Any, path: str) -> Any:
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, (int, float)):
            return value
        number = _whole(value)
        if isinstance(number, int) and abs(number) < _EXACT:
            return str(number)
        problem = f"must be a text, not the number {value}: write it in quotes, as in '{value}'"
        raise InputPropertyError(path, f"{self.component}: input '{path}' {problem}")

    def _unknown(self, path: str, name: str, names: list[str]) -> InputPropertyError:
        nearest = get_close_matches(name, names, n=1, cutoff=0.0)[0]
        problem = f"is not one of {', '.join(sorted(names))}; the nearest is '{nearest}'"
        return InputPropertyError(path, f"{self.component}: input '{path}' {problem}")


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number
