"""Listeners for gateways: one https and one http port for every API Management service."""

from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from auth0_apim_sandbox.cloud.listeners import Listener
from auth0_apim_sandbox.cloud.ports import listen, port_of
from auth0_apim_sandbox.store import Store

CreateGateway = Callable[[str, str], ASGIApp]


class GatewayListeners:
    """Opens and closes gateways as services come and go; a service keeps its ports for as long as it exists.

    Args:
        store: remembers which service has which ports.
        first_port: of the first gateway; 0 takes free ports.
        certificate: key and chain for https.
        create: makes the application from a service's id and its gateway's URL.
    """

    def __init__(self, store: Store, first_port: int, certificate: Path, create: CreateGateway) -> None:
        self._places = store.collection("cloud.gateways")
        self._first_port = first_port
        self._certificate = certificate
        self._create = create
        self._open: dict[str, list[Listener]] = {}

    async def open(self, service_id: str) -> str:
        """Start the gateway of `service_id`; answers its URL. A gateway that is open answers the same again.

        Raises:
            PortError: a port is taken.
        """
        key = service_id.lower()
        if key not in self._open:
            await self._listen(service_id, key)
        return self.urls()[key]

    async def close(self, service_id: str) -> None:
        """Stop the gateway of `service_id` and free its ports; one that is not open is fine."""
        key = service_id.lower()
        self._places.delete(key)
        for listener in self._open.pop(key, []):
            await listener.stop()

    async def stop(self) -> None:
        """Stop all of them; their ports stay theirs."""
        for listeners in self._open.values():
            for listener in listeners:
                await listener.stop()
        self._open.clear()

    def urls(self) -> dict[str, str]:
        """The https URL of each open gateway, by lower-cased service id."""
        return {key: f"https://localhost:{self._places[key]['https']}" for key in self._open}

    async def _listen(self, service_id: str, key: str) -> None:
        number, https, http = self._place(key)
        secure = listen(https, f"gateway of {service_id}")
        try:
            plain = listen(http, f"gateway of {service_id}")
        except BaseException:
            secure.close()
            raise
        place = {"service_id": service_id, "number": number, "https": port_of(secure), "http": port_of(plain)}
        self._places.put(key, place)
        app = self._create(service_id, f"https://localhost:{place['https']}")
        self._open[key] = [Listener(app, secure, self._certificate), Listener(app, plain)]
        for listener in self._open[key]:
            await listener.start()

    def _place(self, key: str) -> tuple[int, int, int]:
        """Number and ports (https, http) of the gateway under `key`: the ones it had, else the first free number."""
        place = self._places.get(key)
        taken = {other["number"] for other in self._places.values()}
        number = place["number"] if place else next(n for n in range(len(taken) + 1) if n not in taken)
        if self._first_port:
            return number, self._first_port + 2 * number, self._first_port + 2 * number + 1
        return (number, place["https"], place["http"]) if place else (number, 0, 0)
