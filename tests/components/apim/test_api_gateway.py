"""ApiGateway against mocks; that Azure makes such a service, and keeps an adopted one, is proven live."""

import pulumi
import pytest
from auth0_apim import ApiGateway, GatewaySku, InputError

SERVICE = "azure-native:apimanagement:ApiManagementService"
IDENTITY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"
SECURITY = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security."


@pytest.fixture
def gateway(mocks):
    def make(**args):
        new = {"publisher_name": "Contoso", "publisher_email": "apis@contoso.example"}
        return ApiGateway("gw", {"resource_group_name": "group", "service_name": "apis", **new, **args})

    return make


@pulumi.runtime.test
async def test_a_gateway_is_one_service_with_nothing_older_than_tls_1_2(mocks, gateway):
    made = gateway(sku=GatewaySku.DEVELOPER, location="westeurope", tags={"team": "calc"})
    assert await made.gateway_url.future() == "https://apis.azure-api.net"
    assert await made.service_name.future() == "apis"
    assert await made.resource_group_name.future() == "group"
    assert await made.portal_url.future() == "https://apis.developer.azure-api.net"
    assert await made.sku.future() == "Developer"
    assert await made.principal_id.future() is None
    assert mocks.children() == {(SERVICE, "gw-service")}
    assert mocks.inputs_of(SERVICE, "gw-service") == {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "publisherName": "Contoso",
        "publisherEmail": "apis@contoso.example",
        "sku": {"name": "Developer", "capacity": 1.0},
        "location": "westeurope",
        "tags": {"team": "calc"},
        "customProperties": {
            f"{SECURITY}Protocols.Tls10": "False",
            f"{SECURITY}Protocols.Tls11": "False",
            f"{SECURITY}Protocols.Ssl30": "False",
            f"{SECURITY}Backend.Protocols.Tls10": "False",
            f"{SECURITY}Backend.Protocols.Tls11": "False",
            f"{SECURITY}Backend.Protocols.Ssl30": "False",
            f"{SECURITY}Ciphers.TripleDes168": "False",
            f"{SECURITY}Ciphers.TLS_RSA_WITH_AES_128_CBC_SHA": "False",
            f"{SECURITY}Ciphers.TLS_RSA_WITH_AES_128_CBC_SHA256": "False",
            f"{SECURITY}Ciphers.TLS_RSA_WITH_AES_128_GCM_SHA256": "False",
            f"{SECURITY}Ciphers.TLS_RSA_WITH_AES_256_CBC_SHA": "False",
            f"{SECURITY}Ciphers.TLS_RSA_WITH_AES_256_CBC_SHA256": "False",
        },
        # What the SDK adds by itself.
        "developerPortalStatus": "Enabled",
        "disableGateway": False,
        "enableClientCertificate": False,
        "legacyPortalStatus": "Enabled",
        "natGatewayState": "Disabled",
        "restore": False,
        "virtualNetworkType": "None",
    }


@pulumi.runtime.test
async def test_by_default_it_is_serverless_without_portal_and_without_a_choice_of_ciphers(mocks, gateway):
    made = gateway()
    assert await made.portal_url.future() is None
    inputs = mocks.inputs_of(SERVICE, "gw-service")
    assert inputs["sku"] == {"name": "Consumption", "capacity": 0.0}
    assert inputs["customProperties"] == {
        f"{SECURITY}Protocols.Tls10": "False",
        f"{SECURITY}Protocols.Tls11": "False",
        f"{SECURITY}Backend.Protocols.Tls10": "False",
        f"{SECURITY}Backend.Protocols.Tls11": "False",
    }


@pulumi.runtime.test
async def test_the_v2_tiers_choose_their_protocols_themselves(mocks, gateway):
    await gateway(sku="StandardV2", capacity=2.0).gateway_url.future()
    inputs = mocks.inputs_of(SERVICE, "gw-service")
    assert inputs["sku"] == {"name": "StandardV2", "capacity": 2.0}
    assert inputs.get("customProperties", {}) == {}


