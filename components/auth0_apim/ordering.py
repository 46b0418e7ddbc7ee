"""Outputs that wait for a resource without being made of it."""

from typing import TypeVar

import pulumi

T = TypeVar("T")


def after(value: pulumi.Output[T], *resources: pulumi.Resource) -> pulumi.Output[T]:
    """`value`, given out once all `resources` exist: whatever uses it is created after them and deleted before them.

    It is known in a preview as soon as the value is, because a resource's URN is.
    """
    return pulumi.Output.all(value, *(resource.urn for resource in resources)).apply(_first)


def _first(values: list[T]) -> T:
    return values[0]
