"""The API Management service: made here, or one that exists already."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.apim.azure_rules import publisher_email_problem, publisher_name_problem, tags_problem
from auth0_apim.apim.azure_service import SERVICE_RULES, service_of
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule
from auth0_apim.rules.tier_rules import capacity_problem

_IDENTITY = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[\w-]{3,128}",
    re.IGNORECASE | re.ASCII,
)


def identity_ids_problem(value: Sequence[str]) -> str | None:
    """ARM ids of user-assigned managed identities, each once."""
    for resource_id in value:
        if not _IDENTITY.fullmatch(resource_id):
            return f"must be ARM ids of user-assigned managed identities, not {resource_id!r}"
    repeated = len({resource_id.lower() for resource_id in value}) < len(value)
    return "must name each identity once" if repeated else None


def location_problem(value: str) -> str | None:
    """An Azure region, as `westeurope` or as `West Europe`."""
    return None if re.fullmatch(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*", value) else f"must be an Azure region, not {value!r}"


_PROPERTY = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security."
_OLD_TLS = ("Protocols.Tls10", "Protocols.Tls11", "Backend.Protocols.Tls10", "Backend.Protocols.Tls11")
_WEAK_CRYPTOGRAPHY = (
    "Protocols.Ssl30",
    "Backend.Protocols.Ssl30",
    "Ciphers.TripleDes168",
    "Ciphers.TLS_RSA_WITH_AES_128_CBC_SHA",
    "Ciphers.TLS_RSA_WITH_AES_128_CBC_SHA256",
    "Ciphers.TLS_RSA_WITH_AES_128_GCM_SHA256",
    "Ciphers.TLS_RSA_WITH_AES_256_CBC_SHA",
    "Ciphers.TLS_RSA_WITH_AES_256_CBC_SHA256",
)


class GatewaySku(Enum):
    """The tiers of API Management."""

    CONSUMPTION = "Consumption"
    """Serverless: made in minutes, paid by call. No developer portal, no rate limit by key."""
    DEVELOPER = "Developer"
    """Everything, for tests: one unit, no service level agreement."""
    BASIC = "Basic"
    """1 or 2 units."""
    STANDARD = "Standard"
    """1 to 4 units."""
    PREMIUM = "Premium"
    """1 to 31 units, several regions."""
    BASIC_V2 = "BasicV2"
    """1 to 10 units, made in minutes."""
    STANDARD_V2 = "StandardV2"
    """1 to 10 units, made in minutes, outbound network integration."""
    PREMIUM_V2 = "PremiumV2"
    """1 to 30 units, made in minutes, a network of its own."""


class GatewaySection(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The resource group of the service. Azure refuses a new service of the same name in another group: change `service_name` with it."""
    service_name: pulumi.Input[str]
    """Required. The service's name, unique in Azure, because it is part of the host name: 1 to 50 letters, digits and dashes. A change makes the new service before it deletes the old one."""
    existing: NotRequired[bool]
    """Optional, defaults to false. Use a service that exists: it is read, never changed, and remains after a destroy. Excludes every input that describes a new one."""
    publisher_name: NotRequired[pulumi.Input[str]]
    """Required unless `existing`. The organization's name, shown in the developer portal and in e-mails; 1 to 100 characters."""
    publisher_email: NotRequired[pulumi.Input[str]]
    """Required unless `existing`. The administrator's e-mail address; notifications are sent to it."""
    sku: NotRequired[pulumi.Input[GatewaySku]]
    """Optional, defaults to `Consumption`, which costs nothing while it is not used, is created in minutes and is not soft-deleted. The developer portal needs another tier."""
    capacity: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 0 in tier Consumption and to 1 in every other. The number of units, within the tier's limits."""
    location: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the resource group's region. The Azure region. Azure does not move a service: change `service_name` with it."""
    restore: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Restore the soft-deleted service of this name, with its contents and its old settings, instead of creating one. Remove this input after the deployment; the next deployment applies the settings given here."""
    system_identity: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Enable the service's system-assigned managed identity, which reads secrets of Key Vaults. Assign roles such as `Key Vault Secrets User` to `principal_id`."""
    user_identity_ids: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. ARM ids of user-assigned managed identities of the service."""


class ApiGatewayArgs(GatewaySection):
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Tags of the service."""


def _check(inputs: Inputs) -> None:
    inputs.refuse_beside("existing", "resource_group_name", "service_name")
    if inputs.get("existing"):
        return
    for name in ("publisher_name", "publisher_email"):
        if name not in inputs:
            raise inputs.error(name, "is required")
    size = {"sku": inputs.get("sku"), "capacity": inputs.get("capacity")}
    inputs.require("capacity", size, capacity_problem, "leave it out")


API_GATEWAY = ComponentInputs(
    component="ApiGateway",
    shape=ApiGatewayArgs,
    rules={
        **SERVICE_RULES,
        "publisher_name": Rule(publisher_name_problem, "Contoso"),
        "publisher_email": Rule(publisher_email_problem, "apis@contoso.example"),
        "location": Rule(location_problem, "westeurope"),
        "tags": Rule(tags_problem, {"team": "calculators"}),
        "user_identity_ids": Rule(
            identity_ids_problem,
            [
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/calculator-dev"
                "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"
            ],
        ),
    },
    defaults={
        "existing": False,
        "sku": "Consumption",
        "restore": False,
        "system_identity": False,
        "user_identity_ids": [],
    },
    check=_check,
)


