"""The beginnings of bodies, kept while they stream by."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import httpx

Message = MutableMapping[str, Any]


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
