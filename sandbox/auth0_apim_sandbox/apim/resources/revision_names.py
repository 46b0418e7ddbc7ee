"""Names of revisions: `calc;rev=2` is revision 2 of `calc`, and `calc` is the current one."""

import re

from auth0_apim_sandbox.apim.arm.inventory import Inventory

_REVISION = re.compile(r"(.+);rev=([^;/]+)", re.IGNORECASE)


def split_name(name: str) -> tuple[str, str | None]:
    """The API's name and the revision in `name`: `calc;rev=2` gives `calc` and `2`."""
    match = _REVISION.fullmatch(name)
    return (match[1], match[2]) if match else (name, None)


def stored_name(inventory: Inventory, service_id: str, name: str) -> str:
    """The name under which the API revision `name` is stored, or would be."""
    base, revision = split_name(name)
    current = inventory.get(f"{service_id}/apis/{base}")
    if revision is None or current is None or current["properties"]["apiRevision"].lower() == revision.lower():
        return base
    return f"{base};rev={revision}"
