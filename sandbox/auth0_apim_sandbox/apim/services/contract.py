"""The body of an API Management service: as it is sent, and as the provider answers it in the api-versions that it has."""

import re
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints

from auth0_apim_sandbox.apim.arm.contract import Contract, checked
from auth0_apim_sandbox.apim.arm.errors import ArmError, ValidationFailed
from auth0_apim_sandbox.apim.arm.inventory import Document

NAME = re.compile(r"(?=.{1,50}\Z)[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?")
"""Names of services."""

V2_TIERS = ("BasicV2", "StandardV2", "PremiumV2")
CLASSIC_TIERS = ("Developer", "Basic", "Standard", "Premium", "Isolated")
_LARGEST = {"Developer": 1, "Basic": 2, "Standard": 4, "BasicV2": 10, "StandardV2": 10, "PremiumV2": 30}
Text100 = Annotated[str, StringConstraints(min_length=1, max_length=100)]

_SINCE = {
    "2022-08-01": ("natGatewayState", "outboundPublicIPAddresses"),
    "2024-05-01": ("dataApiUrl", "configurationApi", "legacyPortalStatus", "developerPortalStatus"),
}
"""Properties of a service that older versions do not answer."""

_SHOWN = ("id", "name", "type", "tags", "location", "etag", "properties", "sku", "identity", "zones", "systemData")
_SETTINGS = "Microsoft.WindowsAzure.ApiManagement.Gateway"

_SWITCHED_OFF = (
    "Security.Protocols.Tls10",
    "Security.Protocols.Tls11",
    "Security.Backend.Protocols.Tls10",
    "Security.Backend.Protocols.Tls11",
    "Security.Backend.Protocols.Ssl30",
    "Protocols.Server.Http2",
)

_SWITCHED_OFF_CLASSIC = ("Security.Protocols.Ssl30", "Security.Ciphers.TripleDes168")


class ServiceContract(Contract):
    """`properties` of a service."""

    publisher_email: Text100
    publisher_name: Text100
    notification_sender_email: Text100 | None = None
    hostname_configurations: list[dict[str, Any]] | None = None
    virtual_network_type: Literal["None", "External", "Internal"] = "None"
    virtual_network_configuration: dict[str, Any] | None = None
    additional_locations: list[dict[str, Any]] | None = None
    certificates: list[dict[str, Any]] | None = None
    custom_properties: dict[str, str] | None = None
    disable_gateway: bool = False
    enable_client_certificate: bool = False
    nat_gateway_state: Literal["Enabled", "Disabled", "Unsupported"] | None = None
    api_version_constraint: dict[str, Any] | None = None
    public_ip_address_id: str | None = None
    public_network_access: Literal["Enabled", "Disabled"] = "Enabled"
    legacy_portal_status: Literal["Enabled", "Disabled"] = "Disabled"
    developer_portal_status: Literal["Enabled", "Disabled"] = "Enabled"
    restore: bool = False


class Addresses(NamedTuple):
    """Where parts of a service listen.

    Attributes:
        gateway_url: absolute URL of its gateway, without a trailing slash.
        portal_host: authority below which services have their developer portals.
    """

    gateway_url: str
    portal_host: str


class Sku(Contract):
    """Tier and scale units."""

    name: Literal[
        "Developer", "Basic", "Standard", "Premium", "Isolated", "Consumption", "BasicV2", "StandardV2", "PremiumV2"
    ]
    capacity: int = Field(ge=0)


def read_sku(body: dict[str, Any]) -> dict[str, Any]:
    """The `sku` of a body.

    Raises:
        ValidationFailed: it is missing, or the capacity does not fit the tier.
    """
    if not isinstance(body.get("sku"), dict):
        raise ValidationFailed(("sku", '\'sku\' is required, for example: {"name": "Developer", "capacity": 1}.'))
    sku = checked(Sku, body["sku"])
    if sku.name == "Consumption" and sku.capacity != 0:
        raise ValidationFailed(("sku.capacity", f"The capacity of the Consumption tier must be 0, not {sku.capacity}."))
    largest = _LARGEST.get(sku.name, 31)
    if sku.name != "Consumption" and not 1 <= sku.capacity <= largest:
        message = f"The capacity of the {sku.name} tier must be from 1 to {largest}, not {sku.capacity}."
        raise ValidationFailed(("sku.capacity", message))
    return sku.wire()


def check_service_name(name: str) -> None:
    """Raise ArmError when a service may not be called `name`."""
    if NAME.fullmatch(name):
        return
    message = (
        f"'{name}' is not a valid name of an API Management service: 1 to 50 letters, digits and dashes, starting with a "
        "letter and not ending with a dash."
    )
    raise ArmError(400, "InvalidParameters", message)


