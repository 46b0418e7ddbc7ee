"""What is remembered of one call, from its arrival to the last byte of its answer, and which operation it belongs to.

Operations are those of W3C Trace Context (https://www.w3.org/TR/trace-context/), or of what was there before it: the
hierarchical `Request-Id` of .NET's HTTP correlation protocol.
"""

import re
import time
import uuid
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, MutableMapping
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from auth0_apim_sandbox.apim.gateway.calls.context import Context
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers
from auth0_apim_sandbox.apim.gateway.calls.sending import Send
from auth0_apim_sandbox.apim.gateway.configuration.diagnostics import Diagnostic

Message = MutableMapping[str, Any]
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?")
_REQUEST_ID = re.compile(r"\|?([!-~]{1,128}?)(?:\..*)?")


class Beginning:
    """The first bytes of a body, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._kept = bytearray()

    def add(self, chunk: bytes) -> None:
        """Keep what there is room for."""
        if self._left > 0:
            self._kept += chunk[: self._left]
            self._left -= len(chunk)

    def __str__(self) -> str:
        return self._kept.decode("utf-8", "replace")


class WatchedStream(httpx.AsyncByteStream):
    """A stream whose beginning is kept."""

    def __init__(self, stream: httpx.AsyncByteStream, beginning: Beginning) -> None:
        self._stream = stream
        self._beginning = beginning

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._beginning.add(chunk)
            yield chunk

    async def aclose(self) -> None:
        """Close the stream that is watched."""
        await self._stream.aclose()


def watched_receive(
    receive: Callable[[], Awaitable[Message]], beginning: Beginning
) -> Callable[[], Awaitable[Message]]:
    """`receive` of an ASGI request, with the beginning of the body kept."""

    async def watching() -> Message:
        message = await receive()
        beginning.add(message.get("body", b""))
        return message

    return watching


def watched_send(
    send: Callable[[Message], Awaitable[None]], beginning: Beginning
) -> Callable[[Message], Awaitable[None]]:
    """`send` of an ASGI response, with the beginning of the body kept."""

    async def watching(message: Message) -> None:
        beginning.add(message.get("body", b""))
        await send(message)

    return watching


def new_span() -> str:
    """A random id for a call that is part of an operation: 16 hexadecimal digits."""
    return uuid.uuid4().hex[:16]


@dataclass(frozen=True)
class Operation:
    """What a call to the gateway belongs to.

    Attributes:
        protocol: `None`, `Legacy` or `W3C`.
        id: the operation's, the caller's where it sent one.
        parent: the call of the caller that led to this one, empty when it said none.
        span: this call to the gateway.
    """

    protocol: str
    id: str
    parent: str
    span: str

    def header(self, span: str, *, sampled: bool) -> tuple[str, str] | None:
        """Name and value of the header that hands the operation on to a backend, in the call `span`."""
        if self.protocol == "W3C":
            return "traceparent", f"00-{self.id}-{span}-{'01' if sampled else '00'}"
        return ("Request-Id", f"|{self.id}.{self.span}.{span}.") if self.protocol == "Legacy" else None


def operation_of(headers: Headers, protocol: str) -> Operation:
    """The operation that a request's headers name; a new one when they name none, or none that can be read."""
    if protocol == "W3C":
        match = _TRACEPARENT.fullmatch(headers.joined(b"traceparent") or "")
        if match:
            return Operation(protocol, match[1], match[2], new_span())
    if protocol == "Legacy":
        given = headers.joined(b"request-id") or ""
        match = _REQUEST_ID.fullmatch(given)
        if match and len(given) <= 1024:
            return Operation(protocol, match[1], given, new_span())
    return Operation(protocol, uuid.uuid4().hex, "", new_span())


@dataclass
class BackendCall:
    """One request to a backend, and what came of it.

    Attributes:
        span: its id in the operation.
        request: as it was sent.
        started_at: seconds since 1970.
        seconds: until the answer's headers were there, or nothing came.
        answer: None when nothing came.
    """

    span: str
    request: httpx.Request
    started_at: float
    request_body: Beginning
    response_body: Beginning
    seconds: float = 0.0
    answer: httpx.Response | None = None


