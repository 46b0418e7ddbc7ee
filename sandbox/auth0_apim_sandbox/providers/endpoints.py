"""The running endpoints: gRPC servers in a thread and event loop of their own.

The engine sends many requests at once, and answering one takes Python a while; in the loop of the two services it would
hold up the very HTTP requests that it waits for.
"""

import asyncio
import sys
import threading
from collections.abc import Callable

import grpc.aio

from auth0_apim_sandbox.engine.engine_protocol import provider_pb2_grpc
from auth0_apim_sandbox.engine.owner_port import OwnerPort
from auth0_apim_sandbox.providers.auth0.provider import Auth0Package
from auth0_apim_sandbox.providers.azure_native.provider import AzureNativePackage
from auth0_apim_sandbox.providers.plugin.provider import Package, Services
from auth0_apim_sandbox.providers.plugin.servicer import Servicer

MESSAGE_LIMIT = 400 * 1024 * 1024
"""The engine's own limit on one message, in bytes."""


class ProviderServers:
    """The two endpoints, until `stop`. `auth0_port` and `azure_native_port` are the ports they listen on."""

    def __init__(
        self,
        thread: threading.Thread,
        loop: asyncio.AbstractEventLoop,
        ports: tuple[int, int],
        done: Callable[[], None],
    ) -> None:
        self.auth0_port, self.azure_native_port = ports
        self._thread = thread
        self._loop = loop
        self._done = done

    async def stop(self) -> None:
        """Stops both; calls under way are ended."""
        self._loop.call_soon_threadsafe(self._done)
        await asyncio.to_thread(self._thread.join)

    @property
    def debug_providers(self) -> str:
        """The value of PULUMI_DEBUG_PROVIDERS that makes the engine attach to them."""
        return f"auth0:{self.auth0_port},azure-native:{self.azure_native_port}"


async def serve(auth0_port: int, azure_native_port: int, services: Services) -> ProviderServers:
    """Starts both endpoints on 127.0.0.1, for this process's user alone; port 0 takes a free one.

    Raises:
        OSError: a port is taken.
    """
    return await asyncio.get_running_loop().run_in_executor(None, _start, (auth0_port, azure_native_port), services)


def _start(ports: tuple[int, int], services: Services) -> ProviderServers:
    outcome: list[ProviderServers | BaseException] = []
    ready = threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_run(ports, services, outcome, ready)), name="pulumi-providers", daemon=True
    )
    thread.start()
    ready.wait()
    [result] = outcome
    if isinstance(result, BaseException):
        thread.join()
        raise result
    return result


async def _run(
    ports: tuple[int, int], services: Services, outcome: list[ProviderServers | BaseException], ready: threading.Event
) -> None:
    """Serves until told to stop, in the endpoints' own thread."""
    packages: list[Package] = [Auth0Package(services), AzureNativePackage(services)]
    stopping = asyncio.Event()
    servers = [_server(package) for package in packages]
    gates = [OwnerPort(server, _write_down) for server in servers]
    try:
        bound = [await _listen(gate, port, package) for gate, port, package in zip(gates, ports, packages, strict=True)]
        for server in servers:
            await server.start()
        outcome.append(
            ProviderServers(threading.current_thread(), asyncio.get_running_loop(), (bound[0], bound[1]), stopping.set)
        )
    except OSError as error:
        outcome.append(error)
        stopping.set()
    ready.set()
    await stopping.wait()
    for gate, server in zip(gates, servers, strict=True):
        await gate.close()
        await server.stop(grace=0)
    for package in packages:
        await package.close()


def _server(package: Package) -> grpc.aio.Server:
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.aio.server(options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(package), server)
    return server


async def _listen(gate: OwnerPort, port: int, package: Package) -> int:
    try:
        return await gate.listen(port)
    except OSError:
        message = f"Port {port} of 127.0.0.1, for the {package.name} provider, is taken; choose another."
        raise OSError(message) from None


def _write_down(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()
