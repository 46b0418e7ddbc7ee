"""APIs: created, imported, copied, revised."""

from collections.abc import Iterable
from typing import Any, ClassVar

from starlette.responses import Response

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import properties_of
from auth0_apim_sandbox.apim.arm.errors import ProviderError, ValidationFailed, refused, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document, short_id, timestamp
from auth0_apim_sandbox.apim.arm.long_running import FIRST_WITH_STATUS
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind
from auth0_apim_sandbox.apim.resources.apis.contract import (
    FIRST_SETTINGS,
    NOT_KEPT,
    SHARED,
    ApiContract,
    check_api,
    check_authentication,
    check_locked,
    mirrored,
)
from auth0_apim_sandbox.apim.resources.apis.importing import ApiImport, read_import
from auth0_apim_sandbox.apim.resources.apis.revisions import revisions
from auth0_apim_sandbox.apim.resources.apis.version_sets import embedded, versions_of
from auth0_apim_sandbox.apim.resources.revision_names import split_name, stored_name
from auth0_apim_sandbox.apim.resources.subscriptions import subscriptions_with_scope

_FIRST_WITH_SETTINGS = "2022-08-01"
"""The api-version from which an API has several authorization servers, and lists show its settings."""

_NOT_COPIED = (
    "apiRevision",
    "apiRevisionDescription",
    "apiVersion",
    "apiVersionDescription",
    "apiVersionSetId",
    "isCurrent",
    "path",
)
"""Properties that an API made from another one does not take over."""


