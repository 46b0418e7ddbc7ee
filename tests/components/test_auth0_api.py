"""Auth0Api against mocks; its tokens and drift are proven live in tests/live."""

import pulumi
import pytest
from auth0_apim import Auth0Api, InputError

RESOURCE_SERVER = "auth0:index/resourceServer:ResourceServer"
SCOPES = "auth0:index/resourceServerScopes:ResourceServerScopes"


@pytest.fixture
def calculator(mocks):
    return lambda **args: Auth0Api("calc", {"identifier": "basic-calculator", **args})


@pulumi.runtime.test
async def test_an_api_is_a_resource_server_and_its_scopes(mocks, calculator):
    api = calculator(display_name="Basic Calculator", scopes={"calc:sub": "Subtract", "calc:add": "Add"})
    await api.audience.future()
    assert mocks.children() == {(RESOURCE_SERVER, "calc-resource-server"), (SCOPES, "calc-scopes")}
    assert mocks.inputs_of(RESOURCE_SERVER, "calc-resource-server") == {
        "identifier": "basic-calculator",
        "name": "Basic Calculator",
        "signingAlg": "RS256",
        "allowOfflineAccess": False,
        "skipConsentForVerifiableFirstPartyClients": True,
        "enforcePolicies": False,
        "tokenDialect": "access_token",
        "tokenLifetime": 86400.0,
        "tokenLifetimeForWeb": 7200.0,
    }
    assert mocks.inputs_of(SCOPES, "calc-scopes") == {
        "resourceServerIdentifier": "basic-calculator",
        "scopes": [{"name": "calc:add", "description": "Add"}, {"name": "calc:sub", "description": "Subtract"}],
    }
