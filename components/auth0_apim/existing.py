"""Inputs that name an object which exists already: it is read, never changed, and there after a destroy."""

from collections.abc import Iterable, Mapping
from typing import Any

from auth0_apim.inputs import Inputs


def refuse_description(inputs: Inputs, args: Mapping[str, Any], existing: str, description: Iterable[str]) -> None:
    """Refuse the inputs in `description`, which say what a new object is like, beside the input `existing`.

    Raises:
        InputError: one of them is given.
    """
    for input_name in description:
        if args.get(input_name) is not None:
            raise inputs.error(input_name, f"describes a new one and excludes {existing!r}", "leave it out")
