"""`trace`, `emit-metric` and the token metrics of language models: what they tell goes to Application Insights.

It goes with the telemetry of the call, so it needs a diagnostic of the API or of the service, as at the vendor's.
"""

from collections.abc import Callable

from auth0_apim_sandbox.apim.gateway.calls.context import Context, Step
from auth0_apim_sandbox.apim.gateway.calls.language_models import ask_for_plain_answer, usage_of
from auth0_apim_sandbox.apim.gateway.steps.values import text_of, value_of
from auth0_apim_sandbox.apim.policies.markup import Node

_TOKENS = {"Total Tokens": "total", "Prompt Tokens": "prompt", "Completion Tokens": "completion"}


def compile_trace(node: Node) -> Step:
    """`trace`."""
    source, severity = text_of(node.attributes["source"]), node.attributes.get("severity", "verbose")
    message = next(text_of(child.text.strip()) for child in node.children if child.name == "message")
    metadata = [
        (child.attributes["name"], text_of(child.attributes["value"]))
        for child in node.children
        if child.name == "metadata"
    ]

    def trace(context: Context) -> None:
        if context.recording is not None:
            data = {name: value(context) for name, value in metadata}
            context.recording.trace(source(context), severity, message(context), data)

    return trace


def compile_emit_metric(node: Node) -> Step:
    """`emit-metric`."""
    name, namespace = node.attributes["name"], node.attributes.get("namespace", "")
    value, dimensions = value_of(node.attributes.get("value", "1")), _dimensions(node)

    def emit_metric(context: Context) -> None:
        if context.recording is not None:
            context.recording.metric(name, namespace, float(value(context)), dimensions(context))

    return emit_metric


def compile_emit_token_metric(node: Node) -> Step:
    """`azure-openai-emit-token-metric` and `llm-emit-token-metric`: the answer's own usage, when it is there."""
    namespace, dimensions = node.attributes.get("namespace", ""), _dimensions(node)

    def finish(context: Context) -> None:
        usage = usage_of(context)
        if context.recording is not None and usage is not None:
            told = dimensions(context)
            for name, kind in _TOKENS.items():
                context.recording.metric(name, namespace, float(getattr(usage, kind)), told)

    def emit_token_metric(context: Context) -> None:
        ask_for_plain_answer(context)
        context.before_answer.append(finish)

    return emit_token_metric


def _dimensions(node: Node) -> Callable[[Context], dict[str, str]]:
    given = [
        (child.attributes["name"], text_of(child.attributes["value"]) if "value" in child.attributes else None)
        for child in node.children
    ]

    def told(context: Context) -> dict[str, str]:
        return {name: value(context) if value else _default(context, name) for name, value in given}

    return told


def _default(context: Context, name: str) -> str:
    known = {
        "API ID": context.api and context.api.id,
        "Operation ID": context.operation and context.operation.id,
        "Product ID": context.product and context.product.id,
        "Subscription ID": context.subscription and context.subscription.id,
    }
    return known.get(name) or ""
