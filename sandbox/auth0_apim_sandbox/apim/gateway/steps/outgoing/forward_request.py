"""`forward-request`: the call to the backend, streamed both ways."""

from collections.abc import AsyncIterator
from typing import cast
from urllib.parse import urlencode, urlsplit

import httpx

from auth0_apim_sandbox.apim.gateway.calls.bodies import (
    ClientGoneError,
    read_request_body,
    read_response_body,
    received_body,
)
from auth0_apim_sandbox.apim.gateway.calls.context import Context, Step, bad_request, internal_error
from auth0_apim_sandbox.apim.gateway.calls.headers import has_dot_segment
from auth0_apim_sandbox.apim.gateway.steps.outgoing.sending import end_to_end, send_request, timeout_of
from auth0_apim_sandbox.apim.gateway.steps.values import flag_of, number_of
from auth0_apim_sandbox.apim.policies.markup import Node

_LONGEST_WAIT = 300.0
_MOST_REDIRECTS = 5


def compile_forward_request(node: Node, fetch: httpx.AsyncClient) -> Step:
    """The step for a `forward-request` element."""
    milliseconds = "timeout-ms" in node.attributes
    timeout = number_of(node, "timeout-ms" if milliseconds else "timeout", int(_LONGEST_WAIT))
    follow_redirects = flag_of(node, "follow-redirects", default=False)
    fails_on_errors = flag_of(node, "fail-on-error-status-code", default=False)
    buffers_request = node.attributes.get("buffer-request-body") == "true"
    buffers_response = node.attributes.get("buffer-response") == "true"

    async def forward_request(context: Context) -> None:
        seconds = timeout(context) / (1000 if milliseconds else 1)
        if context.close_backend is not None:
            await context.close_backend()
            context.close_backend = None
        if buffers_request:
            await read_request_body(context)
        await _forward(context, fetch, seconds, follow_redirects(context), fails_on_errors(context))
        if buffers_response:
            await read_response_body(context.response)

    return forward_request


async def _forward(
    context: Context, fetch: httpx.AsyncClient, seconds: float, follow: bool, fail_on_errors: bool
) -> None:
    request = _outgoing(context, seconds)
    try:
        answer = await send_request(context, fetch, request)
        redirects = 0
        while follow and answer.next_request is not None and redirects < _MOST_REDIRECTS:
            await answer.aclose()
            redirects += 1
            answer = await send_request(context, fetch, _redirected(answer.next_request, request, context))
    except ClientGoneError:
        raise internal_error("ClientConnectionFailure", "The caller hung up.") from None
    except httpx.TimeoutException:
        raise internal_error("Timeout", "The backend did not answer within the configured timeout.") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise internal_error(
            "BackendConnectionFailure", f"The backend could not be reached: {type(error).__name__}."
        ) from None
    context.close_backend = answer.aclose
    if not 200 <= answer.status_code <= 599:
        raise internal_error("BackendConnectionFailure", f"The backend answered with status {answer.status_code}.")
    if fail_on_errors and answer.status_code >= 400:
        raise internal_error("BackendErrorStatusCode", f"The backend answered with status {answer.status_code}.")
    _take_over(context, answer)


def _outgoing(context: Context, seconds: float) -> httpx.Request:
    """A request without anything of the client's own, neither its cookies nor its default headers."""
    if not context.backend_url:
        raise internal_error("BackendConnectionFailure", "No backend is configured: the API has no service URL.")
    base, url = urlsplit(context.backend_url), context.request.url
    if has_dot_segment(base.path) or has_dot_segment(url.path):
        raise bad_request("The backend's path has a dot segment in it, so that it would be another one.")
    query = "&".join(filter(None, [base.query, url.query_string, urlencode(context.backend_query)]))
    target = f"{base.scheme}://{base.netloc}{base.path.rstrip('/')}{url.path}{'?' + query if query else ''}"
    headers = end_to_end(context.request.headers.raw)
    has_body = any(name in (b"content-length", b"transfer-encoding") for name, _ in context.request.headers.raw)
    own = [(name.lower().encode(), value.encode()) for name, value in context.backend_headers]
    replaced = {b"host", b"x-forwarded-for", *(name for name, _ in own)}
    headers = [*(pair for pair in headers if pair[0] not in replaced), *own]
    forwarded = context.request.headers.joined(b"x-forwarded-for")
    chain = f"{forwarded}, {context.request.ip_address}" if forwarded else context.request.ip_address
    headers = [(b"host", base.netloc.encode("idna" if not base.netloc.isascii() else "ascii")), *headers]
    headers.append((b"x-forwarded-for", chain.encode("latin-1")))
    body: bytes | AsyncIterator[bytes] | None = context.request.body
    if body is not None:
        headers = [pair for pair in headers if pair[0] != b"content-length"]
    elif has_body:
        if context.request.is_streamed:
            raise internal_error("RequestBodyConsumed", "The request's body has been sent on and was not buffered.")
        context.request.is_streamed = True
        body = received_body(context.request.receive)
    return httpx.Request(context.request.method, target, headers=headers, content=body, extensions=timeout_of(seconds))


def _redirected(following: httpx.Request, first: httpx.Request, context: Context) -> httpx.Request:
    """The request a redirect asks for, with the caller's own cookies and the backend's credentials only on the same host."""
    following.extensions = first.extensions
    following.headers.pop("cookie", None)
    if "cookie" in first.headers and following.url.host == first.url.host:
        following.headers["cookie"] = first.headers["cookie"]
    if following.url.host != first.url.host:
        for name, _ in context.backend_headers:
            following.headers.pop(name, None)
    return following


def _take_over(context: Context, answer: httpx.Response) -> None:
    response = context.response
    response.status_code = answer.status_code
    response.status_reason = answer.reason_phrase
    # the server in front of the gateway dates every answer itself; a length beside chunks is wrong (RFC 9112, section 6.3)
    dropped = (b"date", b"content-length") if "transfer-encoding" in answer.headers else (b"date",)
    kept = [(name.lower(), value) for name, value in end_to_end(answer.headers.raw)]
    response.headers.raw = [pair for pair in kept if pair[0] not in dropped]
    # the stream, not aiter_raw: bytes go on as they came, content encoding and all
    response.body, response.stream = b"", cast("httpx.AsyncByteStream", answer.stream).__aiter__()
