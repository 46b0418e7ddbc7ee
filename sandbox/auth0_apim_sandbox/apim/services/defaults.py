"""What every new service has: the global policy, the built-in groups, the all-access subscription, what its portal starts from."""

from collections.abc import Mapping

from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory
from auth0_apim_sandbox.apim.resources.groups import BUILT_IN
from auth0_apim_sandbox.apim.resources.portal_content import portal_defaults
from auth0_apim_sandbox.apim.resources.subscriptions import subscription_to

DEFAULT_GLOBAL_POLICY = """<!--
    IMPORTANT:
    - Policy elements can appear only within the <inbound>, <outbound>, <backend> section elements.
    - Only the <forward-request> policy element can appear within the <backend> section element.
    - To apply a policy to the incoming request (before it is forwarded to the backend service), place a corresponding policy element within the <inbound> section element.
    - To apply a policy to the outgoing response (before it is sent back to the caller), place a corresponding policy element within the <outbound> section element.
    - To add a policy position the cursor at the desired insertion point and click on the round button associated with the policy.
    - To remove a policy, delete the corresponding policy statement from the policy document.
    - Policies are applied in the order of their appearance, from the top down.
-->
<policies>
  <inbound></inbound>
  <backend>
    <forward-request />
  </backend>
  <outbound></outbound>
</policies>""".replace("\n", "\r\n")
"""The global policy that every new service has; clients compare it to tell whether anybody has changed it."""


def write_service_defaults(inventory: Inventory, service: Document, now: float) -> None:
    """Write the defaults of a new `service`; call it inside a transaction."""
    policy = {"format": "xml", "value": DEFAULT_GLOBAL_POLICY}
    _write(inventory, service, "policies", "policy", policy)
    for name, (display_name, description) in BUILT_IN.items():
        group = {"displayName": display_name, "description": description, "builtIn": True, "type": "system"}
        _write(inventory, service, "groups", name, {**group, "externalId": None})
    for type_name, name, properties in portal_defaults():
        _write(inventory, service, type_name, name, properties)
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