@dataclass(frozen=True)
class Trace:
    """What a `trace` policy told; `at` is in seconds since 1970."""

    at: float
    source: str
    severity: str
    message: str
    metadata: dict[str, str]


@dataclass(frozen=True)
class Metric:
    """A number that a policy told; `at` is in seconds since 1970."""

    at: float
    name: str
    namespace: str
    value: float
    dimensions: dict[str, str]


_SEVERITIES = ("verbose", "information", "error")


@dataclass
class Recording:
    """The call that `context` is about, as far as `diagnostic` asks for it; `now` is in seconds since 1970."""

    diagnostic: Diagnostic
    context: Context
    now: float
    backend_calls: list[BackendCall] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """Remember the request as the caller sent it, before any policy changes it."""
        request, settings = self.context.request, self.diagnostic
        self._began = time.perf_counter()
        self.operation = operation_of(request.headers, settings.correlation)
        self.headers = Headers(request.headers.raw)
        self.request_body = Beginning(settings.frontend_request.body_bytes)
        self.response_body = Beginning(settings.frontend_response.body_bytes)
        self.is_sampled = self._share() < settings.percentage
        if settings.frontend_request.body_bytes:
            request.receive = watched_receive(request.receive, self.request_body)

    def watching(self, send: Send) -> Send:
        """`send`, with what is needed of the answer's body remembered."""
        if not self.diagnostic.frontend_response.body_bytes:
            return send
        return watched_send(send, self.response_body)

    async def to_backend(self, request: httpx.Request, sending: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """Await `sending`, which has not begun, with `request` told which operation it belongs to."""
        settings, span = self.diagnostic, new_span()
        if header := self.operation.header(span, sampled=self.is_sampled):
            request.headers[header[0]] = header[1]
        began = time.perf_counter()
        bodies = Beginning(settings.backend_request.body_bytes), Beginning(settings.backend_response.body_bytes)
        call = BackendCall(span, request, self.now + began - self._began, *bodies)
        self.backend_calls.append(call)
        if settings.backend_request.body_bytes:
            request.stream = WatchedStream(cast("httpx.AsyncByteStream", request.stream), call.request_body)
        try:
            answer = call.answer = await sending
        finally:
            call.seconds = time.perf_counter() - began
        if settings.backend_response.body_bytes:
            answer.stream = WatchedStream(cast("httpx.AsyncByteStream", answer.stream), call.response_body)
        return answer

    def trace(self, source: str, severity: str, message: str, metadata: dict[str, str]) -> None:
        """Keep what a policy tells, when the diagnostic's verbosity asks for it."""
        if _SEVERITIES.index(severity) >= _SEVERITIES.index(self.diagnostic.verbosity):
            self.traces.append(Trace(self._clock(), source, severity, message, metadata))

    def metric(self, name: str, namespace: str, value: float, dimensions: dict[str, str]) -> None:
        """Keep a number that a policy tells."""
        self.metrics.append(Metric(self._clock(), name, namespace, value, dimensions))

    def _clock(self) -> float:
        return self.now + time.perf_counter() - self._began

    def end(self) -> None:
        """The answer has gone out."""
        self.seconds = time.perf_counter() - self._began

    @property
    def has_failed(self) -> bool:
        """Whether the call counts as an error: a status of 400 or more, or a policy that failed."""
        return self.context.response.status_code >= 400 or self.context.last_error is not None

    @property
    def is_written(self) -> bool:
        """Whether the diagnostic wants to have it."""
        if self.has_failed:
            return self.is_sampled or self.diagnostic.logs_all_errors
        return self.is_sampled and self.diagnostic.verbosity != "error"

    def _share(self) -> float:
        """A number from 0 to 100 that follows from the operation, so that all of its calls are written down or none is."""
        return zlib.crc32(self.operation.id.encode()) % 10_000 / 100
