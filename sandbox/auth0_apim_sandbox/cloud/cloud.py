"""All parts of a sandbox in one event loop: made, listening, stopped."""

import asyncio
import contextlib
import secrets
import ssl
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
from starlette.types import ASGIApp

from auth0_apim_sandbox.apim.calculator import create_calculator
from auth0_apim_sandbox.apim.gateway import create_gateway
from auth0_apim_sandbox.apim.manager import ResourceManager, create_resource_manager, manager_client
from auth0_apim_sandbox.apim.portal import create_portals, portal_urls
from auth0_apim_sandbox.cloud.certificates import ensure_certificates
from auth0_apim_sandbox.cloud.control import create_control
from auth0_apim_sandbox.cloud.faults import Faults
from auth0_apim_sandbox.cloud.folder import StateFolder
from auth0_apim_sandbox.cloud.gateways import GatewayListeners
from auth0_apim_sandbox.cloud.listeners import Listener
from auth0_apim_sandbox.cloud.overview import overview
from auth0_apim_sandbox.cloud.overview_page import owners
from auth0_apim_sandbox.cloud.ports import PORTAL_NAME, Claim
from auth0_apim_sandbox.cloud.request_log import RequestLog
from auth0_apim_sandbox.engine.warm_program import keep_warm
from auth0_apim_sandbox.insights import create_insights
from auth0_apim_sandbox.scripts import MachineAccess
from auth0_apim_sandbox.store import Store, StoreError
from auth0_apim_sandbox.tenant import create_tenant, management_client
from auth0_apim_sandbox.vault import create_vault

_REFRESH_INTERVAL = 60
# Seconds between looks at which secrets of vaults are to be read again.


