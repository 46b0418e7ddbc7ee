"""Revisions of an API.

The current revision of `calc` stands under `apis/calc`, the others under `apis/calc;rev=N`; both names reach the current
one. Making another revision current moves both, with everything below them.

Nobody has recorded, and so it is decided here: a copy takes over policies; what all revisions have in common changes in
all of them when the current one is written; a release may name its revision without `/apis/`, as azure-native does.
"""

from typing import Annotated, Any

from pydantic import StringConstraints
from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract, properties_of
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, method_not_allowed, missing
from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory, short_id, timestamp
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind
from auth0_apim_sandbox.apim.resources.revision_names import split_name, stored_name

_RELEASES = "releases"


def revisions(inventory: Inventory, service: Document, base: str) -> list[Document]:
    """Every revision of the API `base`, the newest first."""
    apis = inventory.children(service["id"], "apis")
    own = [api for api in apis if split_name(api["name"])[0].lower() == base.lower()]
    return sorted(own, key=_age, reverse=True)


def _age(api: Document) -> tuple[str, int, str]:
    number = str(api["properties"]["apiRevision"])
    return api["created"], int(number) if number.isdecimal() else 0, number


def make_current(inventory: Inventory, service: Document, revision: Document) -> Document:
    """Make `revision` the current one of its API; call it inside a transaction."""
    base, number = split_name(revision["name"])
    if number is None:
        return revision
    old = inventory.resources[f"{service['id']}/apis/{base}".lower()]
    old_id = f"{old['id']};rev={old['properties']['apiRevision']}"
    inventory.move(old["id"], old_id)
    inventory.move(revision["id"], old["id"])
    for release in inventory.children(old_id, _RELEASES):
        inventory.move(release["id"], f"{old['id']}/{_RELEASES}/{release['name']}")
    _mark(inventory, old_id, is_current=False)
    return _mark(inventory, old["id"], is_current=True)


def _mark(inventory: Inventory, api_id: str, *, is_current: bool) -> Document:
    api = inventory.resources[api_id.lower()]
    return inventory.write({**api, "properties": {**api["properties"], "isCurrent": is_current}})


def list_revisions(call: Call) -> Response:
    """Answer `apis/{id}/revisions`."""
    if call.request.method != "GET":
        raise method_not_allowed(call.request.method, ["GET"])
    api = call.inventory.get(call.parent_id)
    if api is None:
        raise missing("Api")
    base = split_name(api["name"])[0]
    value = [_revision(item, base) for item in revisions(call.inventory, call.service, base)]
    return JSONResponse({"value": value, "count": len(value), "nextLink": None})


def _revision(api: Document, base: str) -> dict[str, Any]:
    properties = api["properties"]
    name = f"{base};rev={properties['apiRevision']}"
    suffix = "" if properties["isCurrent"] else f";rev={properties['apiRevision']}"
    return {
        "id": f"/apis/{name}/revisions/{name}",
        "apiId": f"/apis/{name}",
        "apiRevision": properties["apiRevision"],
        "createdDateTime": api["created"],
        "updatedDateTime": api["updated"],
        "description": properties.get("apiRevisionDescription"),
        "privateUrl": f"/{properties['path']}{suffix}",
        "isOnline": True,
        "isCurrent": properties["isCurrent"],
    }


class ReleaseContract(Contract):
    """Body of a release."""

    api_id: Annotated[str, StringConstraints(min_length=1)] | None = None
    notes: str | None = None


class Releases(ResourceKind):
    """`apis/releases`: putting one makes the revision that it names current."""

    path = "apis/releases"
    noun = "ApiRelease"
    contract = ReleaseContract
    longest_name = 80
    longest_parent_name = 80

    async def prepare(self, call: Call, contract: ReleaseContract) -> Draft:
        """Demand a revision of this API; a release that is there keeps its own unless the body names one."""
        before = call.existing["properties"] if call.existing else {}
        revision = self._revision(call, contract.api_id or before.get("apiId"))
        now = timestamp(call.manager.clock())
        base = split_name(revision["name"])[0]
        number = revision["properties"]["apiRevision"]
        times = {name: before.get(name, now) for name in ("createdDateTime", "updatedDateTime")}
        draft = Draft({"apiId": f"{call.service['id']}/apis/{base};rev={number}", **times, "notes": contract.notes})
        if properties_of(call.request.json()).get("apiId") is not None:
            draft.after = lambda _document, _created: _released(call, revision)
        return draft

    @staticmethod
    def _revision(call: Call, api_id: str | None) -> Document:
        """The revision that `api_id` names: `/apis/calc;rev=2`, the full ARM id, or the name alone."""
        base = split_name(call.parent_id.rpartition("/")[2])[0]
        if api_id is None:
            raise ValidationFailed(("apiId", "'apiId' is required."))
        name = short_id(call.service, api_id if "/" in api_id else f"/apis/{api_id}", "apis")
        if name is None or split_name(name)[0].lower() != base.lower():
            raise ValidationFailed(("apiId", f"'{api_id}' is not a revision of the API '{base}'."))
        stored = stored_name(call.inventory, call.service["id"], name)
        revision = call.inventory.get(f"{call.service['id']}/apis/{stored}")
        if revision is None:
            raise ValidationFailed(("apiId", f"API revision '{api_id}' not found."))
        return revision

    def view(self, call: Call, document: Document) -> dict[str, Any]:
        """The release; the current revision goes by the name of the API."""
        body = super().view(call, document)
        name = stored_name(call.inventory, call.service["id"], body["properties"]["apiId"].rpartition("/")[2])
        body["properties"]["apiId"] = f"{call.service['id']}/apis/{name}"
        return body

    def view_in_list(self, call: Call, document: Document) -> dict[str, Any]:
        """The release without its revision, which lists leave out."""
        body = super().view_in_list(call, document)
        del body["properties"]["apiId"]
        return body


def _released(call: Call, revision: Document) -> None:
    make_current(call.inventory, call.service, revision)
