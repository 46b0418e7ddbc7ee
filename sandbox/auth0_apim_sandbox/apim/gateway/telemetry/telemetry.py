"""Recording calls of the APIs that have a diagnostic."""

from collections.abc import Callable

import httpx

from auth0_apim_sandbox.apim.gateway.configuration import Configuration
from auth0_apim_sandbox.apim.gateway.context import Context
from auth0_apim_sandbox.apim.gateway.sending import Send, send_response
from auth0_apim_sandbox.apim.gateway.telemetry.channel import Channel
from auth0_apim_sandbox.apim.gateway.telemetry.envelopes import Place, envelopes
from auth0_apim_sandbox.apim.gateway.telemetry.recording import Recording


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
                items = envelopes(recording, Place(configuration.service_name, configuration.region))
                self._channel.put(endpoint, items)