class ApiGateway(pulumi.ComponentResource):
    """An API Management service that accepts TLS 1.2 or later, or an existing service. Azure keeps a deleted service of every tier but Consumption for 48 hours, and its name stays reserved until it is purged. A destroy does not purge it: run `auth0-apim purge`, or set `restore`."""

    gateway_url: pulumi.Output[str]
    """Absolute URL of the gateway, without trailing slash."""
    service_name: pulumi.Output[str]
    """The service's name, known once the service exists."""
    resource_group_name: pulumi.Output[str]
    """The service's resource group."""
    portal_url: pulumi.Output[Optional[str]]
    """Absolute URL of the developer portal, without trailing slash; null in a tier without one."""
    service_id: pulumi.Output[str]
    """The service's ARM id, the scope of locks, role assignments and diagnostic settings."""
    sku: pulumi.Output[str]
    """The service's tier, such as `Developer`."""
    principal_id: pulumi.Output[Optional[str]]
    """Object id of the service's system-assigned managed identity, for role assignments; null without one."""

    def __init__(self, name: str, args: ApiGatewayArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = API_GATEWAY.of(name, args)
        super().__init__("auth0-apim:index:ApiGateway", name, {}, opts)

        exists = inputs.get("existing")
        service: Any = _existing_service(self, inputs) if exists else _new_service(self, name, inputs)
        self.resource_group_name = inputs.output("resource_group_name")
        self.sku = service.sku.apply(lambda sku: sku.name) if exists else inputs.output("sku")
        self.service_name, gateway_url, portal_url = service.name, service.gateway_url, service.developer_portal_url
        self.service_id = service.id
        self.principal_id = service.identity.apply(_principal_id)
        self.gateway_url = gateway_url.apply(lambda url: str(url).rstrip("/"))
        self.portal_url = pulumi.Output.all(self.sku, portal_url).apply(lambda both: _portal_url(both[0], both[1]))
        self.register_outputs(
            {
                "gateway_url": self.gateway_url,
                "service_name": self.service_name,
                "resource_group_name": self.resource_group_name,
                "portal_url": self.portal_url,
                "service_id": self.service_id,
                "sku": self.sku,
                "principal_id": self.principal_id,
            }
        )


def _existing_service(component: pulumi.ComponentResource, inputs: Inputs) -> Any:
    return apimanagement.get_api_management_service_output(
        resource_group_name=inputs.output("resource_group_name"),
        service_name=inputs.output("service_name"),
        opts=pulumi.InvokeOutputOptions(parent=component),
    )


def _new_service(component: pulumi.ComponentResource, name: str, inputs: Inputs) -> apimanagement.ApiManagementService:
    sku = inputs.output("sku")
    units = pulumi.Output.all(sku, inputs.nullable("capacity")).apply(lambda both: _units(*both))
    identities = pulumi.Output.all(inputs.output("system_identity"), inputs.output("user_identity_ids"))
    return apimanagement.ApiManagementService(
        f"{name}-service",
        **service_of(inputs),
        publisher_name=inputs.output("publisher_name"),
        publisher_email=inputs.output("publisher_email"),
        sku={"name": sku, "capacity": units},
        location=inputs.nullable("location"),
        identity=identities.apply(lambda both: _managed_identity(*both)),
        custom_properties=sku.apply(_tls_floor),
        tags=inputs.nullable("tags"),
        restore=inputs.output("restore"),
        opts=pulumi.ResourceOptions(
            parent=component,
            # The name of a deleted service stays reserved: a replacement that Azure refuses must leave the old service alone.
            delete_before_replace=False,
            # The classic tiers take 30 to 45 minutes, and longer when the region is busy.
            custom_timeouts=pulumi.CustomTimeouts(create="3h", update="3h", delete="3h"),
        ),
    )


def _units(sku: str, capacity: Optional[float]) -> int:
    if capacity is not None:
        return int(capacity)
    return 0 if sku == "Consumption" else 1


def _managed_identity(own: bool, others: list[str]) -> Optional[apimanagement.ApiManagementServiceIdentityArgs]:
    kinds = (["SystemAssigned"] if own else []) + (["UserAssigned"] if others else [])
    if not kinds:
        return None
    assigned = {resource_id: apimanagement.UserIdentityPropertiesArgs() for resource_id in others}
    return apimanagement.ApiManagementServiceIdentityArgs(
        type=", ".join(kinds), user_assigned_identities=assigned or None
    )


def _principal_id(identity: Any) -> Optional[str]:
    return None if identity is None else identity.principal_id


def _tls_floor(sku: str) -> Mapping[str, str]:
    """TLS 1.0 and 1.1 off; weak ciphers off where a tier lets them be chosen.

    https://learn.microsoft.com/azure/api-management/api-management-howto-manage-protocols-ciphers
    """
    if sku.endswith("V2"):
        return {}
    names = _OLD_TLS if sku == "Consumption" else (*_OLD_TLS, *_WEAK_CRYPTOGRAPHY)
    return {f"{_PROPERTY}{name}": "False" for name in names}


def _portal_url(sku: str, url: Optional[str]) -> Optional[str]:
    return None if sku == "Consumption" or not url else url.rstrip("/")