class Cloud:
    """A running sandbox, from `start` to `stop`.

    Args:
        folder: where its files are.
        claim: the ports that it has.
        in_memory: keep what the services hold in this process only.
    """

    def __init__(self, folder: StateFolder, claim: Claim, *, in_memory: bool) -> None:
        self._folder = folder
        self.ports, self._sockets, _ = claim
        self._faults = Faults()
        self._log = RequestLog()
        self._listeners: list[Listener] = []
        self._store = Store(":memory:" if in_memory else folder.database)
        ensure_certificates(folder)
        trust = ssl.create_default_context(cafile=str(folder.trust_bundle))
        hooks = {"request": [self._refuse_own_ports]}
        self._fetch = httpx.AsyncClient(verify=trust, trust_env=False, event_hooks=hooks)
        self._gateways = GatewayListeners(
            self._store, self.ports.gateways, folder.server_certificate, self._create_gateway
        )
        self._providers: Any = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Answer on every port from now on.

        Raises:
            PortError: a gateway's port is taken.
            OSError: a provider endpoint's port is taken.
        """
        self._folder.keep_credentials(self._credentials())
        certificate = self._folder.server_certificate
        self._add("tenant", create_tenant(self._store, self._tenant_domain, access=self._access()), certificate)
        manager = self._manager = create_resource_manager(
            self._store,
            self._manager_endpoint,
            self._gateways,
            self._fetch,
            vault_url=self._vault_url,
            portal_host=self._portal_host,
        )
        self._add("manager", manager, certificate)
        authority = f"{self._manager_endpoint}/{manager_client(self._store).tenant_id}"
        self._add("vault", create_vault(self._store, self._vault_url, authority, self._fetch), certificate)
        token = secrets.token_urlsafe(32)
        self._folder.keep_control_token(token)
        self._add("insights", create_insights(lambda endpoint: owners(endpoint, token)), certificate)
        self._add("calculator", create_calculator())
        self._add("portals", create_portals(self._store, self._fetch, self._folder.portals), certificate)
        for listener in self._listeners:
            await listener.start()
        await manager.open_gateways()
        await self._start_providers()
        control = Listener(create_control(self.status, self._faults, self._overview, token), self._sockets["control"])
        self._listeners.append(control)
        await control.start()
        warm = keep_warm(self._folder.warm_python)
        self._tasks = [asyncio.create_task(task) for task in (_refresh(manager), warm)]

    async def stop(self) -> None:
        """Finish what is under way and free every port."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._providers is not None:
            await self._providers.stop()
        await asyncio.gather(*(listener.stop() for listener in self._listeners), self._gateways.stop())
        await self._fetch.aclose()
        self._store.close()

    def _access(self) -> MachineAccess:
        """What scripts reach: not the sandbox's own ports."""
        return MachineAccess(self._folder.databases, self._folder.trust_bundle, self._own_ports())

    def _own_ports(self) -> frozenset[int]:
        """Ports that take a connection of this user for the user's own, and the control endpoint's."""
        return frozenset((self.ports.control, self.ports.auth0_provider, self.ports.azure_native_provider))

    async def _refuse_own_ports(self, request: httpx.Request) -> None:
        # Policies, documents and portals name addresses; whatever the host is called, it may be this machine.
        if request.url.port in self._own_ports():
            raise httpx.ConnectError(
                "The sandbox sends no request to its own control and provider ports.", request=request
            )

    def status(self) -> dict[str, Any]:
        """Every part and its address, as `/healthz` answers."""
        return {
            "folder": str(self._folder.path),
            "parts": {
                "tenant": f"https://{self._tenant_domain}",
                "manager": self._manager_endpoint,
                "calculator": f"http://localhost:{self.ports.calculator}",
                "auth0 provider": f"localhost:{self.ports.auth0_provider}",
                "azure-native provider": f"localhost:{self.ports.azure_native_provider}",
                "control": f"http://localhost:{self.ports.control}",
                "vault": self._vault_url,
                "insights": self._insights_url,
            },
            "portals": portal_urls(self._store),
            "gateways": self._gateways.urls(),
        }

    def _overview(self) -> dict[str, Any]:
        return overview(self._store, self.status(), self._log.calls)

    @property
    def _tenant_domain(self) -> str:
        return f"localhost:{self.ports.tenant}"

    @property
    def _manager_endpoint(self) -> str:
        return f"https://localhost:{self.ports.manager}"

    @property
    def _vault_url(self) -> str:
        return f"https://localhost:{self.ports.vault}"

    @property
    def _portal_host(self) -> str:
        return f"{PORTAL_NAME}:{self.ports.portals}"

    @property
    def _insights_url(self) -> str:
        return f"https://localhost:{self.ports.insights}"

    def _add(self, part: str, app: ASGIApp, certificate: Any = None) -> None:
        guarded = self._log.logged(part, self._faults.around(part, app))
        self._listeners.append(Listener(guarded, self._sockets[part], certificate))

    def _create_gateway(self, service_id: str, url: str) -> ASGIApp:
        gateway = create_gateway(
            self._store,
            service_id,
            url,
            self._fetch,
            ingestion_endpoint=self._insights_url,
            identity_token=partial(self._manager.identity_token, service_id),
            directory=self._manager_endpoint,
        )
        return self._log.logged("gateway", gateway)

    def _credentials(self) -> dict[str, str]:
        tenant, manager = management_client(self._store), manager_client(self._store)
        return {
            "AUTH0_CLIENT_ID": tenant.client_id,
            "AUTH0_CLIENT_SECRET": tenant.client_secret,
            "ARM_TENANT_ID": manager.tenant_id,
            "ARM_CLIENT_ID": manager.client_id,
            "ARM_CLIENT_SECRET": manager.client_secret,
            "ARM_SUBSCRIPTION_ID": manager.subscription_id,
        }

    async def _start_providers(self) -> None:
        from auth0_apim_sandbox.providers import Services, serve  # noqa: PLC0415 - loads while the services answer already

        accepted = self._credentials()
        services = Services(
            auth0_domain=self._tenant_domain,
            auth0_client_id=accepted["AUTH0_CLIENT_ID"],
            auth0_client_secret=accepted["AUTH0_CLIENT_SECRET"],
            arm_endpoint=self._manager_endpoint,
            arm_tenant_id=accepted["ARM_TENANT_ID"],
            arm_client_id=accepted["ARM_CLIENT_ID"],
            arm_client_secret=accepted["ARM_CLIENT_SECRET"],
            arm_subscription_id=accepted["ARM_SUBSCRIPTION_ID"],
            ca_file=self._folder.trust_bundle,
        )
        self._providers = await serve(self.ports.auth0_provider, self.ports.azure_native_provider, services)
        self.ports = replace(
            self.ports,
            auth0_provider=self._providers.auth0_port,
            azure_native_provider=self._providers.azure_native_port,
        )


async def _refresh(manager: ResourceManager) -> None:
    while True:
        await asyncio.sleep(_REFRESH_INTERVAL)
        with contextlib.suppress(StoreError):  # the next look comes in a minute, and then there may be room
            await manager.refresh_secrets()
