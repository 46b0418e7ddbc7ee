"""Outputs that wait for a resource without being made of it."""

from typing import Optional, TypeVar

import pulumi

T = TypeVar("T")


def after(value: pulumi.Output[T], *resources: pulumi.Resource) -> pulumi.Output[T]:
    """`value`, given out once all `resources` exist: whatever uses it is created after them and deleted before them.

    It is known in a preview as soon as the value is, because a resource's URN is.
    """
    return pulumi.Output.all(value, *(resource.urn for resource in resources)).apply(_first)


def _first(values: list[T]) -> T:
    return values[0]


def part_of(component: pulumi.ComponentResource, opts: Optional[pulumi.ResourceOptions]) -> pulumi.ResourceOptions:
    """The options of a part of a service that `component` makes: where `opts` say that the service takes it along, so they do.

    A component's children do not inherit `deleted_with` by themselves.
    """
    return pulumi.ResourceOptions(parent=component, deleted_with=opts.deleted_with if opts else None)


def kept_part_of(component: pulumi.ComponentResource, opts: Optional[pulumi.ResourceOptions]) -> pulumi.ResourceOptions:
    """The same of a part that stays in the service when the program has it no more."""
    return pulumi.ResourceOptions.merge(part_of(component, opts), pulumi.ResourceOptions(retain_on_delete=True))


def is_taken_along(opts: Optional[pulumi.ResourceOptions]) -> bool:
    """Whether `opts` say that a part of a service is not deleted by itself: the service takes it along."""
    return opts is not None and opts.deleted_with is not None


def referred_to(component: pulumi.ComponentResource, opts: Optional[pulumi.ResourceOptions]) -> pulumi.ResourceOptions:
    """The same of a part that policies or APIs refer to by its id, and that nothing but its id can make another one.

    One with another id is made before the old one goes: API Management deletes none that is still referred to, and a
    version set with the last API in it. The azure-native provider by itself deletes first.
    """
    return pulumi.ResourceOptions.merge(part_of(component, opts), pulumi.ResourceOptions(delete_before_replace=False))
