"""The way of telemetry to ingestion endpoints: in the background, best effort, never in a caller's way."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Iterable
from typing import Any

import httpx

MOST_WAITING = 10_000
"""Items that wait at most; the oldest are dropped when there are more."""

_LARGEST_BATCH = 500
_TIMEOUT = httpx.Timeout(10.0).as_dict()
_log = logging.getLogger(__name__)


class Channel:
    """Sends items in the order they were put; what an endpoint does not take is lost, as the log says.

    Args:
        fetch: sends them. The caller closes it, and with it the channel.
    """

    def __init__(self, fetch: httpx.AsyncClient) -> None:
        self._fetch = fetch
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque(maxlen=MOST_WAITING)
        self._delivery: asyncio.Task[None] | None = None

    def put(self, endpoint: str, items: Iterable[dict[str, Any]]) -> None:
        """Have `items` sent to `endpoint` (absolute URL without a trailing slash), soon."""
        self._waiting.extend((endpoint, item) for item in items)
        if self._waiting and (self._delivery is None or self._delivery.done()):
            self._delivery = asyncio.create_task(self._deliver())

    async def _deliver(self) -> None:
        while self._waiting and not self._fetch.is_closed:
            endpoint, first = self._waiting.popleft()
            batch = [first]
            while self._waiting and self._waiting[0][0] == endpoint and len(batch) < _LARGEST_BATCH:
                batch.append(self._waiting.popleft()[1])
            await self._post(endpoint, batch)

    async def _post(self, endpoint: str, batch: list[dict[str, Any]]) -> None:
        content = "\n".join(json.dumps(item, separators=(",", ":")) for item in batch).encode()
        headers = {"content-type": "application/x-json-stream"}
        # Not by the client's own methods, which would add its cookies.
        request = httpx.Request(
            "POST", f"{endpoint}/v2.1/track", headers=headers, content=content, extensions={"timeout": _TIMEOUT}
        )
        try:
            answer = await self._fetch.send(request, auth=None, follow_redirects=False)
        except httpx.HTTPError as error:
            _log.warning("%d items of telemetry are lost: %s", len(batch), type(error).__name__)
            return
        if answer.status_code != 200:
            _log.warning("%d items of telemetry were not all taken: status %d", len(batch), answer.status_code)
