"""Recording calls of the APIs that have a diagnostic, and sending what was recorded: in the background, best effort."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from auth0_apim_sandbox.apim.gateway.calls.context import Context
from auth0_apim_sandbox.apim.gateway.calls.sending import Send, send_response
from auth0_apim_sandbox.apim.gateway.configuration.service import Configuration
from auth0_apim_sandbox.apim.gateway.telemetry.envelopes import ServiceLocation, envelopes
from auth0_apim_sandbox.apim.gateway.telemetry.recording import Recording

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


class Telemetry:
    """The telemetry of one gateway.

    Args:
        fetch: sends it.
        ingestion_endpoint: where the items of loggers go that name no endpoint, an absolute URL without a trailing slash;
            None is nowhere.
        clock: seconds since 1970.
    """

    def __init__(self, fetch: httpx.AsyncClient, ingestion_endpoint: str | None, clock: Callable[[], float]) -> None:
        self._channel = Channel(fetch)
        self._ingestion_endpoint = ingestion_endpoint
        self._clock = clock

    def begin(self, configuration: Configuration, owner: str, context: Context) -> None:
        """Record the call when `owner`, the key of its API or of the service, has a diagnostic, or the service has."""
        diagnostic = configuration.diagnostics.get(owner) or configuration.diagnostics.get(configuration.service_key)
        if diagnostic is not None:
            context.recording = Recording(diagnostic, context, self._clock())

    async def answer(self, configuration: Configuration, context: Context, send: Send) -> None:
        """Send the response of a call that is recorded, and put what is written down of it on its way."""
        recording: Recording = context.recording
        try:
            await send_response(context, recording.watching(send))
        finally:
            recording.end()
            endpoint = recording.diagnostic.connection.ingestion_endpoint or self._ingestion_endpoint
            if endpoint is not None and recording.is_written:
                items = envelopes(recording, ServiceLocation(configuration.service_name, configuration.region))
                self._channel.put(endpoint, items)
