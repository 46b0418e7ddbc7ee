"""How a component refuses an input: one error that says everything needed to mend it."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any

import pulumi

Rule = Callable[[Any], str | None]
"""What is wrong with a value, as the end of the sentence "input 'x' …"; None where nothing is."""


class InputError(pulumi.RunError, ValueError):
    """An input that a component refuses before any cloud call.

    A RunError, so that the engine shows the message alone, without a traceback.

    The message names the component, the input, what is wrong with the value and an example that works.
    """

    def __init__(self, component: str, name: str, input_name: str, problem: str, example: str) -> None:
        super().__init__(f"{component} '{name}': input '{input_name}' {problem}; an example that works: {example}")
        self.input_name = input_name


class Inputs:
    """The inputs of one component, checked one by one.

    Args:
        component: the component's type as its user writes it, such as "Auth0Api".
        name: the name the user gave this one.
    """

    def __init__(self, component: str, name: str) -> None:
        self._component = component
        self._name = name

    def refuse_unknown(self, args: Mapping[str, Any], shape: type) -> None:
        """Refuse inputs that are not in `shape`, the TypedDict that describes the component's args.

        Raises:
            InputError: an input is unknown; the example is the known one that is spelled most like it.
        """
        known = sorted(shape.__annotations__)
        for input_name in args:
            if input_name not in known:
                near = get_close_matches(input_name, known, n=1) or known
                raise self.error(input_name, f"is not one of {', '.join(known)}", near[0])

    def check(self, input_name: str, value: pulumi.Input[Any], rule: Rule, example: str) -> pulumi.Output[Any]:
        """The value as an Output when `rule` finds nothing wrong with it; an enum's member becomes its value.

        A plain value is checked at once; one that depends on another resource is checked when it is known,
        which is before the child that it is passed to is created. A value of several inputs (a list or a map of
        them) is checked as soon as all of them are known.

        Raises:
            InputError: the rule found something, or there is no value.
        """

        def checked(plain: Any) -> Any:
            bare = _bare(plain)
            problem = "is required" if bare is None else rule(bare)
            if problem is not None:
                raise self.error(input_name, problem, example)
            return bare

        if _is_plain(value):
            return pulumi.Output.from_input(checked(value))
        return pulumi.Output.from_input(value).apply(checked)

    def plain(self, input_name: str, value: object, rule: Rule, example: str) -> Any:
        """The value itself when `rule` finds nothing wrong with it, for inputs that decide which children exist.

        Raises:
            InputError: the rule found something, or the value is known only after a deployment.
        """
        if not _is_plain(value):
            raise self.error(input_name, "must be known before deployment, not an output of a resource", example)
        bare = _bare(value)
        problem = "is required" if bare is None else rule(bare)
        if problem is not None:
            raise self.error(input_name, problem, example)
        return bare

    def error(self, input_name: str, problem: str, example: str) -> InputError:
        """The error for `input_name`, for checks that involve more than one input."""
        return InputError(self._component, self._name, input_name, problem, example)


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    return not isinstance(value, pulumi.Output) and not hasattr(value, "__await__")


def _bare(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_bare(item) for item in value]
    return value
