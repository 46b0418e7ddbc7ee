"""What is wrong with settings, in words that say how to mend them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

import pulumi
from pydantic import AfterValidator, BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

NAMESPACE = "auth0-apim"
"""The project's name, which is the prefix of its keys."""


def works(example: str) -> str:
    """The remedy that is an example."""
    return f"an example that works: {example}"


def obeys(rule: Callable[[Any], str | None]) -> AfterValidator:
    """A validator that accepts what one of the components' rules has no problem with."""

    def obeyed(value: Any) -> Any:
        problem = rule(value)
        if problem is not None:
            raise ValueError(problem)
        return value

    return AfterValidator(obeyed)


@dataclass(frozen=True)
class Problem:
    """One bad setting.

    Attributes:
        key: the setting's key without the namespace, with dots between its parts.
        problem: what is wrong with the value, as the end of a sentence that begins with the key.
        remedy: an example that works, or what to do instead.
    """

    key: str
    problem: str
    remedy: str


class SettingsError(pulumi.RunError):
    """Settings that cannot be used; every bad key is in `problems` and in the message.

    A RunError, so that the engine shows the message alone, without a traceback.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"  {NAMESPACE}:{each.key} {each.problem}; {each.remedy}" for each in self.problems]
        super().__init__("\n".join(["the stack's settings are not usable:", *lines]))


def problems_of(error: ValidationError, model: type[BaseModel], secret_keys: set[str]) -> list[Problem]:
    """The bad settings that pydantic found in `model`; values of `secret_keys` are not quoted."""
    return [_problem(details, model, str(details["loc"][0]) in secret_keys) for details in error.errors()]


def _problem(details: ErrorDetails, model: type[BaseModel], secret: bool) -> Problem:
    key = ".".join(str(part) for part in details["loc"])
    owner, field = _field_at(details["loc"], model)
    if details["type"] == "extra_forbidden":
        return unknown_key(key, examples_of(owner))
    return Problem(key, _text(details, secret), works(_example(field)))


def _field_at(location: Sequence[int | str], model: type[BaseModel]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The deepest setting on the way to `location`, and the section it belongs to."""
    owner, field = model, None
    for part in location:
        found = next((each for each in owner.model_fields.values() if each.alias == part), None)
        if found is None:
            break
        field = found
        section = _section_in(found.annotation)
        if section is None:
            break
        owner = section
    return owner, field


def _section_in(annotation: Any) -> type[BaseModel] | None:
    candidates = (annotation, *get_args(annotation))
    return next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), None)


def unknown_key(key: str, examples: Mapping[str, str]) -> Problem:
    """The problem of a key that does not exist.

    Args:
        key: the key, with what it stands below.
        examples: an example of each key that exists there.
    """
    near = get_close_matches(key.rpartition(".")[2], examples, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"the keys here are {', '.join(examples)}"
    first = near[0] if near else next(iter(examples))
    return Problem(key, f"is unknown, {hint}", works(f"{first}: {examples[first]}"))


def examples_of(model: type[BaseModel]) -> dict[str, str]:
    """An example of each key that `model` has."""
    return {str(field.alias): _example(field) for field in model.model_fields.values()}


def _text(details: ErrorDetails, secret: bool) -> str:
    kind = details["type"]
    if kind == "missing":
        return "is required"
    if kind in ("model_type", "dict_type"):
        return "must be a map"
    if kind == "value_error":
        # The rules of a secret never quote it; those of others may be obeyed by a value stored as a secret.
        return "is not usable" if secret else str(details["ctx"]["error"])
    text = details["msg"].replace("Input should be", "must be").replace("String should", "must")
    text = text.split(", unable to")[0].split(", got")[0]
    return text if secret or isinstance(details["input"], (dict, list)) else f"{text}, not {details['input']!r}"


def _example(field: FieldInfo | None) -> str:
    example = (field.examples or [""])[0] if field is not None else ""
    return example if isinstance(example, str) else json.dumps(example)
