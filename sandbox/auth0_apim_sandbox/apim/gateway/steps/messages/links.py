"""`redirect-content-urls` and `jsonp`: answers as pages of other sites and of the gateway's callers need them."""

import re

from auth0_apim_sandbox.apim.gateway.calls.bodies import read_request_body, read_response_body
from auth0_apim_sandbox.apim.gateway.calls.context import Context, Step, bad_request
from auth0_apim_sandbox.apim.gateway.steps.values import text_of
from auth0_apim_sandbox.apim.policies.markup import Node

_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.]{0,127}")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LINKS = ("location", "content-location")


def compile_redirect_content_urls(_: Node) -> Step:
    """`redirect-content-urls`: the backend's address becomes the gateway's in an answer, the other way round in a request."""

    async def redirect_content_urls(context: Context) -> None:
        backend, gateway = (context.backend_url or "").rstrip("/"), _gateway_url(context)
        if not backend:
            return
        if context.section == "inbound":
            body = await read_request_body(context)
            context.request.body = body.replace(gateway.encode(), backend.encode())
            return
        response = context.response
        response.body = (await read_response_body(response)).replace(backend.encode(), gateway.encode())
        for name in _LINKS:
            if (values := response.headers.get(name)) is not None:
                response.headers.set(name, *(value.replace(backend, gateway) for value in values))

    return redirect_content_urls


def _gateway_url(context: Context) -> str:
    """The address that callers know the API by."""
    url = context.request.original_url
    port = "" if url.port == _DEFAULT_PORTS.get(url.scheme) else f":{url.port}"
    path = context.api.full_path if context.api else ""
    return f"{url.scheme}://{url.host}{port}/{path}".rstrip("/")


def compile_jsonp(node: Node) -> Step:
    """`jsonp`: an answer in JSON becomes a call of the function that the caller names; without a name it stays JSON."""
    parameter = text_of(node.attributes["callback-parameter-name"])

    async def jsonp(context: Context) -> None:
        names = context.request.original_url.query.get(parameter(context))
        response = context.response
        if not names or names == [""] or "json" not in (response.headers.joined(b"content-type") or "").lower():
            return
        if len(names) != 1 or not _CALLBACK.fullmatch(names[0]):
            # whatever else stands there would be run in the page that asks
            raise bad_request("The name of the callback is no name of a function.")
        body = await read_response_body(response)
        response.body = names[0].encode() + b"(" + body + b");"
        response.headers.set("content-type", "application/javascript")
        response.headers.set("x-content-type-options", "nosniff")

    return jsonp