@pulumi.runtime.test
async def test_a_service_may_have_identities_its_own_and_others(mocks, gateway):
    assert await gateway(system_identity=True).principal_id.future() == "apis-principal"
    assert mocks.inputs_of(SERVICE, "gw-service")["identity"] == {"type": "SystemAssigned"}


@pulumi.runtime.test
async def test_user_assigned_identities_stand_alone_or_beside_the_services_own(mocks, gateway):
    await gateway(user_identity_ids=[IDENTITY]).gateway_url.future()
    expected = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    assert mocks.inputs_of(SERVICE, "gw-service")["identity"] == expected
    await gateway(user_identity_ids=[IDENTITY], system_identity=True).gateway_url.future()
    assert mocks.inputs_of(SERVICE, "gw-service")["identity"]["type"] == "SystemAssigned, UserAssigned"


@pulumi.runtime.test
async def test_the_service_belongs_to_the_component(mocks, gateway):
    await gateway().service_name.future()
    assert mocks.child_types() == {f"auth0-apim:index:ApiGateway${SERVICE}"}


@pulumi.runtime.test
async def test_an_existing_service_is_read_and_nothing_is_made(mocks):
    made = ApiGateway("gw", {"resource_group_name": "group", "service_name": "found", "existing": True})
    assert await made.gateway_url.future() == "https://found.azure-api.net"
    assert await made.portal_url.future() == "https://found.developer.azure-api.net"
    assert await made.sku.future() == "Developer"
    assert await made.service_name.future() == "found"
    assert await made.principal_id.future() == "found-principal"
    assert mocks.children() == set()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"service_name": "1apis"},
            "input 'service_name' must be 1 to 50 letters, digits and dashes, a letter first and no dash last, not "
            "'1apis'; an example that works: \"contoso-apis-dev\"",
        ),
        (
            {"resource_group_name": "group."},
            "input 'resource_group_name' must be 1 to 90 letters, digits, '.', '_', '-', '(' or ')', not ending with a "
            "dot, not 'group.'; an example that works: \"calculator-dev\"",
        ),
        (
            {"publisher_email": "nobody"},
            "input 'publisher_email' must be an e-mail address, not 'nobody'; an example that works: "
            '"apis@contoso.example"',
        ),
        ({"publisher_name": None}, "input 'publisher_name' is required; an example that works: \"Contoso\""),
        (
            {"sku": "Isolated"},
            "input 'sku' must be one of Consumption, Developer, Basic, Standard, Premium, BasicV2, StandardV2, "
            "PremiumV2, not 'Isolated'; an example that works: \"Consumption\"",
        ),
        ({"capacity": 1}, "input 'capacity' must be 0 in tier Consumption, not 1; leave it out"),
        (
            {"sku": GatewaySku.BASIC, "capacity": 3},
            "input 'capacity' must be 1 to 2 in tier Basic, not 3; leave it out",
        ),
        (
            {"existing": True},
            "input 'publisher_name' describes a new one and excludes 'existing'; leave it out",
        ),
        (
            {"user_identity_ids": ["apis"]},
            "input 'user_identity_ids' must be ARM ids of user-assigned managed identities, not 'apis'; an "
            "example that works: "
            '["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/calculator-dev/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"]',
        ),
        (
            {"user_identity_ids": [IDENTITY, IDENTITY.upper()]},
            "input 'user_identity_ids' must name each identity once; an example that works: "
            '["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/calculator-dev/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"]',
        ),
        ({"existing": "yes"}, "input 'existing' must be true or false, not text; an example that works: true"),
    ],
)
def test_a_bad_input_is_refused_before_anything_is_made(mocks, gateway, args, message):
    with pytest.raises(InputError) as refusal:
        gateway(**args)
    assert str(refusal.value) == f"ApiGateway 'gw': {message}"
    assert mocks.resources == {}