def family(sku_name: str) -> str:
    """Tiers can be changed within a family: classic, v2, Consumption."""
    if sku_name in V2_TIERS:
        return "v2"
    return "classic" if sku_name in CLASSIC_TIERS else "Consumption"


def view(service: Document, version: str) -> dict[str, Any]:
    """The service as GET answers it in `version`."""
    later = {name for first, names in _SINCE.items() if version < first for name in names}
    properties = {name: value for name, value in service["properties"].items() if name not in later}
    return {**{name: service.get(name) for name in _SHOWN}, "properties": properties}


def transitional_view(service: Document, version: str, state: str) -> dict[str, Any]:
    """The service while an operation on it is under way; `state` is both its provisioning state and the target."""
    body = view(service, version)
    body["properties"] |= {"provisioningState": state, "targetProvisioningState": state}
    return body


def service_properties(
    name: str, settings: dict[str, Any], sku_name: str, addresses: Addresses, created_at: str
) -> dict[str, Any]:
    """The properties of a service that is ready.

    Args:
        name: the service's.
        settings: its contract, as JSON.
        sku_name: the tier.
        addresses: where its gateway and its portal are.
        created_at: when it was made, as the provider writes points in time.
    """
    tier, host_name = family(sku_name), urlsplit(addresses.gateway_url).netloc
    # Not every property is answered for every tier.
    omitted = {"restore"} | ({"enableClientCertificate"} if sku_name != "Consumption" else set())
    omitted |= {"disableGateway"} if tier == "v2" else set()
    public = ["127.0.0.1"] if tier == "classic" else None
    return {
        **{key: value for key, value in settings.items() if key not in omitted},
        "notificationSenderEmail": settings["notificationSenderEmail"] or "apimgmt-noreply@mail.windowsazure.com",
        "provisioningState": "Succeeded",
        "targetProvisioningState": "",
        "createdAtUtc": created_at,
        "gatewayUrl": addresses.gateway_url,
        **_other_addresses(name, settings, sku_name, addresses),
        "hostnameConfigurations": [_proxy(host_name)],
        "publicIPAddresses": public,
        "privateIPAddresses": None,
        "customProperties": settings["customProperties"] or _custom_properties(tier),
        "natGatewayState": settings["natGatewayState"] or _nat_gateway_state(sku_name),
        "outboundPublicIPAddresses": public,
        "apiVersionConstraint": settings["apiVersionConstraint"] or {"minApiVersion": None},
        "privateEndpointConnections": None,
        "platformVersion": {"Consumption": "mtv1", "classic": "stv2", "v2": "stv2.1"}[tier],
        "configurationApi": None,
    }


def _other_addresses(name: str, settings: dict[str, Any], sku_name: str, addresses: Addresses) -> dict[str, str | None]:
    """The developer portal's address, and those where nothing listens here; the legacy portal is gone for good."""
    tier, host_name = family(sku_name), urlsplit(addresses.gateway_url).netloc
    classic = tier == "classic"
    portal = tier != "Consumption" and settings["developerPortalStatus"] == "Enabled"
    return {
        "gatewayRegionalUrl": f"https://{name}.regional.{host_name}" if classic else None,
        "portalUrl": None,
        "developerPortalUrl": f"https://{name}.{addresses.portal_host}" if portal else None,
        "dataApiUrl": None,
        "managementApiUrl": f"https://{name}.management.{host_name}" if classic else None,
        "scmUrl": f"https://{name}.scm.{host_name}" if classic else None,
    }


def _proxy(host_name: str) -> dict[str, Any]:
    omitted = ("encodedCertificate", "keyVaultId", "certificatePassword", "certificate", "identityClientId")
    return {
        "type": "Proxy",
        "hostName": host_name,
        **dict.fromkeys((*omitted, "certificateStatus")),
        "negotiateClientCertificate": False,
        "defaultSslBinding": True,
        "certificateSource": "BuiltIn",
    }


def _custom_properties(tier: str) -> dict[str, str]:
    names = (*_SWITCHED_OFF, *(_SWITCHED_OFF_CLASSIC if tier == "classic" else ()))
    return {f"{_SETTINGS}.{name}": "False" for name in names}


def _nat_gateway_state(sku_name: str) -> str:
    if family(sku_name) == "v2":
        return "Enabled"
    return "Disabled" if sku_name in ("Consumption", "Premium") else "Unsupported"
