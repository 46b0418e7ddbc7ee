"""How the telemetry of several parties is known to belong together: W3C Trace Context, and what was there before it.

https://www.w3.org/TR/trace-context/, and the hierarchical `Request-Id` of .NET's HTTP correlation protocol.
"""

import re
import uuid
from dataclasses import dataclass

from auth0_apim_sandbox.apim.gateway.headers import Headers

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?")
_REQUEST_ID = re.compile(r"\|?([!-~]{1,128}?)(?:\..*)?")


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
