"""How a component refuses an input: one error that says everything needed to mend it."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, TypeVar, cast

import pulumi

from auth0_apim.input_types import decided_before, input_types, is_output, type_example, type_problem

T = TypeVar("T")

_LATE = "must be known before deployment, not an output of a resource"

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
        self._types: Mapping[str, Any] = {}
        self._given: Mapping[str, Any] = {}

    def known(self, args: T, shape: type) -> T:
        """The inputs in `args` that are given: None stands for one that is left out.

        Args:
            args: what the component's user wrote.
            shape: the TypedDict that describes the component's args.

        Raises:
            InputError: an input is unknown, and the example is the known one that is spelled most like it; or its value
                is of another type than the shape's, or known only after a deployment where the shape wants it before.
        """
        types = input_types(shape)
        given = {name: value for name, value in cast("Mapping[str, Any]", args).items() if value is not None}
        for input_name, value in given.items():
            if input_name not in types:
                near = get_close_matches(input_name, types, n=1) or sorted(types)
                raise self.error(input_name, f"is not one of {', '.join(sorted(types))}", near[0])
            if is_output(value) and input_name in decided_before(shape):
                raise self.error(input_name, _LATE, type_example(types[input_name]))
            if problem := type_problem(value, types[input_name]):
                raise self.error(input_name, problem, type_example(types[input_name]))
        self._types, self._given = types, given
        return cast("T", given)

    def check(self, input_name: str, value: pulumi.Input[Any], rule: Rule, example: str) -> pulumi.Output[Any]:
        """The value as an Output when `rule` finds nothing wrong with it; an enum's member becomes its value.

        A plain value is checked at once; one that depends on another resource is checked when it is known,
        which is before the child that it is passed to is created. A value of several inputs (a list or a map of
        them) is checked as soon as all of them are known.

        Raises:
            InputError: the rule found something, or there is no value.
        """
        return self._checked(input_name, value, rule, example, is_required=True)

    def _checked(
        self, input_name: str, value: pulumi.Input[Any], rule: Rule, example: str, *, is_required: bool
    ) -> pulumi.Output[Any]:
        wanted = self._types.get(input_name) if value is self._given.get(input_name) else None

        def checked(plain: Any) -> Any:
            bare = _bare(plain)
            if bare is None and not is_required:
                return None
            problem = "is required" if bare is None else (wanted and type_problem(plain, wanted)) or rule(bare)
            if problem is not None:
                raise self.error(input_name, problem, example)
            return bare

        if _is_plain(value):
            return pulumi.Output.from_input(checked(value))
        return pulumi.Output.from_input(value).apply(checked)

    def optional(
        self, input_name: str, value: pulumi.Input[Any], rule: Rule, example: str
    ) -> pulumi.Output[Any] | None:
        """The same of an input that may be left out; None where it is, or an Output of None, such as another component's.

        Raises:
            InputError: the rule found something.
        """
        return None if value is None else self._checked(input_name, value, rule, example, is_required=False)

    def warn(self, input_name: str, value: pulumi.Input[Any], rule: Rule, remedy: str) -> None:
        """Say what `rule` finds about a choice that is taken all the same, once the value is known.

        Args:
            input_name: the input by which the choice was made.
            value: what was chosen.
            rule: what the policy pack refuses.
            remedy: what to do instead.
        """

        def warned(plain: Any) -> None:
            problem = rule(_bare(plain))
            if problem is not None:
                pulumi.log.warn(str(self.error(input_name, problem, remedy)))

        pulumi.Output.from_input(value).apply(warned)

    def plain(self, input_name: str, value: object, rule: Rule, example: str) -> Any:
        """The value itself when `rule` finds nothing wrong with it, for inputs that decide which children exist.

        Raises:
            InputError: the rule found something, or the value is known only after a deployment.
        """
        if not _is_plain(value):
            raise self.error(input_name, _LATE, example)
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
    return not is_output(value)


def _bare(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_bare(item) for item in value]
    return value
