"""How a component checks its inputs: one error that says everything needed to correct it, before any cloud call."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import pulumi

from auth0_apim.component.input_types import bare, input_types, is_known, is_too_late, type_example, type_problem

Problem = Callable[[Any], str | None]
"""What is wrong with a value, as the end of the sentence "input 'x' …"; None where nothing is. It never quotes a secret."""


@dataclass(frozen=True)
class Rule:
    """What a value has to be, and one that is.

    Attributes:
        problem: what is wrong with a value.
        example: a value that works, shown in errors, in the schema and in the reference.
    """

    problem: Problem
    example: Any


def anything(_: Any) -> None:
    """The problem of a value that only has to be of its type."""


class InputError(pulumi.RunError, ValueError):
    """An input that a component refuses before any cloud call; a RunError, which the engine shows without a traceback.

    The message names the component, the input's path, what is wrong with the value and an example that works.

    Attributes:
        input_name: the input's path, such as `policy.operation_scopes`.
        problem: what is wrong with the value, as the end of a sentence.
        remedy: an example that works, or what to do instead.
    """

    def __init__(self, component: str, name: str, input_name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{component} '{name}': input '{input_name}' {problem}; {remedy}")
        self.input_name = input_name
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True)
class ComponentInputs:
    """The one description of a component's inputs, beside the docstrings of its args.

    Attributes:
        component: the component's type as its user writes it, such as "Auth0Api".
        shape: the TypedDict of its args: each input's type, meaning and default in words.
        rules: the rule and an example for each input whose type does not say all.
        defaults: the values of inputs that are left out; a function makes one of the component's name.
        check: what inputs have to be together; it calls `Inputs.require`.
    """

    component: str
    shape: type
    rules: Mapping[str, Rule]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    check: "Callable[[Inputs], None]" = anything

    def of(self, name: str, args: Mapping[str, object]) -> "Inputs":
        """The inputs of the component `name`, checked as far as their values are known.

        Raises:
            InputError: an input is unknown, missing, wrong, or contradicts another one.
        """
        inputs = Inputs(self, name, args)
        for error in inputs.errors():
            raise error
        return inputs

    def example(self, input_name: str) -> Any:
        """A value of the input that works."""
        if input_name in self.rules:
            return self.rules[input_name].example
        default = self.defaults.get(input_name)
        return default if isinstance(default, str) else type_example(input_types(self.shape)[input_name])


@dataclass(frozen=True)
class Section:
    """Where a part's inputs stand in those of the component that makes it: at `path`, or `elsewhere`, by their names."""

    component: str
    name: str
    path: str
    elsewhere: Mapping[str, str]


_SECTION: ContextVar[Section | None] = ContextVar("section", default=None)


@contextmanager
def section(where: Section) -> Iterator[None]:
    """Inputs that are checked in this context are those of a section: errors name the component and the input's path."""
    token = _SECTION.set(where)
    try:
        yield
    finally:
        _SECTION.reset(token)


