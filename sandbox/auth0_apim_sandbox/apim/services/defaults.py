"""What every service is born with: the global policy, the built-in groups, the all-access subscription."""

from collections.abc import Mapping

from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory
from auth0_apim_sandbox.apim.resources.policies import DEFAULT_GLOBAL_POLICY
from auth0_apim_sandbox.apim.resources.subscriptions import subscription_to

_GROUPS = {
    "administrators": (
        "Administrators",
        "Administrators is a built-in group containing the admin email account provided at the time of service creation. "
        "Its membership is managed by the system.",
    ),
    "developers": (
        "Developers",
        "Developers is a built-in group. Its membership is managed by the system. Signed-in users fall into this group.",
    ),
    "guests": (
        "Guests",
        "Guests is a built-in group. Its membership is managed by the system. Unauthenticated users visiting the developer "
        "portal fall into this group.",
    ),
}


def write_newborn(inventory: Inventory, service: Document, now: float) -> None:
    """Write it; call it inside a transaction."""
    policy = {"format": "xml", "value": DEFAULT_GLOBAL_POLICY}
    _write(inventory, service, "policies", "policy", policy)
    for name, (display_name, description) in _GROUPS.items():
        group = {"displayName": display_name, "description": description, "builtIn": True, "type": "system"}
        _write(inventory, service, "groups", name, {**group, "externalId": None})
    title = "Built-in all-access subscription"
    inventory.write(subscription_to(service, f"{service['id']}/", now, "master", title))


def _write(
    inventory: Inventory, service: Document, type_name: str, name: str, properties: Mapping[str, object]
) -> None:
    inventory.write(
        {
            "id": f"{service['id']}/{type_name}/{name}",
            "name": name,
            "type": f"{service['type']}/{type_name}",
            "properties": dict(properties),
            "secrets": {},
        }
    )