class Apis(ResourceKind):
    """`apis`; the current revision's document stands under the plain name."""

    path = "apis"
    noun = "Api"
    contract = ApiContract
    optional_properties: ClassVar[tuple[str, ...]] = (
        "apiRevisionDescription",
        "apiVersion",
        "apiVersionDescription",
        "apiVersionSetId",
        "termsOfServiceUrl",
        "contact",
        "license",
    )

    async def prepare(self, call: Call, contract: ApiContract) -> Draft:
        """Read the document of an import, fill in what it says, check the whole against the service."""
        _refuse_unsupported(contract)
        base, number = split_name(call.name)
        current = call.inventory.get(_base_id(call, base))
        is_current = split_name(call.id.rpartition("/")[2])[1] is None
        existing = call.existing["properties"]["apiRevision"] if call.existing else None
        number = existing or number or contract.api_revision or "1"
        if contract.is_current is True and not (is_current and contract.api_revision in (None, number)):
            raise ValidationFailed(("IsCurrent", "Can't set new revision as current."))
        source = _source(call, contract)
        imported = await read_import(call, contract)
        properties = _properties(contract, imported, source)
        check_authentication(call, contract)
        properties |= {"apiRevision": number, "isCurrent": is_current}
        check_api(call, properties)
        if current is not None and not is_current:
            check_locked(current["properties"], properties | (imported.locked_properties() if imported else {}))
        await _write_children(call, source, imported)
        return Draft(properties, after=lambda document, _created: _share(call, document) if is_current else None)

    async def save(self, call: Call, contract: ApiContract) -> Response:
        """Check and write what was sent; what is wrong with an import is said at the end of its operation."""
        try:
            return await super().save(call, contract)
        except ProviderError as refusal:
            if not self.is_asynchronous(call):
                raise
            name = {"id": call.id, "type": self.type, "name": call.id.rpartition("/")[2]}
            return self.answer_accepted(call, call.existing or name, call.existing is None, refusal)

    async def delete(self, call: Call) -> Response:
        """Delete a revision; newer versions say at the end of the operation that it cannot be."""
        try:
            return await super().delete(call)
        except ProviderError as refusal:
            if refusal.status != 400 or call.request.version < FIRST_WITH_STATUS:
                raise
            headers = call.manager.long_running.start_on_child(call.request, call.service["id"], 204, refusal)
            return Response(status_code=202, headers=headers)

    def check_name(self, name: str) -> None:
        """Check the name, `;rev=N` in its length."""
        if len(name) > self.longest_name:
            super().check_name(name)
        super().check_name(split_name(name)[0])

    def get(self, call: Call) -> Response:
        """The API itself; its document is refused by name."""
        if call.request.is_true("export"):
            raise unsupported("Exporting an API (export=true)")
        return super().get(call)

    def view(self, call: Call, document: Document) -> dict[str, Any]:
        """The API, the current revision under the plain name and it alone with `isCurrent`; with its version set."""
        body = super().view(call, document)
        body["properties"]["authenticationSettings"] = mirrored(body["properties"]["authenticationSettings"])
        body["properties"] = _of_version(body["properties"], call.request.version)
        if not body["properties"]["isCurrent"]:
            del body["properties"]["isCurrent"]
        is_put = call.request.method == "PUT" or "asyncId" in call.request.query
        if is_put and call.request.version >= FIRST_WITH_STATUS:
            body["properties"]["provisioningState"] = (
                "Succeeded"  # in the specification's examples only whoever puts it is told
            )
        version_set = call.inventory.get(document["properties"]["apiVersionSetId"] or "")
        if version_set is not None:
            body["properties"]["apiVersionSet"] = embedded(version_set)
        return body

    def view_after_write(self, call: Call, document: Document, created: bool) -> dict[str, Any]:
        """The API without the lists of authentication settings that nobody has given."""
        body = super().view_after_write(call, document, created)
        settings = body["properties"]["authenticationSettings"]
        given = {name: value for name, value in settings.items() if value or name in FIRST_SETTINGS}
        body["properties"]["authenticationSettings"] = given
        return body

    def listed(self, call: Call) -> Iterable[Document]:
        """The current revisions; `apis/{id}/revisions` lists the others."""
        return (document for document in super().listed(call) if document["properties"]["isCurrent"])

    def view_in_list(self, call: Call, document: Document) -> dict[str, Any]:
        """The API; the oldest version says nothing of its settings and of its subscription key in a list."""
        body = super().view_in_list(call, document)
        if call.request.version < _FIRST_WITH_SETTINGS:
            body["properties"] |= dict.fromkeys(("authenticationSettings", "subscriptionKeyParameterNames"))
        return body

    def is_asynchronous(self, call: Call) -> bool:
        """An import takes its time, anything else is done at once."""
        return properties_of(call.request.json()).get("format") is not None

    def answer_deleted(self, call: Call) -> Response:
        """Answer 200, or begin an operation."""
        if call.request.version < FIRST_WITH_STATUS:
            return super().answer_deleted(call)
        headers = call.manager.long_running.start_on_child(call.request, call.service["id"], 204)
        return Response(status_code=202, headers=headers)

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse to delete the current revision while there are others, unless all are to go."""
        base, revision = split_name(document["name"])
        others = len(revisions(call.inventory, call.service, base)) > 1
        if revision is None and others and not call.request.is_true("deleteRevisions"):
            raise refused("Cannot delete the current revision of an API.")

    def delete_dependents(self, call: Call, document: Document) -> None:
        """With the current revision go the other ones, the links with products and the API's subscriptions.

        A version set goes with the last of its versions.
        """
        base, revision = split_name(document["name"])
        if revision is not None:
            return
        for other in revisions(call.inventory, call.service, base):
            call.inventory.remove(other["id"])
        for product in call.inventory.children(call.service["id"], "products"):
            call.inventory.remove(f"{product['id']}/apis/{base}")
        for subscription in subscriptions_with_scope(call, document["id"]):
            call.inventory.remove(subscription["id"])
        set_id = document["properties"]["apiVersionSetId"]
        if set_id is not None and not versions_of(call, set_id):
            call.inventory.remove(set_id)

    def write(self, call: Call, draft: Draft) -> Document:
        """Write the API with the times that its list of revisions shows."""
        now = timestamp(call.manager.clock())
        stored = {"id": call.id, "name": call.id.rpartition("/")[2], "type": self.type, "created": now}
        old = call.existing or stored
        same = old.get("properties") == draft.properties
        updated = old["updated"] if same else now
        return call.inventory.write({**old, "updated": updated, "properties": draft.properties, "secrets": {}})


async def _write_children(call: Call, source: Document | None, imported: ApiImport | None) -> None:
    """Write what stands below the API, which itself comes last: nobody reaches the parts of a new one until it is whole."""
    if call.existing is None:
        await _copy_children(call, source)
    if imported is not None:
        await imported.save(call.inventory, call.existing["id"] if call.existing else call.id)


def _share(call: Call, current: Document) -> None:
    """Give the other revisions of an API what they can only have as the current one has it."""
    shared = {name: current["properties"][name] for name in SHARED}
    for other in revisions(call.inventory, call.service, current["name"]):
        if other["id"] != current["id"]:
            call.inventory.write({**other, "properties": {**other["properties"], **shared}})


def _of_version(properties: dict[str, Any], version: str) -> dict[str, Any]:
    """`properties` with what `version` has of them."""
    answered = {}
    for name, value in properties.items():
        answered[name] = value
        if name == "serviceUrl" and version >= FIRST_WITH_STATUS:
            answered["backendId"] = None
    if version < _FIRST_WITH_SETTINGS:
        settings = properties["authenticationSettings"]
        answered["authenticationSettings"] = {name: settings[name] for name in FIRST_SETTINGS}
    return answered


def _refuse_unsupported(contract: ApiContract) -> None:
    for value in (contract.api_type, contract.type):
        if value != "http":
            raise unsupported(f"An API of type '{value}'")
    if contract.api_version_set is not None and contract.api_version_set_id is None:
        raise unsupported("A version set inside an API (properties.apiVersionSet); use apiVersionSetId")
    if contract.protocols and {"ws", "wss"} & set(contract.protocols):
        raise unsupported("A WebSocket API (protocols ws, wss)")
    if (contract.format is None) != (contract.value is None):
        raise ValidationFailed(("format", "'format' and 'value' belong together: give both or none."))


def _source(call: Call, contract: ApiContract) -> Document | None:
    if contract.source_api_id is None:
        return None
    name = short_id(call.service, contract.source_api_id, "apis")
    stored = stored_name(call.inventory, call.service["id"], name) if name else ""
    source = call.inventory.get(f"{call.service['id']}/apis/{stored}")
    if source is None:
        raise ValidationFailed(("sourceApiId", f"API '{contract.source_api_id}' not found."))
    return source


def _properties(contract: ApiContract, imported: ApiImport | None, source: Document | None) -> dict[str, Any]:
    """The properties to store: what was sent, then what the imported document says, then what is copied."""
    sent = {name: value for name, value in contract.wire().items() if name not in NOT_KEPT}
    if imported is not None:
        sent.update({name: value for name, value in imported.read.api.items() if sent[name] is None})
    given = contract.model_fields_set
    if source is not None:
        sent.update({name: value for name, value in source["properties"].items() if _not_given(name, sent, given)})
    if sent["path"] is None and source is None:
        raise ValidationFailed(("path", "'path' is required."))
    protocols = [name for name in ("http", "https") if name in (sent["protocols"] or ["https"])]
    return {**sent, "path": (sent["path"] or "").strip("/"), "protocols": protocols}


def _not_given(name: str, sent: dict[str, Any], given: set[str]) -> bool:
    defaulted = {
        "subscriptionRequired": "subscription_required",
        "authenticationSettings": "authentication_settings",
        "subscriptionKeyParameterNames": "subscription_key_parameter_names",
    }
    return name not in _NOT_COPIED and (sent.get(name) is None or (name in defaulted and defaulted[name] not in given))


async def _copy_children(call: Call, source: Document | None) -> None:
    """Give a new API what stands below its source, and nothing else: an interrupted call may have left something there."""
    with call.inventory.transaction():
        call.inventory.remove(call.id)
    if source is None:
        return
    copies = []
    for document in call.inventory.tree(source["id"])[1:]:
        relative = document["id"][len(source["id"]) :]
        if not relative.lower().startswith("/releases/"):
            copies.append({**document, "id": call.id + relative})
    await call.inventory.in_parts(copies, call.inventory.write_all)


def _base_id(call: Call, base: str) -> str:
    return f"{call.service['id']}/apis/{base}"
