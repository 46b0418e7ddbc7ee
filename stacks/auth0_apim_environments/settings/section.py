"""A section of a stack's settings: a map under one key of `stacks/Pulumi.<env>.yaml`.

The rules are the components' own, so that a setting is refused by the same words, before any component is made.
Every field says what it is and has an example that works.
"""

from collections.abc import Callable
from typing import Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


def obeys(rule: Callable[[Any], str | None]) -> AfterValidator:
    """A validator that accepts what one of the components' rules has no problem with."""

    def obeyed(value: Any) -> Any:
        problem = rule(value)
        if problem is not None:
            raise ValueError(problem)
        return value

    return AfterValidator(obeyed)


class Section(BaseModel):
    """A map of settings: immutable, in camel case, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    def args(self) -> Any:
        """What was set, by the names and in the types of a component's args."""
        return self.model_dump(mode="json", exclude_none=True)
