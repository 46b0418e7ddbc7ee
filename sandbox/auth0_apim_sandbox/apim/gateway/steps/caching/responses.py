"""`cache-lookup` and `cache-store`: whole answers to GET requests.

An answer to a request with `Authorization` is kept only where `allow-private-response-caching` says so.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from auth0_apim_sandbox.apim.gateway.calls.bodies import read_response_body
from auth0_apim_sandbox.apim.gateway.calls.context import Context, Response, SkipToOutbound, Step
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers
from auth0_apim_sandbox.apim.gateway.state.shared import Shared
from auth0_apim_sandbox.apim.gateway.steps.values import flag_of, number_of, text_of
from auth0_apim_sandbox.apim.policies.markup import Node

_NEVER_KEPT = frozenset({b"set-cookie", b"connection"})


@dataclass(frozen=True)
class _Kept:
    status: int
    reason: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(frozen=True)
class PendingAnswer:
    """What `cache-lookup` has found out for `cache-store`: the key, and what downstream caches may do."""

    key: str
    downstream: str
    must_revalidate: bool


def compile_cache_lookup(node: Node, shared: Shared) -> Step:
    """`cache-lookup`: a kept answer goes to `outbound` at once."""
    key_of = _key_of(node)
    private = flag_of(node, "allow-private-response-caching", default=False)
    downstream = text_of(node.attributes.get("downstream-caching-type", "none"))
    must_revalidate = flag_of(node, "must-revalidate", default=True)

    def lookup(context: Context) -> None:
        headers = context.request.headers
        if context.request.method != "GET" or (headers.get("authorization") is not None and not private(context)):
            return
        key = key_of(context)
        kept: _Kept | None = shared.cache.get(key)
        if kept is None:
            context.pending_answer = PendingAnswer(key, downstream(context), must_revalidate(context))
            return
        response = Response(kept.status)
        response.status_reason, response.headers, response.body = kept.reason, Headers(kept.headers), kept.body
        context.response = response
        raise SkipToOutbound

    return lookup


def compile_cache_store(node: Node, shared: Shared) -> Step:
    """`cache-store`: keeps the answer of a call for which `cache-lookup` found none; without `cache-response` only a 200."""
    seconds = number_of(node, "duration", 0)
    wanted = flag_of(node, "cache-response", default=True) if "cache-response" in node.attributes else None

    async def keep(context: Context, pending: PendingAnswer) -> None:
        response = context.response
        await read_response_body(response)
        duration = seconds(context)
        control = _cache_control(pending, duration)
        response.headers.set("cache-control", control)
        headers = tuple(pair for pair in response.headers.raw if pair[0] not in _NEVER_KEPT)
        kept = _Kept(response.status_code, response.status_reason, headers, response.body)
        shared.cache.put(pending.key, kept, duration)

    def store(context: Context) -> Awaitable[None] | None:
        pending: PendingAnswer | None = context.pending_answer
        is_good = context.response.status_code == 200 if wanted is None else wanted(context)
        return keep(context, pending) if pending is not None and is_good else None

    return store


def _cache_control(pending: PendingAnswer, seconds: int) -> str:
    if pending.downstream == "none":
        return "no-store"
    return f"{pending.downstream}, max-age={seconds}{', must-revalidate' if pending.must_revalidate else ''}"


def _key_of(node: Node) -> Callable[[Context], str]:
    """Where the answer to a request is kept: operation, path, and what the policy says that answers vary by."""
    headers = [text_of(child.text.strip()) for child in node.children if child.name == "vary-by-header"]
    parameters = [text_of(child.text.strip()) for child in node.children if child.name == "vary-by-query-parameter"]
    by_developer = flag_of(node, "vary-by-developer", default=False)

    def key(context: Context) -> str:
        request, query = context.request, context.request.url.query
        parts = [context.operation.key if context.operation else "", request.url.path]
        if by_developer(context):
            parts.append(context.subscription.id if context.subscription else "")
        names = [name for text in parameters for name in text(context).split(";")]
        asked = {name: query.get(name, []) for name in names} if parameters else dict(sorted(query.items()))
        parts += [f"{name}={value}" for name, values in asked.items() for value in values]
        parts += [f"{name(context).lower()}:{request.headers.get(name(context))}" for name in headers]
        return "answer " + " ".join(quote(part, safe="/") for part in parts)

    return key
