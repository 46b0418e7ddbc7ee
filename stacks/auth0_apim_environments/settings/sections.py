"""Sections of a stack's settings: the inputs of ProtectedApi's sections, in camel case.

What an input is, its default, its rule and its example are the library's: nothing is described here a second time.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_origin

from auth0_apim.component.input_types import input_types
from auth0_apim.component.inputs import InputError, shown
from auth0_apim.composite.sections import PARTS, PROTECTED_API
from auth0_apim.policy.trusted_issuers import TrustedIssuer
from pydantic.alias_generators import to_camel
from typing_extensions import is_typeddict

from auth0_apim_environments.settings.problems import Problem, unknown_key

SECRET_INPUTS = {"database": "configuration", "user": "password", "portal": "resource_owner_password"}
"""Inputs that are no settings of a section: each is a secret, which has a key of its own or follows from one."""


@cache
def inputs_by_key(section: str) -> dict[str, str]:
    """The inputs that a section of the settings has, by their keys."""
    names = input_types(PARTS[section].shape)
    return {to_camel(name): name for name in names if name != SECRET_INPUTS.get(section)}


def section_inputs(section: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A section of the settings as the inputs of ProtectedApi's section; keys that it does not know are left out."""
    known = inputs_by_key(section)
    types = input_types(PARTS[section].shape)
    return {known[key]: _inner(value, types[known[key]]) for key, value in settings.items() if key in known}


def _inner(value: Any, wanted: Any) -> Any:
    """A map of parts, each a map of inputs in camel case, as the component has it; an unknown one is left to its rule."""
    of = get_args(wanted)[1] if get_origin(wanted) is dict else None
    if not is_typeddict(of) or not isinstance(value, Mapping):
        return value
    names = {to_camel(name): name for name in input_types(of)}
    return {
        part: {names.get(key, key): each for key, each in inputs.items()} if isinstance(inputs, Mapping) else inputs
        for part, inputs in value.items()
    }


def unknown_keys(values: Mapping[str, Any]) -> Iterator[Problem]:
    """The keys that a section does not know, of every section in `values`."""
    for section in PARTS:
        found = values.get(to_camel(section))
        maps = {section: found}
        if section == "roles":
            maps = {f"{section}.{key}": role for key, role in found.items()} if isinstance(found, dict) else {}
        for path, settings in maps.items():
            if isinstance(settings, dict):
                yield from _unknown_in(section, path, settings)


def _unknown_in(section: str, path: str, settings: Mapping[str, Any]) -> Iterator[Problem]:
    known, described = inputs_by_key(section), PARTS[section].described
    for key in [each for each in settings if each not in known]:
        examples = {each: in_settings(shown(described.example(name))) for each, name in known.items()}
        yield unknown_key(f"{path}.{key}", examples)


def section_example(section: str) -> str:
    """A section of the settings that works, as it is written."""
    return in_settings(shown(PROTECTED_API.example(section)))


def problem_of(error: InputError) -> Problem:
    """What the library says of an input, said of the setting."""
    section, _, path = error.input_name.partition(".")
    if path and path == SECRET_INPUTS.get(section):
        return Problem(to_camel(f"{section}_{path}"), in_settings(error.problem), in_settings(error.remedy))
    key = f"{to_camel(section)}.{in_settings(path)}" if path else to_camel(section)
    return Problem(key, in_settings(error.problem), in_settings(error.remedy))


def in_settings(text: str) -> str:
    """`text` with the names of inputs and sections as the settings have them."""
    return _names().sub(lambda found: to_camel(found[0]), text)


@cache
def _names() -> re.Pattern[str]:
    shapes = [part.shape for part in PARTS.values()] + [TrustedIssuer]
    inputs = {name for shape in shapes for name in input_types(shape)} | PARTS.keys()
    named = "|".join(sorted(name for name in inputs if "_" in name and name != "offline_access"))
    # As a word of its own, `offline_access` is OpenID Connect's scope.
    return re.compile(rf"\b(?:{named})\b|(?<=\.)offline_access\b")
