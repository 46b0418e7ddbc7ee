"""A call about a resource, and what the handlers of calls work with."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory
from auth0_apim_sandbox.apim.arm.key_vault import KeyVault
from auth0_apim_sandbox.apim.arm.long_running import LongRunning
from auth0_apim_sandbox.apim.arm.manager_client import ManagerClient
from auth0_apim_sandbox.apim.arm.request import ArmRequest
from auth0_apim_sandbox.apim.tracing import Tracing

PROVIDER = "Microsoft.ApiManagement"


class ServiceHost(Protocol):
    """Opens a gateway's listeners when an API Management service is created and closes them when it is deleted."""

    async def open(self, service_id: str) -> str:
        """Start the gateway of `service_id` (an ARM id); answers its absolute URL without a trailing slash.

        Opening a gateway that is open answers the same URL again.
        """
        ...

    async def close(self, service_id: str) -> None:
        """Stop the gateway of `service_id`; a gateway that is not open is fine."""
        ...


@dataclass(frozen=True)
class Manager:
    """What the handlers of calls work with.

    Attributes:
        inventory: the documents.
        client: the service principal and its subscription.
        endpoint: absolute URL of the resource manager, without a trailing slash.
        host: opens and closes gateways.
        fetch: fetches linked documents and OpenID documents.
        vault: reads the secrets of named values.
        long_running: the operations that clients wait for.
        portal_host: authority below which services have their developer portals.
        tracing: debug credentials and traces of the service with an id.
        clock: seconds since 1970.
        writes: one lock a service, by lower-cased id; Azure answers a second write at the same time with 409, here it waits.
    """

    inventory: Inventory
    client: ManagerClient
    endpoint: str
    host: ServiceHost
    fetch: httpx.AsyncClient
    vault: KeyVault
    long_running: LongRunning
    portal_host: str
    tracing: Callable[[str], Tracing]
    clock: Callable[[], float] = time.time
    writes: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))


@dataclass(frozen=True)
class Call:
    """A call about one resource or one collection of a service.

    Attributes:
        service: the document of the service.
        parent_id: id of the resource above, the service's own for `apis` and the like.
        id: id of the resource; of a collection, the id of the resource above.
        name: name of the resource, empty for a collection.
    """

    manager: Manager
    request: ArmRequest
    service: Document
    parent_id: str
    id: str
    name: str

    @property
    def inventory(self) -> Inventory:
        """The documents."""
        return self.manager.inventory

    @property
    def existing(self) -> Document | None:
        """The document of the resource, None when there is none."""
        return self.inventory.get(self.id)


def answer(body: dict[str, Any], document: Document, status: int = 200) -> Response:
    """`body` with the ETag of `document`."""
    return JSONResponse(body, status, headers={"ETag": f'"{document["etag"]}"'})
