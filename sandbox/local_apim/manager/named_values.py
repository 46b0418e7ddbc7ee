"""Named values: `{{name}}` in policies."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints
from starlette.responses import Response

from local_apim.manager.arm_error import ValidationFailed, refused, unsupported
from local_apim.manager.contract import Contract
from local_apim.manager.inventory import Document
from local_apim.manager.policy_texts import policies_mentioning
from local_apim.manager.resource_kind import Action, Call, Draft, ResourceKind, answer

DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[A-Za-z0-9-._]+$")]
Value = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class NamedValueContract(Contract):
    """Body of a named value; `display_name` is what policies mention."""

    display_name: DisplayName
    value: Value | None = None
    tags: list[str] | None = Field(None, max_length=32)
    secret: bool = False
    key_vault: dict[str, str] | None = None


class NamedValues(ResourceKind):
    """`namedValues`: the value always stands in `secrets`, and in `properties` too unless it is a secret."""

    path = "namedValues"
    noun = "Property"
    contract = NamedValueContract
    is_long_running = True
    optional_properties: ClassVar[tuple[str, ...]] = ("value", "tags")

    def actions(self) -> Mapping[str, Action]:
        """`listValue`."""
        return {"listvalue": self._list_value}

    async def prepare(self, call: Call, contract: NamedValueContract) -> Draft:
        """Refuse Key Vault, a missing value and a display name that another named value has."""
        if contract.key_vault is not None:
            raise unsupported("A named value from Azure Key Vault (properties.keyVault)")
        if contract.value is None:
            raise ValidationFailed(("value", "'value' is required."))
        for other in call.inventory.children(call.service["id"], "namedValues"):
            same_name = other["properties"]["displayName"].lower() == contract.display_name.lower()
            if same_name and other["id"].lower() != call.id.lower():
                raise ValidationFailed(("name", "Property with the same name already exist."))
        properties = contract.wire()
        del properties["keyVault"]
        if contract.secret:
            del properties["value"]
        return Draft(properties, {"value": contract.value})

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse while a policy mentions it."""
        name = document["properties"]["displayName"]
        users = policies_mentioning(call.inventory, call.service, lambda policy: name in policy.named_values())
        if users:
            entities = "".join(f"{user}\r\n" for user in users)
            raise refused(f"The Property '{document['name']}' is used by the following entities:\r\n{entities}")

    async def _list_value(self, call: Call, document: Document) -> Response:
        del call
        return answer({"value": document["secrets"]["value"]}, document)
