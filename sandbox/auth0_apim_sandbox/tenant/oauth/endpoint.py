"""The HTTP side of the endpoints that take a POST and answer in JSON."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send

from auth0_apim_sandbox.store import StoreError
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, server_error
from auth0_apim_sandbox.tenant.oauth.parameters import Call, read_call
from auth0_apim_sandbox.tenant.oauth.urls import Origins, is_allowed, origins_of

Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class Answer:
    """What a handler answers: a JSON value, a text, or nothing at all."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class PostEndpoint:
    """An ASGI application around `handle`, without the layers in between that cost time on every token.

    It reads the parameters, turns an OAuthError into its answer, lets allowed origins read it, and forbids caching
    (RFC 6749, section 5.1).
    """

    def __init__(self, tenant: Tenant, handle: Callable[[Call], Awaitable[Answer]]) -> None:
        self._tenant = tenant
        self._origins = Origins(tenant)
        self.handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method = scope["method"]
        if method == "OPTIONS":
            await _send(send, 204, b"", self._preflight(scope))
            return
        call = Call({}, scope)
        try:
            if method != "POST":
                raise OAuthError(405, "invalid_request", f"Method {method} is not allowed here, POST is")
            call = await read_call(scope, receive)
            answer = await self.handle(call)
        except OAuthError as error:
            answer = Answer(error.body(), error.status, error.headers)
        except StoreError as failure:
            answer = Answer(server_error(str(failure)).body(), 500)
        more = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        headers = [*self._response_headers(call, answer.status), *more]
        await _send(send, answer.status, *_encoded(answer.body, headers))

    def _preflight(self, scope: Scope) -> list[Header]:
        origin = _origin(scope)
        if origin is None or not self._origins.of_any_client(origin):
            return [(b"vary", b"Origin")]
        return [
            *_allow(origin),
            (b"access-control-allow-methods", b"POST"),
            (b"access-control-allow-headers", b"Authorization, Content-Type, Auth0-Client, DPoP"),
            (b"access-control-max-age", b"86400"),
        ]

    def _response_headers(self, call: Call, status: int) -> list[Header]:
        headers = [(b"cache-control", b"no-store"), (b"pragma", b"no-cache")]
        if status == 405:
            headers.append((b"allow", b"POST, OPTIONS"))
        if status == 401 and any(name == b"authorization" for name, _ in call.scope["headers"]):
            headers.append((b"www-authenticate", b'Basic realm="Users"'))
        origin = _origin(call.scope)
        if origin is not None:
            client = self._tenant.client(str(call.parameters.get("client_id"))) or {}
            headers += _allow(origin) if is_allowed(origin, origins_of(client)) else []
        return headers


def _origin(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)


def _allow(origin: str) -> list[Header]:
    return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")]


def _encoded(body: Any, headers: list[Header]) -> tuple[bytes, list[Header]]:
    if body is None:
        return b"", headers
    if isinstance(body, str):
        return body.encode(), [(b"content-type", b"text/html; charset=utf-8"), *headers]
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return text, [(b"content-type", b"application/json"), *headers]


async def _send(send: Send, status: int, body: bytes, headers: list[Header]) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body})
