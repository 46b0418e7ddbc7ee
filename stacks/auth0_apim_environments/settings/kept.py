"""Properties of adopted objects that stay as they are, although the components would have them otherwise.

An object that somebody made by hand differs from what a component makes. The setting `keep` names each difference that
is not wanted yet, so that adopting changes nothing and what a component would harden stands in the settings to be read.
"""

from collections.abc import Mapping, Sequence

import pulumi


def keep(properties: Mapping[str, Sequence[str]]) -> None:
    """Ignore changes of properties, by the name of their resource, in every resource that the program makes from now on.

    Args:
        properties: paths such as `grantTypes` or `options.passwordHistories`, by a resource's name without its type.
    """

    def ignoring(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        kept = properties.get(args.name)
        if kept is None or not isinstance(args.resource, pulumi.CustomResource):
            return None
        ignored = pulumi.ResourceOptions(ignore_changes=list(kept))
        return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, ignored))

    if properties:
        pulumi.runtime.register_stack_transformation(ignoring)
