"""Bodies that expressions look into are read before the policy runs, as expressions do not wait."""

import re
from collections.abc import Awaitable, Callable, Iterator

from auth0_apim_sandbox.apim.gateway.calls.bodies import read_request_body, read_response_body
from auth0_apim_sandbox.apim.gateway.calls.context import Context, Step
from auth0_apim_sandbox.apim.policies.catalogue import POLICIES
from auth0_apim_sandbox.apim.policies.markup import Node, is_expression

_REQUEST = re.compile(r"\.\s*Request\s*\.\s*Body\b")
_RESPONSE = re.compile(r"\.\s*Response\s*\.\s*Body\b")
_BODY = re.compile(r"\bBody\b")


def with_bodies(node: Node, step: Step) -> Step:
    """`step`, after the bodies are read that its own expressions look into; policies that it runs have their own turn."""
    if not any(_BODY.search(text) for text in _texts(node)):
        return step
    read = bodies_of(node)

    async def with_bodies_read(context: Context) -> None:
        await read(context)
        pending = step(context)
        if pending is not None:
            await pending

    return with_bodies_read


def bodies_of(node: Node) -> Callable[[Context], Awaitable[None]]:
    """Reads the bodies that the policy's own expressions look into; any that there is where they do not say which."""
    texts = list(_texts(node))
    request = sum(len(_REQUEST.findall(text)) for text in texts)
    response = sum(len(_RESPONSE.findall(text)) for text in texts)
    others = sum(len(_BODY.findall(text)) for text in texts) > request + response

    async def read(context: Context) -> None:
        if request or (others and not context.request.is_streamed):
            await read_request_body(context)
        if response or others:
            await read_response_body(context.response)

    return read


def _texts(node: Node) -> Iterator[str]:
    for text in (*node.attributes.values(), node.text):
        if is_expression(text):
            yield text
    runs_others = node.name in POLICIES and POLICIES[node.name].schema.policies
    for child in () if runs_others else node.children:
        if node.name == "choose":
            yield from (text for text in child.attributes.values() if is_expression(text))
        else:
            yield from _texts(child)
