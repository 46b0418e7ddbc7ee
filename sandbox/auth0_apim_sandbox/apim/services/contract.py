"""The body of an API Management service."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from auth0_apim_sandbox.apim.arm.contract import Contract, checked
from auth0_apim_sandbox.apim.arm.errors import ArmError, ValidationFailed

NAME = re.compile(r"(?=.{1,50}\Z)[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?")
"""Names of services."""

V2_TIERS = ("BasicV2", "StandardV2", "PremiumV2")
CLASSIC_TIERS = ("Developer", "Basic", "Standard", "Premium", "Isolated")
_LARGEST = {"Developer": 1, "Basic": 2, "Standard": 4, "BasicV2": 10, "StandardV2": 10, "PremiumV2": 30}

Text100 = Annotated[str, StringConstraints(min_length=1, max_length=100)]


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
