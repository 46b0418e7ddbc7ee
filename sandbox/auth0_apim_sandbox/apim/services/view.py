"""What the provider answers about a service, in the api-versions that it has."""

from typing import Any
from urllib.parse import urlsplit

from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.services.contract import family

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


def view(service: Document, version: str) -> dict[str, Any]:
    """The service as GET answers it in `version`."""
    later = {name for first, names in _SINCE.items() if version < first for name in names}
    properties = {name: value for name, value in service["properties"].items() if name not in later}
    return {**{name: service.get(name) for name in _SHOWN}, "properties": properties}


def on_its_way(service: Document, version: str, state: str) -> dict[str, Any]:
    """The service as the call answers it that begins an operation; `state` is the one it is on its way to."""
    body = view(service, version)
    body["properties"] |= {"provisioningState": state, "targetProvisioningState": state}
    return body


def properties_to_answer(
    name: str, settings: dict[str, Any], sku_name: str, gateway_url: str, created_at: str
) -> dict[str, Any]:
    """The properties of a service that is ready.

    Args:
        name: the service's.
        settings: its contract, as JSON.
        sku_name: the tier.
        gateway_url: absolute URL of its gateway.
        created_at: when it was made, as the provider writes points in time.
    """
    tier, host_name = family(sku_name), urlsplit(gateway_url).netloc
    # Not every property is answered for every tier.
    unsaid = {"restore"} | ({"enableClientCertificate"} if sku_name != "Consumption" else set())
    unsaid |= {"disableGateway"} if tier == "v2" else set()
    addresses = ["127.0.0.1"] if tier == "classic" else None
    return {
        **{key: value for key, value in settings.items() if key not in unsaid},
        "notificationSenderEmail": settings["notificationSenderEmail"] or "apimgmt-noreply@mail.windowsazure.com",
        "provisioningState": "Succeeded",
        "targetProvisioningState": "",
        "createdAtUtc": created_at,
        "gatewayUrl": gateway_url,
        **_addresses(name, settings, sku_name, host_name),
        "hostnameConfigurations": [_proxy(host_name)],
        "publicIPAddresses": addresses,
        "privateIPAddresses": None,
        "customProperties": settings["customProperties"] or _custom_properties(tier),
        "natGatewayState": settings["natGatewayState"] or _nat_gateway_state(sku_name),
        "outboundPublicIPAddresses": addresses,
        "apiVersionConstraint": settings["apiVersionConstraint"] or {"minApiVersion": None},
        "privateEndpointConnections": None,
        "platformVersion": {"Consumption": "mtv1", "classic": "stv2", "v2": "stv2.1"}[tier],
        "configurationApi": None,
    }


def _addresses(name: str, settings: dict[str, Any], sku_name: str, host_name: str) -> dict[str, str | None]:
    """Addresses that Azure gives to the portals; nothing listens there, and the legacy portal is gone for good."""
    tier = family(sku_name)
    classic = tier == "classic"
    portal = tier != "Consumption" and settings["developerPortalStatus"] == "Enabled"
    return {
        "gatewayRegionalUrl": f"https://{name}.regional.{host_name}" if classic else None,
        "portalUrl": None,
        "developerPortalUrl": f"https://{name}.developer.{host_name}" if portal else None,
        "dataApiUrl": None,
        "managementApiUrl": f"https://{name}.management.{host_name}" if classic else None,
        "scmUrl": f"https://{name}.scm.{host_name}" if classic else None,
    }


def _proxy(host_name: str) -> dict[str, Any]:
    unsaid = ("encodedCertificate", "keyVaultId", "certificatePassword", "certificate", "identityClientId")
    return {
        "type": "Proxy",
        "hostName": host_name,
        **dict.fromkeys((*unsaid, "certificateStatus")),
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
