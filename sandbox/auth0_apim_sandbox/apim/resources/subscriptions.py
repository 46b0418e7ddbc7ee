"""Subscriptions: the keys that callers of the gateway send."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints
from starlette.responses import Response

from auth0_apim_sandbox.apim.arm.calls import Call, answer
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, refused
from auth0_apim_sandbox.apim.arm.inventory import Document, short_id, timestamp
from auth0_apim_sandbox.apim.arm.long_running import FIRST_WITH_STATUS
from auth0_apim_sandbox.apim.arm.resource_kind import Action, Draft, ResourceKind
from auth0_apim_sandbox.apim.resources.revision_names import stored_name

Key = Annotated[str, StringConstraints(min_length=1, max_length=256)]

_SCOPE_RULE = "Subscription scope should be one of '/apis', '/apis/{apiId}', '/products/{productId}'"
_SHORT_ID = re.compile(r"((?:scope|ownerId)\s+(?:eq|ne)\s+')(/(?:apis|products|users)\b)", re.IGNORECASE)
_DATES = ("createdDate", "startDate", "expirationDate", "endDate", "notificationDate")


class SubscriptionContract(Contract):
    """Body of a subscription."""

    scope: str
    display_name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    owner_id: str | None = None
    primary_key: Key | None = None
    secondary_key: Key | None = None
    state: Literal["suspended", "active", "expired", "submitted", "rejected", "cancelled"] | None = None
    allow_tracing: bool | None = None
    state_comment: str | None = None
    expiration_date: str | None = None


class Subscriptions(ResourceKind):
    """`subscriptions`; `scope` is stored as a full ARM id, the keys stand in `secrets`."""

    path = "subscriptions"
    noun = "Subscription"
    contract = SubscriptionContract
    secret_properties: ClassVar[tuple[str, ...]] = ("primaryKey", "secondaryKey")
    optional_properties: ClassVar[tuple[str, ...]] = ("ownerId", "allowTracing")

    def actions(self) -> Mapping[str, Action]:
        """`listSecrets` and the two that make new keys."""
        return {
            "listsecrets": self._list_secrets,
            "regenerateprimarykey": self._regenerate_primary_key,
            "regeneratesecondarykey": self._regenerate_secondary_key,
        }

    def view(self, call: Call, document: Document) -> dict[str, Any]:
        """The document; since 2024-05-01 it says whether calls may be traced even where nobody has said it."""
        body = super().view(call, document)
        if call.request.version >= FIRST_WITH_STATUS:
            body["properties"].setdefault("allowTracing", False)
        return body

    def list(self, call: Call) -> Response:
        """Answer the list; a `$filter` may name scopes and owners below the service, as bodies do."""
        service_id, asked = call.service["id"], call.request.query.get("$filter", "")
        if not _SHORT_ID.search(asked):
            return super().list(call)
        query = {**call.request.query, "$filter": _SHORT_ID.sub(rf"\g<1>{service_id}\g<2>", asked)}
        return super().list(replace(call, request=replace(call.request, query=query)))

    async def prepare(self, call: Call, contract: SubscriptionContract) -> Draft:
        """Resolve the scope, keep or make the keys."""
        draft = self.split(contract.wire())
        before = call.existing or {"properties": {}, "secrets": new_keys()}
        draft.secrets = {**before["secrets"], **draft.secrets}
        self._check_keys(call, draft.secrets)
        scope = _full_scope(call, contract.scope)
        state = contract.state or before["properties"].get("state", "active")
        dates = {name: before["properties"].get(name) for name in _DATES}
        dates["createdDate"] = dates["createdDate"] or timestamp(call.manager.clock())
        dates["expirationDate"] = contract.expiration_date or dates["expirationDate"]
        owner = _full_owner(call, contract.owner_id)
        draft.properties = {**draft.properties, "scope": scope, "state": state, "ownerId": owner, **dates}
        return draft

    def view_after_write(self, call: Call, document: Document, created: bool) -> dict[str, Any]:
        """The document with its keys, which PUT and PATCH answer and GET does not."""
        body = super().view_after_write(call, document, created)
        body["properties"].update(document["secrets"])
        return body

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse to delete the built-in subscription."""
        del call
        if document["name"] == "master":
            raise refused("Master subscription cannot be deleted.")

    def _check_keys(self, call: Call, keys: dict[str, str]) -> None:
        for other in call.inventory.children(call.service["id"], "subscriptions"):
            if other["id"].lower() == call.id.lower():
                continue
            for name, key in keys.items():
                if key in other["secrets"].values():
                    raise ValidationFailed((name, f"'{name}' is the key of another subscription."))

    async def _list_secrets(self, call: Call, document: Document) -> Response:
        del call
        return answer(dict(document["secrets"]), document)

    async def _regenerate_primary_key(self, call: Call, document: Document) -> Response:
        return self._regenerate(call, document, "primaryKey")

    async def _regenerate_secondary_key(self, call: Call, document: Document) -> Response:
        return self._regenerate(call, document, "secondaryKey")

    def _regenerate(self, call: Call, document: Document, name: str) -> Response:
        with call.inventory.transaction():
            call.inventory.write({**document, "secrets": {**document["secrets"], name: secrets.token_hex(16)}})
        return Response(status_code=204)


def new_keys() -> dict[str, str]:
    """A primary and a secondary key, 32 hexadecimal digits each, as Azure makes them."""
    return {"primaryKey": secrets.token_hex(16), "secondaryKey": secrets.token_hex(16)}


def subscription_to(service: Document, scope: str, now: float, name: str, display_name: str | None) -> Document:
    """An active subscription of the administrator that nobody asked for."""
    properties = {
        "scope": scope,
        "displayName": display_name,
        "state": "active",
        **dict.fromkeys(_DATES),
        "createdDate": timestamp(now),
        "stateComment": None,
        "allowTracing": False,
    }
    return {
        "id": f"{service['id']}/subscriptions/{name}",
        "name": name,
        "type": "Microsoft.ApiManagement/service/subscriptions",
        "properties": properties,
        "secrets": new_keys(),
    }


def subscriptions_with_scope(call: Call, scope: str) -> list[Document]:
    """The subscriptions whose scope is the resource id `scope`."""
    found = call.inventory.children(call.service["id"], "subscriptions")
    return [document for document in found if document["properties"]["scope"].lower() == scope.lower()]


def _full_scope(call: Call, scope: str) -> str:
    service_id: str = call.service["id"]
    relative = scope[len(service_id) :] if scope.lower().startswith(service_id.lower()) else scope
    if relative.rstrip("/").lower() == "/apis":
        return f"{service_id}/apis"
    if call.name == "master" and relative in ("", "/"):
        return f"{service_id}/"
    for type_name, noun in (("products", "Product"), ("apis", "Api")):
        name = short_id(call.service, relative, type_name)
        if name is not None:
            stored = stored_name(call.inventory, service_id, name) if type_name == "apis" else name
            target = call.inventory.get(f"{service_id}/{type_name}/{stored}")
            if target is None:
                raise ValidationFailed(("scope", f"{noun} '{name}' not found."))
            # The service takes the scope of a revision as it is named; no call is ever of that scope.
            return f"{service_id}/apis/{name}" if ";rev=" in name.lower() else str(target["id"])
    raise ValidationFailed(("scope", _SCOPE_RULE))


def _full_owner(call: Call, owner: str | None) -> str | None:
    if owner is None:
        return None
    if short_id(call.service, owner, "users") != "1":
        message = f"User '{owner}' not found. The local service has one user, the administrator '/users/1'."
        raise ValidationFailed(("ownerId", message))
    return f"{call.service['id']}/users/1"
