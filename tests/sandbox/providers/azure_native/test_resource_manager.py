"""The client of the resource manager, over the sandbox's own."""

import httpx
import pytest
from auth0_apim_sandbox.apim.manager import create_resource_manager, manager_client
from auth0_apim_sandbox.providers.azure_native.resource_manager import Identity, ResourceManager
from auth0_apim_sandbox.store import Store

ENDPOINT = "https://localhost:14301"
STARTED_AT = 1_800_000_000.0


@pytest.mark.parametrize("seconds", [7 * 86400, -7 * 86400])
async def test_a_clock_that_jumps_costs_a_new_token_and_no_deployment(seconds):
    now = [STARTED_AT]
    store = Store()
    async with httpx.AsyncClient() as fetch:
        application = create_resource_manager(store, ENDPOINT, None, fetch, lambda: now[0])
        client = manager_client(store)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application)) as http:
            manager = ResourceManager(
                http, ENDPOINT, Identity(client.tenant_id, client.client_id, client.client_secret)
            )
            group = f"/subscriptions/{client.subscription_id}/resourceGroups/local"
            before = await manager.get(group, "2021-04-01")
            now[0] += seconds
            assert await manager.get(group, "2021-04-01") == before
    store.close()
