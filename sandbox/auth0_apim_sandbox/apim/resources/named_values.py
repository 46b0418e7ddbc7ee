"""Named values: `{{name}}` in policies, given here or kept in Azure Key Vault."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints
from starlette.responses import Response

from auth0_apim_sandbox.apim.arm.calls import Call, Manager, answer
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, refused
from auth0_apim_sandbox.apim.arm.inventory import Document, timestamp
from auth0_apim_sandbox.apim.arm.key_vault import UnreadableSecret, is_versioned, principal_of
from auth0_apim_sandbox.apim.arm.resource_kind import Action, Draft, ResourceKind
from auth0_apim_sandbox.apim.policies.named_values import stored_value
from auth0_apim_sandbox.apim.resources.policies import refuse_while_used

REFRESH_AFTER = 3.5 * 3600
"""Seconds after which a value from a vault is read again; API Management promises four hours."""

DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[A-Za-z0-9-._]+$")]
Value = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"\S")]
"""Not of blanks alone, as the provider's specification has it."""


class KeyVaultContract(Contract):
    """Which secret of a vault is meant, and with which user-assigned identity it is read."""

    secret_identifier: Annotated[str, StringConstraints(min_length=1)]
    identity_client_id: str | None = None


class NamedValueContract(Contract):
    """Body of a named value; `display_name` is what policies mention."""

    display_name: DisplayName
    value: Value | None = None
    tags: list[str] | None = Field(None, max_length=32)
    secret: bool = False
    key_vault: KeyVaultContract | None = None


class NamedValues(ResourceKind):
    """`namedValues`: the value always stands in `secrets`, and in `properties` too when it is neither secret nor a vault's.

    What a vault has answered stands in `secrets` as `keyVaultValue`, with the time as `readAt` (seconds since 1970).
    """

    path = "namedValues"
    noun = "NamedValue"
    contract = NamedValueContract
    is_long_running = True
    has_state = True
    optional_properties: ClassVar[tuple[str, ...]] = ("value",)

    def actions(self) -> Mapping[str, Action]:
        """`listValue` and `refreshSecret`."""
        return {"listvalue": self._list_value, "refreshsecret": self._refresh_secret}

    async def prepare(self, call: Call, contract: NamedValueContract) -> Draft:
        """Refuse what has no value or two, and a display name that another named value has; read the vault."""
        for other in call.inventory.children(call.service["id"], "namedValues"):
            same_name = other["properties"]["displayName"].lower() == contract.display_name.lower()
            if same_name and other["id"].lower() != call.id.lower():
                raise ValidationFailed(("name", "Property with the same name already exist."))
        properties = contract.wire()
        del properties["keyVault"]
        if contract.key_vault is not None:
            return await _draft_of_vault(call, contract, contract.key_vault, properties)
        if contract.value is None:
            raise ValidationFailed(("value", "'value' is required."))
        if contract.secret:
            del properties["value"]
        return Draft(properties, {"value": contract.value})

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse while a policy mentions it."""
        name = document["properties"]["displayName"]
        refuse_while_used(call, f"Property '{document['name']}'", lambda policy: name in policy.named_values())

    async def _list_value(self, call: Call, document: Document) -> Response:
        del call
        return answer({"value": stored_value(document)}, document)

    async def _refresh_secret(self, call: Call, document: Document) -> Response:
        if "keyVault" not in document["properties"]:
            raise refused(f"The Property '{document['name']}' is not a secret of a Key Vault.")
        refreshed = await _read_again(call.manager, call.service, document)
        status = refreshed["properties"]["keyVault"]["lastStatus"]
        if status["code"] != "Success":
            raise ValidationFailed(("keyVault.secretIdentifier", status["message"]))
        return answer(self.view(call, refreshed), refreshed)


async def refresh_secrets(manager: Manager) -> None:
    """Read anew what vaults answered longer than REFRESH_AFTER ago, except for versions that named values are pinned to."""
    for _, document in manager.inventory.resources.below(""):
        vault = document["properties"].get("keyVault") if document["type"].endswith("/namedValues") else None
        if vault is None or is_versioned(vault["secretIdentifier"]):
            continue
        if 0 <= manager.clock() - document["secrets"]["readAt"] < REFRESH_AFTER:  # below 0: the clock was set back
            continue
        service_id = document["id"].rpartition("/namedValues/")[0]
        async with manager.writes[service_id.lower()]:
            service, current = manager.inventory.get(service_id), manager.inventory.get(document["id"])
            if service is not None and current is document:
                await _read_again(manager, service, document)


async def _draft_of_vault(
    call: Call, contract: NamedValueContract, vault: KeyVaultContract, properties: dict[str, Any]
) -> Draft:
    if contract.value is not None:
        raise ValidationFailed(("value", "'value' must be left out when 'keyVault' is given."))
    if not contract.secret:
        raise ValidationFailed(("secret", "'secret' must be true when 'keyVault' is given."))
    call.manager.vault.check_identifier(vault.secret_identifier)
    principal_id = principal_of(call.service, vault.identity_client_id)
    try:
        value = await call.manager.vault.read(vault.secret_identifier, principal_id)
    except UnreadableSecret as error:
        raise ValidationFailed(("keyVault.secretIdentifier", error.message)) from None
    now = call.manager.clock()
    shown = {name: text for name, text in vault.wire().items() if text is not None}
    properties["keyVault"] = {**shown, "lastStatus": {"code": "Success", "timeStampUtc": timestamp(now)}}
    return Draft(properties, {"keyVaultValue": value, "readAt": now})


async def _read_again(manager: Manager, service: Document, document: Document) -> Document:
    """Write what the vault answers now; the old value stays where it refuses, and `lastStatus` says why."""
    vault, now = document["properties"]["keyVault"], manager.clock()
    secrets = {**document["secrets"], "readAt": now}
    status = {"code": "Success", "timeStampUtc": timestamp(now)}
    try:
        principal_id = principal_of(service, vault.get("identityClientId"))
        secrets["keyVaultValue"] = await manager.vault.read(vault["secretIdentifier"], principal_id)
    except UnreadableSecret as error:
        status |= {"code": error.code, "message": error.message}
    except ValidationFailed as error:
        status |= {"code": error.code, "message": error.problems[0][1]}
    properties = {**document["properties"], "keyVault": {**vault, "lastStatus": status}}
    return manager.inventory.write({**document, "properties": properties, "secrets": secrets})
