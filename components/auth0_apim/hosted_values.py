"""Values as other languages send them, made those that a component's inputs are described to have."""

from typing import Any

import pulumi
from pulumi.provider.experimental.analyzer import PropertyDefinition, PropertyType

_EXACT = 2**53
"""Whole numbers below it are exact in a float, in which all numbers travel."""


class MismatchError(ValueError):
    """A value that an input cannot have; the message is the end of the sentence "input 'x' …"."""


def own_value(value: Any, definition: PropertyDefinition) -> Any:
    """`value` as the component expects it: whole numbers as integers, and texts as texts.

    Whole numbers travel as floats. The YAML host makes a number or a truth value of a text in the stack's settings
    that looks like one, and lets one be written where a text belongs. A number that is not whole is left to
    the component where a number belongs, whose error names the input.

    Raises:
        MismatchError: it is a number where a text belongs, and which text was written cannot be told.
    """
    if isinstance(value, pulumi.Output):
        return value.apply(lambda known: own_value(known, definition))
    if isinstance(value, list) and definition.items:
        return [own_value(item, definition.items) for item in value]
    if isinstance(value, dict) and definition.additional_properties:
        return {name: own_value(item, definition.additional_properties) for name, item in value.items()}
    if definition.type == PropertyType.INTEGER:
        return _whole(value)
    return _text(value) if definition.type == PropertyType.STRING else value


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, (int, float)):
        return value
    number = _whole(value)
    if isinstance(number, int) and abs(number) < _EXACT:
        return str(number)
    raise MismatchError(f"must be a text, not the number {value}: write it in quotes, as in '{value}'")
