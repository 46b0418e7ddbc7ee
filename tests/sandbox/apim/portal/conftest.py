from urllib.parse import parse_qsl

import httpx
import pytest
from auth0_apim_sandbox.apim.portal import create_portals

PORTAL = "https://apim.developer.localhost:14308"
SERVER = {
    "displayName": "Auth0",
    "clientRegistrationEndpoint": "https://placeholder.contoso.com",
    "authorizationEndpoint": "https://tenant.test/authorize?audience=calc",
    "tokenEndpoint": "https://tenant.test/oauth/token",
    "grantTypes": ["authorizationCode", "clientCredentials", "resourceOwnerPassword"],
    "clientAuthenticationMethod": ["Body"],
    "tokenBodyParameters": [{"name": "audience", "value": "calc"}],
    "defaultScope": "calc:add",
    "clientId": "portal",
    "clientSecret": "a-secret-that-stays",
}


class Tenant:
    """The token endpoint: remembers what it was asked, answers what it is told to."""

    def __init__(self):
        self.requests = []
        self.answer = httpx.Response(200, json={"access_token": "a.good.token", "token_type": "Bearer"})

    def __call__(self, request):
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @property
    def form(self):
        """The last request's."""
        return dict(parse_qsl(self.requests[-1].content.decode()))


@pytest.fixture
def tenant():
    return Tenant()


@pytest.fixture
def sites(tmp_path):
    return tmp_path / "portals"


@pytest.fixture
async def visitor(store, tenant, sites):
    """A browser on the portal of the service `apim`, not signed in."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(tenant)) as fetch:
        transport = httpx.ASGITransport(create_portals(store, fetch, sites))
        async with httpx.AsyncClient(transport=transport, base_url=PORTAL) as client:
            yield client


@pytest.fixture
def publish():
    """Makes a product and links it."""
    return _publish


@pytest.fixture
async def calculator(arm):
    """The tutorial's API, in a published product that everybody sees, with its authorization server."""
    await arm.calculator()
    assert (await arm.put("authorizationServers/Auth0", SERVER)).status_code == 201
    security = {"oAuth2": {"authorizationServerId": "Auth0"}}
    assert (await arm.patch("apis/calc", {"authenticationSettings": security})).status_code == 200
    await _publish(arm, "starter", "calc")
    return arm


@pytest.fixture
def read(visitor):
    """Reads a path of the data API."""

    async def reading(path, status=200, **query):
        answer = await visitor.get(f"/developer/{path}", params={"api-version": "2022-04-01-preview", **query})
        assert answer.status_code == status, answer.text
        return answer.json()

    return reading


async def _publish(arm, product, *apis, state="published", groups=("guests",)):
    body = {"displayName": product.title(), "state": state, "subscriptionRequired": False}
    assert (await arm.put(f"products/{product}", body)).status_code == 201
    for link in [*(f"groups/{group}" for group in groups), *(f"apis/{api}" for api in apis)]:
        assert (await arm.put(f"products/{product}/{link}")).status_code == 201
