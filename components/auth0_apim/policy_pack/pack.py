"""The package's rules as policies for the engine: `pulumi up --policy-pack`. Needs the extra `policy`."""

from collections.abc import Sequence

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from auth0_apim.policy_pack.open_operations import STACK_POLICIES, StackPolicy
from auth0_apim.policy_pack.resource_policies import REASONS, RESOURCE_POLICIES, ResourcePolicy, without_api_version
from auth0_apim.policy_pack.stack_resources import StackResource


def policies() -> Sequence[Policy]:
    """Every policy of the package, for a pack of one's own; all are mandatory unless configured otherwise."""
    return [*map(_resource_policy, RESOURCE_POLICIES), *map(_stack_policy, STACK_POLICIES)]


def _resource_policy(policy: ResourcePolicy) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        for problem in policy.problems(args.resource_type, args.name, args.props, args.get_config()):
            report_violation(problem, None)

    return ResourceValidationPolicy(
        name=policy.name,
        description=policy.description,
        validate=validate,
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema({**{name: dict(each) for name, each in policy.options.items()}, **_reasons()}),
    )


def _stack_policy(policy: StackPolicy) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report_violation: ReportViolation) -> None:
        resources = [_stack_resource(each) for each in args.resources]
        for resource, problem in policy.problems(resources, args.get_config()):
            report_violation(f"{resource.name}: {problem}", resource.urn)

    return StackValidationPolicy(
        name=policy.name,
        description=policy.description,
        validate=validate,
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema(_reasons()),
    )


def _stack_resource(resource: PolicyResource) -> StackResource:
    sources = {name: [each.urn for each in found] for name, found in resource.property_dependencies.items()}
    return StackResource(
        without_api_version(resource.resource_type), resource.urn, resource.name, resource.props, sources
    )


def _reasons() -> dict[str, dict[str, object]]:
    return {"reasons": dict(REASONS)}
