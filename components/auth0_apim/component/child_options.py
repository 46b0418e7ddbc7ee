"""Options of a component's children, and outputs that depend on further resources."""

from typing import Optional, TypeVar

import pulumi

T = TypeVar("T")


def depends_on(value: pulumi.Output[T], *resources: pulumi.Resource) -> pulumi.Output[T]:
    """`value`, which depends on all `resources`: what uses it is created after them and deleted before them.

    A preview knows it as soon as it knows the value, because the URN of a resource is always known.
    """
    return pulumi.Output.all(value, *(resource.urn for resource in resources)).apply(_first)


def _first(values: list[T]) -> T:
    return values[0]


def child_options(
    component: pulumi.ComponentResource, opts: Optional[pulumi.ResourceOptions]
) -> pulumi.ResourceOptions:
    """The options of a child that belongs to a service. The child takes `deleted_with` from the component's `opts`.

    Pulumi does not pass `deleted_with` from a component to its children.
    """
    return pulumi.ResourceOptions(parent=component, deleted_with=opts.deleted_with if opts else None)


def retained_child_options(
    component: pulumi.ComponentResource, opts: Optional[pulumi.ResourceOptions]
) -> pulumi.ResourceOptions:
    """The options of a child that stays in the service when the program no longer declares it."""
    return pulumi.ResourceOptions.merge(child_options(component, opts), pulumi.ResourceOptions(retain_on_delete=True))


def is_deleted_with_service(opts: Optional[pulumi.ResourceOptions]) -> bool:
    """Whether `opts` say that the deletion of the service deletes the child."""
    return opts is not None and opts.deleted_with is not None


def create_before_delete(
    component: pulumi.ComponentResource, opts: Optional[pulumi.ResourceOptions]
) -> pulumi.ResourceOptions:
    """The options of a child that policies or APIs reference by its id. Only a new id replaces such a child.

    The replacement is created before the old child is deleted, because API Management does not delete what is still
    referenced, and deletes a version set together with its last API. The azure-native provider deletes first by default.
    """
    return pulumi.ResourceOptions.merge(
        child_options(component, opts), pulumi.ResourceOptions(delete_before_replace=False)
    )
