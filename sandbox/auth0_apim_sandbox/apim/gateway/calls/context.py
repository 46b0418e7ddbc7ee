"""The state of one request: what policies change, and what expressions see as `context`."""

import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from auth0_apim_sandbox.apim.gateway.calls.headers import Headers, Url
from auth0_apim_sandbox.apim.gateway.calls.trace import Trace
from auth0_apim_sandbox.apim.gateway.tokens.jwt import Jwt, TokenRefused, read_token

_log = logging.getLogger(__name__)
Receive = Callable[[], Awaitable[Any]]
Step = Callable[["Context"], "Awaitable[None] | None"]
"""One compiled policy: runs at once, or gives something to await."""


@dataclass(eq=False)
class PolicyFailure(Exception):  # noqa: N818 - a failure is what the vendor calls it
    """Processing stops and goes on in `on-error`.

    Attributes:
        status: HTTP status of the answer.
        reason: machine-readable, for `context.LastError.Reason`.
        message: for `context.LastError.Message`, and the body's message where `shown` is None.
        shown: the body's message where it differs.
        headers: headers of the answer.
        source: the built-in step that failed, None for the policy that is running.
        step: the policy that failed, where it stands inside another one.
    """

    status: int
    reason: str
    message: str
    shown: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    step: "Step | None" = None

    def __str__(self) -> str:
        return self.message


class SkipToOutbound(Exception):  # noqa: N818 - no error
    """A policy has put an answer into `context.response` that goes on to the section `outbound`."""


class Answered(Exception):  # noqa: N818 - no error
    """A policy has put the final answer into `context.response`; the rest of the pipeline is skipped."""


@dataclass(frozen=True)
class LastError:
    """What went wrong, as `on-error` sees it."""

    source: str
    reason: str
    message: str
    scope: str | None
    section: str | None
    path: str | None
    policy_id: str | None


class Request:
    """The request on its way to the backend; policies change it."""

    csharp_type: ClassVar[str] = "IRequest"
    __slots__ = (
        "body",
        "headers",
        "ip_address",
        "is_streamed",
        "matched_parameters",
        "method",
        "original_url",
        "receive",
        "url",
    )

    def __init__(self, method: str, url: Url, headers: Headers, ip_address: str, receive: Receive) -> None:
        self.method = method
        self.url = url
        self.original_url = url
        self.headers = headers
        self.ip_address = ip_address
        self.receive = receive
        self.body: bytes | None = None
        self.is_streamed = False
        self.matched_parameters: dict[str, str] = {}


class Response:
    """The answer: bytes, or a stream from the backend."""

    csharp_type: ClassVar[str] = "IResponse"
    __slots__ = ("body", "headers", "status_code", "status_reason", "stream")

    def __init__(self, status_code: int = 200) -> None:
        self.status_code = status_code
        self.status_reason = ""
        self.headers = Headers()
        self.body = b""
        self.stream: AsyncIterator[bytes] | None = None

    def use_json_error(self, status: int, message: str, **members: str) -> None:
        """Become the gateway's error body, spelled as the vendor spells it."""
        self.status_code = status
        self.status_reason = ""
        self.stream = None
        self.headers = Headers([(b"content-type", b"application/json")])
        more = "".join(f", {json.dumps(name)}: {json.dumps(value)}" for name, value in members.items())
        self.body = f'{{ "statusCode": {status}, "message": {json.dumps(message, ensure_ascii=False)}{more} }}'.encode()


@dataclass(frozen=True)
class Deployment:
    """Where the gateway runs."""

    region: str
    service_name: str
    gateway_id: str = "managed"


class Context:
    """`context` of policy expressions, and what the steps share."""

    __slots__ = (
        "_request_id",
        "answered_by",
        "api",
        "backend_headers",
        "backend_query",
        "backend_url",
        "backend_width",
        "before_answer",
        "call_trace",
        "clock",
        "close_backend",
        "deployment",
        "final_headers",
        "last_error",
        "needs_response_body",
        "operation",
        "pending_answer",
        "product",
        "recording",
        "request",
        "response",
        "section",
        "subscription",
        "timestamp",
        "variables",
    )

    def __init__(self, request: Request, clock: Callable[[], float] = time.time) -> None:
        self.request = request
        self.clock = clock
        self.timestamp = clock()
        self.deployment: Deployment | None = None
        self.response = Response()
        self.variables: dict[str, Any] = {}
        self.api: Any = None
        self.operation: Any = None
        self.product: Any = None
        self.subscription: Any = None
        self.recording: Any = None
        self.call_trace: Trace | None = None
        self.last_error: LastError | None = None
        self.answered_by: str | None = None
        self.section = "inbound"
        self.needs_response_body = False
        self.pending_answer: Any = None
        self.backend_url: str | None = None
        self.backend_width: int | None = None
        self.backend_headers: tuple[tuple[str, str], ...] = ()
        self.backend_query: tuple[tuple[str, str], ...] = ()
        self.before_answer: list[Callable[[Context], None]] = []
        self.final_headers: list[tuple[str, str]] = []
        self.close_backend: Callable[[], Awaitable[None]] | None = None
        self._request_id = ""

    @property
    def request_id(self) -> str:
        """A UUID for this request."""
        self._request_id = self._request_id or str(uuid.uuid4())
        return self._request_id

    @property
    def message_headers(self) -> Headers:
        """The headers that a policy of this section is about: the request's on the way in, the response's on the way out."""
        return self.request.headers if self.section in ("inbound", "backend") else self.response.headers

    def trace(self, message: str) -> None:
        """`context.Trace(message)`: into the log, on one line."""
        _log.info("trace %s: %s", self.request_id, message.replace("\r", " ").replace("\n", " "))

    def as_jwt(self, text: str | None) -> Jwt | None:
        """`text.AsJwt()`: the token in it, unverified, with or without `Bearer `; None when it is none."""
        if not text:
            return None
        scheme, _, rest = text.partition(" ")
        try:
            return Jwt(read_token(rest.strip() if scheme.lower() == "bearer" else text))
        except TokenRefused:
            return None


def internal_error(reason: str, message: str) -> PolicyFailure:
    """A failure that is the gateway's or the policy's own; the caller learns no more than that."""
    return PolicyFailure(500, reason, message, shown="Internal server error")


def bad_request(message: str) -> PolicyFailure:
    """A failure that is the caller's, who asks for what no policy means."""
    return PolicyFailure(400, "BadRequest", message)