class Inputs:
    """The inputs of one component. None stands for one that is left out.

    Args:
        described: what the component's inputs are.
        name: the name that the user gave the component.
        args: what the user wrote.
        wired: inputs that the user cannot give: those of the component around this one, None where it gives none.
    """

    def __init__(
        self,
        described: ComponentInputs,
        name: str,
        args: Mapping[str, object],
        wired: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        self._described = described
        self._name = name
        self._given: dict[str, Any] = {each: value for each, value in args.items() if value is not None}
        self._values = {each: value(name) if callable(value) else value for each, value in described.defaults.items()}
        self._values |= self._given
        self._wired = wired
        self._section = _SECTION.get()
        self._later: dict[str, list[tuple[Any, Callable[[Sequence[Any]], Any]]]] = {}

    def __contains__(self, input_name: str) -> bool:
        return input_name in self._given or self._wired.get(input_name) is not None

    def get(self, input_name: str, default: Any = None) -> Any:
        """The value as it is, an enum's member as its value; the default of one that is left out."""
        value = self._wired.get(input_name)
        value = self._values.get(input_name) if value is None else value
        return bare(default if value is None else value)

    def errors(self) -> Iterator[InputError]:
        """Everything that is wrong with inputs one by one, or where nothing is, the first thing wrong with them together."""
        alone = list(self._errors_alone())
        yield from alone
        if not alone:
            try:
                self._described.check(self)
            except InputError as error:
                yield error

    def require(self, input_name: str, value: Any, problem: Problem, remedy: str | None = None) -> None:
        """Require that `problem` finds nothing wrong with a value made of several inputs.

        It is asked at once where all of them are known, else once they are, before `output` gives the input out.

        Args:
            input_name: the input that is refused.
            value: the value, a map or a list that may hold outputs.
            problem: what is wrong with it.
            remedy: what to do; an example of the input where it is left out.

        Raises:
            InputError: the value is known and has a problem.
        """

        def ask(both: Sequence[Any]) -> Any:
            if found := "is required" if both[0] is None else problem(bare(both[0])):
                raise self.error(input_name, found, remedy)
            return both[1]

        if is_known(value):
            ask((value, None))
        else:
            self._later.setdefault(input_name, []).append((value, ask))

    def refuse_beside(self, existing: str, *allowed: str) -> None:
        """Refuse, where the input `existing` is given, all that describe a new object: every input but those `allowed`.

        Raises:
            InputError: one of them is given.
        """
        if not self.get(existing):
            return
        for input_name in self._given:
            if input_name not in (existing, *allowed):
                raise self.error(input_name, f"describes a new one and excludes {existing!r}", "leave it out")

    def need(self, input_name: str, *others: str) -> None:
        """Refuse `input_name` without one of the `others`.

        Raises:
            InputError: it is given and not false, and none of the others is given.
        """
        if self._given.get(input_name, False) is not False and not any(other in self for other in others):
            raise self.error(input_name, f"needs {' or '.join(map(repr, others))}", self._example(others[0]))

    def output(self, input_name: str, default: Any = None) -> pulumi.Output[Any]:
        """The value as an Output, checked: one of another resource when it is known, before a child is made of it.

        An output of None is refused; that of a flag with a default stands for the default.

        Raises:
            ValueError: it is left out and has no default.
        """
        value = self.optional(input_name, default)
        if value is None:
            raise ValueError(f"{input_name} has no value")
        return value

    def optional(self, input_name: str, default: Any = None) -> pulumi.Output[Any] | None:
        """The same of an input that may be left out; None where it is."""
        return self._output(input_name, self.get(input_name, default), may_be_null=False)

    def nullable(self, input_name: str) -> pulumi.Output[Any] | None:
        """The same of an input that may be left out by an output of None, too, such as another component's."""
        return self._output(input_name, self.get(input_name), may_be_null=True)

    def _output(self, input_name: str, value: Any, *, may_be_null: bool) -> pulumi.Output[Any] | None:
        if value is None:
            return None
        output = pulumi.Output.from_input(value)
        if not is_known(value):
            output = output.apply(lambda known: self._checked(input_name, known, may_be_null=may_be_null))
        for together, ask in self._later.get(input_name, ()):
            output = pulumi.Output.all(together, output).apply(ask)
        return output

    def warn(self, input_name: str, value: Any, problem: Problem, remedy: str) -> None:
        """Say what `problem` finds about a choice that is taken all the same, once the value is known.

        Args:
            input_name: the input by which the choice was made.
            value: what was chosen.
            problem: what the policy pack refuses.
            remedy: what to do instead.
        """

        def warned(plain: Any) -> None:
            if found := problem(bare(plain)):
                pulumi.log.warn(str(self.error(input_name, found, remedy)))

        pulumi.Output.from_input(value).apply(warned)

    def error(self, input_name: str, problem: str, remedy: str | None = None) -> InputError:
        """The error of `input_name`: with an example of the input, or with what to do instead."""
        if remedy is None:
            remedy = f"an example that works: {shown(self._described.example(input_name))}"
        if self._section is None:
            return InputError(self._described.component, self._name, input_name, problem, remedy)
        path = self._section.elsewhere.get(input_name, f"{self._section.path}.{input_name}")
        return InputError(self._section.component, self._section.name, path, problem, remedy)

    def _errors_alone(self) -> Iterator[InputError]:
        shape: Any = self._described.shape
        types = input_types(shape)
        for input_name, value in self._values.items():
            if input_name in self._given and input_name in self._wired:
                yield self.error(input_name, "is no input of this section", "leave it out")
            elif input_name not in types:
                names = sorted(types.keys() - self._wired.keys())
                near = (get_close_matches(input_name, names, n=1) or names)[0]
                yield self.error(input_name, f"is not one of {', '.join(names)}", self._example(near))
            elif is_too_late(value, shape.__annotations__[input_name]):
                yield self.error(input_name, "must be known before deployment, not an output of a resource")
            elif problem := self._problem(input_name, value):
                yield self.error(input_name, problem)
        missing = [each for each in types if each in shape.__required_keys__ and each not in self]
        yield from (self.error(input_name, "is required") for input_name in missing)

    def _example(self, other: str) -> str:
        return f"an example that works: {other}: {shown(self._described.example(other))}"

    def _problem(self, input_name: str, value: Any) -> str | None:
        if problem := type_problem(value, input_types(self._described.shape)[input_name]):
            return problem
        rule = self._described.rules.get(input_name)
        return rule.problem(bare(value)) if rule is not None and is_known(value) else None

    def _checked(self, input_name: str, value: Any, *, may_be_null: bool) -> Any:
        default = self._described.defaults.get(input_name)
        if value is None and (may_be_null or isinstance(default, bool)):
            return default
        problem = "is required" if value is None else self._problem(input_name, value)
        if problem is not None:
            raise self.error(input_name, problem)
        return bare(value)


def shown(example: Any) -> str:
    """An example as it is written, in a program or in a settings file."""
    return json.dumps(example, ensure_ascii=False)
