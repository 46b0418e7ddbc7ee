"""How a component refuses an input: one error that says everything needed to mend it."""

from collections.abc import Callable
from enum import Enum
from typing import Any

import pulumi

Rule = Callable[[Any], str | None]
"""What is wrong with a value, as the end of the sentence "input 'x' …"; None where nothing is."""


class InputError(ValueError):
    """An input that a component refuses before any cloud call.

    The message names the component, the input, what is wrong with the value and an example that works.
    """

    def __init__(self, component: str, name: str, input_name: str, problem: str, example: str) -> None:
        super().__init__(f"{component} '{name}': input '{input_name}' {problem}; an example that works: {example}")


class Inputs:
    """The inputs of one component, checked one by one.

    Args:
        component: the component's type as its user writes it, such as "Auth0Api".
        name: the name the user gave this one.
    """

    def __init__(self, component: str, name: str) -> None:
        self._component = component
        self._name = name

    def check(self, input_name: str, value: pulumi.Input[Any], rule: Rule, example: str) -> pulumi.Output[Any]:
        """The value as an Output when `rule` finds nothing wrong with it; an enum's member becomes its value.

        A plain value is checked at once; one that depends on another resource is checked when it is known,
        which is before the child that it is passed to is created.

        Raises:
            InputError: the rule found something.
        """

        def checked(plain: Any) -> Any:
            bare = plain.value if isinstance(plain, Enum) else plain
            problem = rule(bare)
            if problem is not None:
                raise self.error(input_name, problem, example)
            return bare

        if _is_plain(value):
            return pulumi.Output.from_input(checked(value))
        return pulumi.Output.from_input(value).apply(checked)

    def error(self, input_name: str, problem: str, example: str) -> InputError:
        """The error for `input_name`, for checks that involve more than one input."""
        return InputError(self._component, self._name, input_name, problem, example)


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    return not isinstance(value, pulumi.Output) and not hasattr(value, "__await__")
