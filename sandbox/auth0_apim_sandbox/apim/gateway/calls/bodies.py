"""Bodies of messages that are read as a whole, because a policy looks into them or changes them."""

import zlib
from collections.abc import AsyncIterator

import httpx

from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure, Receive, Response, internal_error

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of a body that a policy may look into."""


class ClientGoneError(ConnectionError):
    """The caller hung up while its body was read."""


async def received_body(receive: Receive) -> AsyncIterator[bytes]:
    """The body of a request as it comes in.

    Raises:
        ClientGoneError: the caller hung up.
    """
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError("the caller hung up")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def read_request_body(context: Context) -> bytes:
    """The request's body, from now on in `context.request.body`.

    Raises:
        PolicyFailure: it is too large, was sent on already, or the caller hung up.
    """
    request = context.request
    if request.body is None:
        if request.is_streamed:
            raise internal_error("RequestBodyConsumed", "The request's body has been sent on and was not buffered.")
        try:
            request.body = await _joined(received_body(request.receive), 413)
        except ClientGoneError:
            raise internal_error("ClientConnectionFailure", "The caller hung up.") from None
    return request.body


async def read_response_body(response: Response) -> bytes:
    """The response's body, from now on in `response.body`, without its content coding.

    Raises:
        PolicyFailure: it is too large, breaks off, or is not coded as it says.
    """
    if response.stream is not None:
        try:
            response.body = await _joined(response.stream, 500)
        except httpx.HTTPError as error:
            raise internal_error("BackendConnectionFailure", f"The answer broke off: {type(error).__name__}.") from None
        response.stream = None
    coding = (response.headers.joined(b"content-encoding") or "").lower()
    if coding in ("gzip", "deflate"):
        response.body = _decoded(response.body)
        response.headers.remove("content-encoding")
    return response.body


async def _joined(chunks: AsyncIterator[bytes], status: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > LARGEST_BODY:
            raise PolicyFailure(status, "BodyTooLarge", f"The body has more than {LARGEST_BODY} bytes.")
    return bytes(body)


def _decoded(body: bytes) -> bytes:
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        decoded = decoder.decompress(body, LARGEST_BODY)
    except zlib.error:
        raise internal_error("BadContentEncoding", "The answer's body is not coded as it says.") from None
    if decoder.unconsumed_tail:
        raise internal_error("BodyTooLarge", f"The body has more than {LARGEST_BODY} bytes.")
    return decoded
