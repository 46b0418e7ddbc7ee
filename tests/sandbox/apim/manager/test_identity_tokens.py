"""Access tokens of services' managed identities, as their gateways ask for them."""

import httpx
import jwt
import pytest
from auth0_apim_sandbox.apim.manager.application import create_resource_manager
from auth0_apim_sandbox.store import Store

SERVICE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a"
LENT = {"/x": {"principalId": "lent", "clientId": "7"}}


@pytest.fixture
async def issue():
    store = Store()
    document = {"id": SERVICE, "name": "a", "type": "", "properties": {}}
    identity = {"principalId": "own", "userAssignedIdentities": LENT}
    store.collection("arm.resources").put(SERVICE.lower(), {**document, "identity": identity})
    store.collection("arm.resources").put(f"{SERVICE}b".lower(), {**document, "name": "b"})
    async with httpx.AsyncClient() as fetch:
        yield create_resource_manager(store, "https://localhost:1", None, fetch).identity_token


async def test_a_token_is_the_identitys_for_the_resource(issue):
    for client_id, principal in ((None, "own"), ("7", "lent")):
        claims = jwt.decode(issue(SERVICE, "https://r.example/", client_id), options={"verify_signature": False})
        assert (claims["aud"], claims["oid"]) == ("https://r.example", principal)


@pytest.mark.parametrize(("service", "client_id"), [(f"{SERVICE}b", None), (SERVICE, "8"), (f"{SERVICE}c", None)])
async def test_a_service_without_the_identity_gets_none(issue, service, client_id):
    with pytest.raises(LookupError):
        issue(service, "r", client_id)
