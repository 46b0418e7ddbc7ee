"""Sending a response to the caller."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

from auth0_apim_sandbox.apim.gateway.calls.context import Context

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)
_WITHOUT_BODY = frozenset({204, 304})


async def send_response(context: Context, send: Send) -> None:
    """Send `context.response`; a stream that breaks off ends the connection, so that the caller cannot take it for complete."""
    response = context.response
    headers = response.headers
    for name, value in context.final_headers:
        # what the backend's answer varies by, it goes on to vary by
        before = headers.get(name) if name == "vary" else None
        headers.set(name, ", ".join(dict.fromkeys([*(before or []), value])))
    empty = response.status_code in _WITHOUT_BODY
    if response.stream is None:
        headers.raw = [pair for pair in headers.raw if pair[0] not in (b"content-length", b"transfer-encoding")]
        if not empty:
            headers.raw.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers.raw})
    try:
        await _send_body(context, send, empty=empty or context.request.method == "HEAD")
    finally:
        if context.close_backend is not None:
            await context.close_backend()


async def _send_body(context: Context, send: Send, *, empty: bool) -> None:
    response = context.response
    if response.stream is not None and not empty:
        try:
            async for chunk in response.stream:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except httpx.HTTPError as error:
            _log.warning("the backend's answer broke off: %s", type(error).__name__)
            raise ConnectionError("the backend's answer broke off") from None
    await send({"type": "http.response.body", "body": b"" if empty else response.body})
