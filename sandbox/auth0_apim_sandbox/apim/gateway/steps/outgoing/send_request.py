"""`send-request` and `send-one-way-request`: requests to other services than the backend.

They go out by the same client as those to the backend, without anything of the caller's in mode `new`, and are answered to nobody but the policies.
"""

import asyncio
import logging
from typing import cast
from urllib.parse import urlsplit

import httpx

from auth0_apim_sandbox.apim.gateway.calls.bodies import read_request_body, read_response_body
from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure, Response, Step, internal_error
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers, has_dot_segment
from auth0_apim_sandbox.apim.gateway.state.shared import Shared
from auth0_apim_sandbox.apim.gateway.steps.access.authentication import Credential, credential_of
from auth0_apim_sandbox.apim.gateway.steps.messages.headers import HeaderChange
from auth0_apim_sandbox.apim.gateway.steps.outgoing.sending import end_to_end, send_request, timeout_of
from auth0_apim_sandbox.apim.gateway.steps.values import TextOf, number_of, text_of
from auth0_apim_sandbox.apim.policies.kinds import method as method_problem
from auth0_apim_sandbox.apim.policies.kinds import url as url_problem
from auth0_apim_sandbox.apim.policies.markup import Node

_FRAMING = (b"content-length", b"host")
_SECONDS = 60
_log = logging.getLogger(__name__)
_under_way: set[asyncio.Task[None]] = set()


class _Description:
    """The request that the element describes."""

    def __init__(self, node: Node, shared: Shared) -> None:
        self._mode = text_of(node.attributes.get("mode", "new"))
        self._url = _text(node, "set-url")
        self._method = _text(node, "set-method")
        self._headers = [HeaderChange(child) for child in node.children if child.name == "set-header"]
        self._body = next((text_of(child.text) for child in node.children if child.name == "set-body"), None)
        self._credentials: list[Credential] = [
            credential_of(child, shared) for child in node.children if child.name.startswith("authentication-")
        ]
        self._timeout = number_of(node, "timeout", _SECONDS)

    async def request(self, context: Context) -> httpx.Request:
        """The request as the context has it now.

        Raises:
            PolicyFailure: it is none that may be sent.
        """
        is_copy = self._mode(context).lower() == "copy"
        kept = end_to_end(context.request.headers.raw) if is_copy else []
        headers = Headers(pair for pair in kept if pair[0] not in _FRAMING)
        for change in self._headers:
            change(context, headers)
        for credential in self._credentials:
            headers.set("authorization", credential(context))
        body = b""
        if self._body is not None:
            body = self._body(context).encode()
        elif is_copy and context.section in ("inbound", "backend"):
            body = await read_request_body(context)
        method = self._method(context).strip() if self._method else context.request.method if is_copy else "GET"
        if problem := method_problem(method):
            raise internal_error("ExpressionValueEvaluationFailure", problem)
        url = _target(context, self._url)
        host = urlsplit(url).netloc
        raw = [(b"host", host.encode("ascii" if host.isascii() else "idna")), *headers.raw]
        return httpx.Request(method, url, headers=raw, content=body, extensions=timeout_of(self._timeout(context)))


def _text(node: Node, name: str) -> TextOf | None:
    return next((text_of(child.text) for child in node.children if child.name == name), None)


def _target(context: Context, url: TextOf | None) -> str:
    """Where the request goes.

    Raises:
        PolicyFailure: nowhere, or a path that would be another one.
    """
    if url is None:
        base, asked = (context.backend_url or "").rstrip("/"), context.request.url
        target = f"{base}{asked.path}{'?' + asked.query_string if asked.query_string else ''}"
    else:
        target = url(context).strip()
    if problem := url_problem(target):
        raise internal_error("ExpressionValueEvaluationFailure", problem)
    if has_dot_segment(urlsplit(target).path):
        raise internal_error("ExpressionValueEvaluationFailure", "The URL has a dot segment in its path.")
    return target


def compile_send_request(node: Node, shared: Shared) -> Step:
    """`send-request`: the answer goes into a variable, null when there is none and errors are ignored."""
    description, name = _Description(node, shared), node.attributes["response-variable-name"]
    ignores = node.attributes.get("ignore-error") == "true"

    async def send(context: Context) -> None:
        try:
            context.variables[name] = await _answer(context, shared.fetch, await description.request(context))
        except PolicyFailure:
            if not ignores:
                raise
            context.variables[name] = None

    return send


async def _answer(context: Context, fetch: httpx.AsyncClient, request: httpx.Request) -> Response:
    try:
        answer = await send_request(context, fetch, request)
    except httpx.TimeoutException:
        raise internal_error("Timeout", "The service did not answer within the configured timeout.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        message = f"The service could not be reached: {type(error).__name__}."
        raise internal_error("BackendConnectionFailure", message) from None
    response = Response(answer.status_code)
    response.status_reason = answer.reason_phrase
    response.headers = Headers((name.lower(), value) for name, value in end_to_end(answer.headers.raw))
    # the stream, not aiter_raw: its coding is taken off where the header says so
    response.stream = cast("httpx.AsyncByteStream", answer.stream).__aiter__()
    try:
        await read_response_body(response)
    finally:
        await answer.aclose()
    return response


def compile_send_one_way_request(node: Node, shared: Shared) -> Step:
    """`send-one-way-request`: the call goes on without waiting for an answer."""
    description = _Description(node, shared)

    async def deliver(context: Context, request: httpx.Request) -> None:
        try:
            await _answer(context, shared.fetch, request)
        except PolicyFailure as failure:
            _log.warning("a one-way request failed: %s", failure.reason)

    async def send(context: Context) -> None:
        task = asyncio.ensure_future(deliver(context, await description.request(context)))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)

    return send
