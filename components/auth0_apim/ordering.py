"""Outputs that wait for a resource without being made of it."""

from typing import TypeVar

import pulumi

T = TypeVar("T")


def after(value: pulumi.Output[T], resource: pulumi.Resource) -> pulumi.Output[T]:
    """`value`, given out once `resource` exists: whatever uses it is created after the resource and deleted before it.

    It is known in a preview as soon as the value is, because a resource's URN is.
    """
    return pulumi.Output.all(value, resource.urn).apply(_first)


def _first(values: list[T]) -> T:
    return values[0]
