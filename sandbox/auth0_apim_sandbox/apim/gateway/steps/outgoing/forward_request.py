"""`forward-request`: the call to the backend, streamed both ways."""

from collections.abc import AsyncIterator, Awaitable
from typing import cast
from urllib.parse import urlencode, urlsplit

import httpx

from auth0_apim_sandbox.apim.gateway.calls.context import Context, Receive, Step, bad_request, internal_error
from auth0_apim_sandbox.apim.gateway.calls.headers import has_dot_segment
from auth0_apim_sandbox.apim.gateway.steps.values import flag_of, number_of
from auth0_apim_sandbox.apim.policies.markup import Node

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Headers that belong to one connection (RFC 9110, section 7.6.1)."""

_NOWHERE = "invalid"
"""The top-level domain whose names exist nowhere; they are not looked up (RFC 6761, section 6.4)."""

_LONGEST_WAIT = 300.0
_MOST_REDIRECTS = 5


class ClientGoneError(ConnectionError):
    """The caller hung up while its body was read."""


def compile_forward_request(node: Node, fetch: httpx.AsyncClient) -> Step:
    """The step for a `forward-request` element."""
    milliseconds = "timeout-ms" in node.attributes
    timeout = number_of(node, "timeout-ms" if milliseconds else "timeout", int(_LONGEST_WAIT))
    follow_redirects = flag_of(node, "follow-redirects", default=False)
    fails_on_errors = flag_of(node, "fail-on-error-status-code", default=False)

    def forward_request(context: Context) -> Awaitable[None]:
        seconds = timeout(context) / (1000 if milliseconds else 1)
        return _forward(context, fetch, seconds, follow_redirects(context), fails_on_errors(context))

    return forward_request


async def _forward(
    context: Context, fetch: httpx.AsyncClient, seconds: float, follow: bool, fail_on_errors: bool
) -> None:
    request = _outgoing(context, seconds)
    try:
        answer = await _send(context, fetch, request)
        redirects = 0
        while follow and answer.next_request is not None and redirects < _MOST_REDIRECTS:
            await answer.aclose()
            redirects += 1
            answer = await _send(context, fetch, _redirected(answer.next_request, request, context))
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


async def _send(context: Context, fetch: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    sending = _sent(fetch, request)
    answer = await (sending if context.recording is None else context.recording.to_backend(request, sending))
    # the client keeps cookies, and would send one caller's with the next one's redirect
    fetch.cookies.clear()
    return answer


async def _sent(fetch: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    if request.url.host.rstrip(".").rpartition(".")[2] == _NOWHERE:
        raise httpx.ConnectError("the name of the backend's host is one that cannot exist")
    return await fetch.send(request, stream=True, auth=None, follow_redirects=False)


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
        body = _body(context.request.receive)
    timeout = {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
    return httpx.Request(context.request.method, target, headers=headers, content=body, extensions={"timeout": timeout})


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


def end_to_end(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """`headers` without those of one connection, including those that `Connection` names."""
    named = {
        token.strip().lower() for name, value in headers if name.lower() == b"connection" for token in value.split(b",")
    }
    return [pair for pair in headers if pair[0].lower() not in _HOP_BY_HOP and pair[0].lower() not in named]


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError("the caller hung up")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return
