"""Groups: the built-in ones, and custom ones without members."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import refused, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind

BUILT_IN = {
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
"""Display names and descriptions of the groups that every service has."""

Text300 = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class GroupContract(Contract):
    """Body of a group."""

    display_name: Text300
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    type: Literal["custom", "system", "external"] = "custom"
    external_id: str | None = None


class Groups(ResourceKind):
    """`groups`: the three built-in ones, and custom ones without members."""

    path = "groups"
    noun = "Group"
    contract = GroupContract

    async def prepare(self, call: Call, contract: GroupContract) -> Draft:
        """Refuse to change the built-in groups and to use another directory's."""
        if call.existing is not None and call.existing["properties"]["builtIn"]:
            raise refused(f"The built-in group '{call.name}' cannot be changed.")
        if contract.type != "custom":
            raise unsupported(f"A group of type '{contract.type}'")
        draft = await super().prepare(call, contract)
        draft.properties["builtIn"] = False
        return draft

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse to delete the built-in groups."""
        del call
        if document["properties"]["builtIn"]:
            raise refused(f"The built-in group '{document['name']}' cannot be deleted.")

    def delete_dependents(self, call: Call, document: Document) -> None:
        """Remove its links with products."""
        for product in call.inventory.children(call.service["id"], "products"):
            call.inventory.remove(f"{product['id']}/groups/{document['name']}")
