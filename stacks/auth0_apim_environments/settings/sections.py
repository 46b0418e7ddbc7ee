"""Sections of a stack's settings: the inputs of ProtectedApi's sections, in camel case.

What an input is, its default, its rule and its example are the library's: nothing is described here a second time.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from auth0_apim.input_types import input_types
from auth0_apim.inputs import InputError, shown
from auth0_apim.protected_api_sections import PARTS, PROTECTED_API
from pydantic.alias_generators import to_camel

from auth0_apim_environments.settings.problems import Problem, works

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
    return {known[key]: value for key, value in settings.items() if key in known}


def unknown_keys(path: str, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The keys of a section that it does not know.

    Args:
        path: the section's, such as `api` or `roles.operator`.
        settings: what stands there.
    """
    section = path.partition(".")[0]
    known = inputs_by_key(section)
    for key in settings:
        if key in known:
            continue
        near = get_close_matches(str(key), known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"the keys here are {', '.join(known)}"
        first = near[0] if near else next(iter(known))
        example = in_settings(shown(PARTS[section].described.example(known[first])))
        yield Problem(f"{path}.{key}", f"is unknown, {hint}", works(f"{first}: {example}"))


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
    inputs = {name for part in PARTS.values() for name in input_types(part.shape)} | PARTS.keys()
    named = "|".join(sorted(name for name in inputs if "_" in name and name != "offline_access"))
    # As a word of its own, `offline_access` is OpenID Connect's scope.
    return re.compile(rf"\b(?:{named})\b|(?<=\.)offline_access\b")
