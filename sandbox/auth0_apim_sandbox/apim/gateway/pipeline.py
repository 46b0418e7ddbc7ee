"""Running a plan: inbound, backend, outbound, and on-error when one of them fails."""

from auth0_apim_sandbox.apim.gateway.calls.bodies import read_response_body
from auth0_apim_sandbox.apim.gateway.calls.context import (
    Answered,
    Context,
    LastError,
    PolicyFailure,
    SkipToOutbound,
    Step,
)
from auth0_apim_sandbox.apim.gateway.plan import Plan
from auth0_apim_sandbox.apim.gateway.steps.access.cors import answer_unmatched_preflight

_SECTIONS = ("inbound", "backend", "outbound")


async def run_plan(plan: Plan, context: Context, failure: PolicyFailure | None = None) -> None:
    """Run the sections in order; the answer is then in `context.response`.

    With `failure`, which a built-in step before the policies met, only `on-error` is run.
    """
    try:
        if failure is None:
            failure = await _run_sections(plan, context)
        if failure is not None:
            await _run_on_error(plan, context, failure)
    except Answered:
        pass
    await _finish(plan, context)


async def _finish(plan: Plan, context: Context) -> None:
    """Do what policies have left for when the answer is known; an answer that cannot be read is an error of its own."""
    try:
        if context.needs_response_body:
            await read_response_body(context.response)
        for finish in context.before_answer:
            finish(context)
    except PolicyFailure as failure:
        _remember(plan, context, failure, None)
        _answer_with(context, failure)


def run_preflight(plan: Plan, context: Context) -> None:
    """Answer a preflight request by the first `cors` policy that allows it; no other policy is run."""
    try:
        for cors in plan.cors:
            cors.preflight(context)
            if cors.terminates(context):
                break
        answer_unmatched_preflight(context)
    except Answered:
        pass


async def _run_sections(plan: Plan, context: Context) -> PolicyFailure | None:
    """The failure that ended the run, if one did."""
    step: Step | None = None
    skips = False
    try:
        for section in _SECTIONS:
            context.section = section
            if section == "backend" and skips:
                continue
            try:
                for step in plan.sections[section]:
                    pending = step(context)
                    if pending is not None:
                        await pending
                    if context.call_trace is not None:
                        _note(plan, context, step)
            except SkipToOutbound:
                skips = True
    except PolicyFailure as failure:
        _remember(plan, context, failure, step)
        return failure
    except Answered:
        origin = plan.origins.get(id(step))
        _note(plan, context, step)
        context.answered_by = f"{origin.policy} ({origin.scope} {context.section} {origin.path})" if origin else None
        raise
    return None


async def _run_on_error(plan: Plan, context: Context, failure: PolicyFailure) -> None:
    if context.last_error is None:
        _remember(plan, context, failure, None)
    if context.close_backend is not None:
        await context.close_backend()
        context.close_backend = None
    _answer_with(context, failure)
    context.section = "on-error"
    step: Step | None = None
    try:
        for step in plan.sections["on-error"]:
            pending = step(context)
            if pending is not None:
                await pending
    except PolicyFailure as second:
        _remember(plan, context, second, step)
        _answer_with(context, second)


def _note(plan: Plan, context: Context, step: Step | None) -> None:
    """Write down in the trace, where there is one, that `step` has run."""
    origin = plan.origins.get(id(step))
    if context.call_trace is None or origin is None:
        return
    in_backend = context.section == "backend"
    context.call_trace.add(
        context.section,
        origin.policy,
        scope=origin.scope,
        path=origin.path,
        backend=context.backend_url if origin.policy in ("set-backend-service", "forward-request") else None,
        status=context.response.status_code if in_backend or context.answered_by else None,
    )


def _answer_with(context: Context, failure: PolicyFailure) -> None:
    shown = failure.message if failure.shown is None else failure.shown
    more = {"activityId": context.request_id} if failure.status == 500 else {}
    context.response.use_json_error(failure.status, shown, **more)
    for name, value in failure.headers.items():
        context.response.headers.set(name, value)


def _remember(plan: Plan, context: Context, failure: PolicyFailure, step: Step | None) -> None:
    failed = failure.step or step
    origin = plan.origins.get(id(failed)) if failed is not None else None
    context.last_error = LastError(
        source=failure.source or (origin.policy if origin else "gateway"),
        reason=failure.reason,
        message=failure.message,
        scope=origin.scope if origin else None,
        section=context.section,
        path=origin.path if origin else None,
        policy_id=origin.policy_id if origin else None,
    )
    if context.call_trace is not None:
        error = context.last_error
        refusal = {"scope": error.scope, "path": error.path, "reason": error.reason, "message": error.message}
        context.call_trace.add(error.section or "inbound", error.source, **refusal, status=failure.status)
