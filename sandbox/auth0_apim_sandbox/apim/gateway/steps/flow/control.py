"""Running steps one after another, `choose`, and `set-variable`."""

from collections.abc import Awaitable, Sequence

from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure, Step
from auth0_apim_sandbox.apim.gateway.steps.values import flag_of, value_of
from auth0_apim_sandbox.apim.policies.markup import Node


def compile_choose(node: Node, branches: Sequence[Sequence[Step]]) -> Step:
    """`choose`; `branches` are the steps of each `when` and of `otherwise`, in order."""
    conditions = [flag_of(branch, "condition", default=branch.name == "otherwise") for branch in node.children]
    cases = list(zip(conditions, branches, strict=True))

    def choose(context: Context) -> Awaitable[None] | None:
        for condition, steps in cases:
            if condition(context):
                return run_steps(steps, context) if steps else None
        return None

    return choose


async def run_steps(steps: Sequence[Step], context: Context) -> None:
    """Run `steps` in order; a failure remembers which of them it came from."""
    step: Step | None = None
    try:
        for step in steps:
            pending = step(context)
            if pending is not None:
                await pending
    except PolicyFailure as failure:
        failure.step = failure.step or step
        raise


def compile_set_variable(node: Node) -> Step:
    """`set-variable`."""
    name, value = node.attributes["name"], value_of(node.attributes["value"])

    def set_variable(context: Context) -> None:
        context.variables[name] = value(context)

    return set_variable
