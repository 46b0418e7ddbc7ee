"""`cache-lookup-value`, `cache-store-value` and `cache-remove-value`."""

from auth0_apim_sandbox.apim.gateway.calls.context import Context, Step
from auth0_apim_sandbox.apim.gateway.state.shared import Shared
from auth0_apim_sandbox.apim.gateway.steps.values import number_of, text_of, value_of
from auth0_apim_sandbox.apim.policies.markup import Node

_SPACE = "value "


def compile_cache_lookup_value(node: Node, shared: Shared) -> Step:
    """`cache-lookup-value`; a variable stays as it is when there is neither a value nor a default."""
    key, name = text_of(node.attributes["key"]), node.attributes["variable-name"]
    default = value_of(node.attributes["default-value"]) if "default-value" in node.attributes else None

    def lookup(context: Context) -> None:
        found = shared.cache.get(_SPACE + key(context))
        if found is None and default is not None:
            found = default(context)
        if found is not None:
            context.variables[name] = found

    return lookup


def compile_cache_store_value(node: Node, shared: Shared) -> Step:
    """`cache-store-value`; null is not kept."""
    key, value = text_of(node.attributes["key"]), value_of(node.attributes["value"])
    seconds = number_of(node, "duration", 0)

    def store(context: Context) -> None:
        kept = value(context)
        if kept is not None:
            shared.cache.put(_SPACE + key(context), kept, seconds(context))

    return store


def compile_cache_remove_value(node: Node, shared: Shared) -> Step:
    """`cache-remove-value`."""
    key = text_of(node.attributes["key"])

    def remove(context: Context) -> None:
        shared.cache.remove(_SPACE + key(context))

    return remove
