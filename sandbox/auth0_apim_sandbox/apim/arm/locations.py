"""Regions: their names as clients write them and as Resource Manager answers them."""

from auth0_apim_sandbox.apim.arm.errors import ArmError

REGIONS = (
    "Australia Central",
    "Australia East",
    "Australia Southeast",
    "Brazil South",
    "Canada Central",
    "Canada East",
    "Central India",
    "Central US",
    "East Asia",
    "East US",
    "East US 2",
    "France Central",
    "Germany West Central",
    "Israel Central",
    "Italy North",
    "Japan East",
    "Japan West",
    "Jio India West",
    "Korea Central",
    "Korea South",
    "North Central US",
    "North Europe",
    "Norway East",
    "Poland Central",
    "Qatar Central",
    "South Africa North",
    "South Central US",
    "South India",
    "Southeast Asia",
    "Spain Central",
    "Sweden Central",
    "Switzerland North",
    "UAE North",
    "UK South",
    "UK West",
    "West Central US",
    "West Europe",
    "West India",
    "West US",
    "West US 2",
    "West US 3",
)
"""Display names of the regions that a service can be in."""

_BY_NAME = {region.replace(" ", "").lower(): region for region in REGIONS}


def normalised(location: str) -> str:
    """`West Europe` and `westeurope` as `westeurope`."""
    return location.replace(" ", "").lower()


def display_name(location: object, resource_type: str) -> str:
    """The region that `location` names, as the API Management provider answers it: `West Europe`.

    Raises:
        ArmError: 400, it is missing or names no region.
    """
    if location is None:
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    name = normalised(location) if isinstance(location, str) else ""
    if name not in _BY_NAME:
        message = (
            f"The provided location '{location}' is not available for resource type '{resource_type}'. "
            f"List of available regions for the resource type is '{','.join(sorted(_BY_NAME))}'."
        )
        raise ArmError(400, "LocationNotAvailableForResourceType", message)
    return _BY_NAME[name]
