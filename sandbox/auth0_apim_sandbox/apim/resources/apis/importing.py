"""An import: what an API document says about an API, and the operations and schemas that it brings."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from auth0_apim_sandbox.apim.arm.calls import PROVIDER, Call
from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory
from auth0_apim_sandbox.apim.resources.apis.contract import ApiContract
from auth0_apim_sandbox.apim.resources.apis.imported_operations import imported_operations
from auth0_apim_sandbox.apim.resources.apis.operations import OperationContract
from auth0_apim_sandbox.apim.resources.apis.specification import Specification, object_of, read_specification

_OPENAPI_SCHEMAS = "application/vnd.oai.openapi.components+json"
_SWAGGER_SCHEMAS = "application/vnd.ms-azure-apim.swagger.definitions+json"


@dataclass(frozen=True)
class ApiImport:
    """A document that was read and can be imported.

    Attributes:
        specification: the document.
        operations: its operations by resource name.
        schema_id: name of the schema resource for its schemas.
    """

    specification: Specification
    operations: dict[str, OperationContract]
    schema_id: str

    def api_properties(self) -> dict[str, Any]:
        """Properties of the API that the document has; those in the request take precedence."""
        info = self.specification.info
        return {
            "displayName": str(info["title"])[:300],
            "description": _text(info.get("description")),
            "serviceUrl": self.specification.service_url(),
            "protocols": self.specification.protocols(),
            "termsOfServiceUrl": _text(info.get("termsOfService")),
            "contact": _with_canonical_url(object_of(info.get("contact"), "contact")),
            "license": _with_canonical_url(object_of(info.get("license"), "license")),
        }

    def locked_properties(self) -> dict[str, Any]:
        """Properties that a non-current revision must have as the current one has them, and the document overwrites."""
        given = self.api_properties()
        return {name: given[name] for name in ("displayName", "description") if given[name] is not None}

    def save(self, inventory: Inventory, api: Document) -> None:
        """Store operations and schemas below `api`; call it inside a transaction.

        Operations that are there keep what stands below them. Those that the document does not have are removed; a new
        one takes over the policies of the one that had its method and URL template.
        """
        self._save_schemas(inventory, api)
        before = inventory.children(api["id"], "operations")
        inherited = self._inherited(inventory, before)
        wanted = {name.lower() for name in self.operations}
        for old in before:
            if old["name"].lower() not in wanted:
                inventory.remove(old["id"])
        for name, operation in self.operations.items():
            _write_child(inventory, api, "operations", name, operation.wire())
            for policy in inherited.get(name, ()):
                inventory.write({**policy, "id": f"{api['id']}/operations/{name}/policies/{policy['name']}"})

    def _inherited(self, inventory: Inventory, before: list[Document]) -> dict[str, list[Document]]:
        """The policies that operations which are new by their names take over, by those names."""
        names = {old["name"].lower() for old in before}
        by_signature = {(old["properties"]["method"], old["properties"]["urlTemplate"]): old for old in before}
        inherited = {}
        for name, operation in self.operations.items():
            old = by_signature.get((operation.method, operation.url_template))
            if old is not None and name.lower() not in names:
                inherited[name] = inventory.children(old["id"], "policies")
        return inherited

    def _save_schemas(self, inventory: Inventory, api: Document) -> None:
        schemas = self.specification.schemas()
        for old in inventory.children(api["id"], "schemas"):
            if old["name"] != self.schema_id or not schemas:
                inventory.remove(old["id"])
        if not schemas:
            return
        properties: dict[str, Any] = {"contentType": _OPENAPI_SCHEMAS, "document": {"components": {"schemas": schemas}}}
        if self.specification.dialect == "swagger":
            properties = {"contentType": _SWAGGER_SCHEMAS, "document": {"definitions": schemas}}
        _write_child(inventory, api, "schemas", self.schema_id, properties)


async def read_import(call: Call, contract: ApiContract) -> ApiImport | None:
    """What the body of an API imports, None when it imports nothing.

    Raises:
        ArmError: the document cannot be imported.
    """
    if contract.format is None or contract.value is None:
        return None
    specification = await read_specification(contract.format, contract.value, call.manager.fetch)
    schema = next(iter(call.inventory.children(call.id, "schemas")), None)
    schema_id = str(schema["name"]) if schema else secrets.token_hex(12)
    translate = contract.translate_required_query_parameters == "template"
    operations = await asyncio.to_thread(imported_operations, specification, schema_id, translate)
    return ApiImport(specification, operations, schema_id)


def _with_canonical_url(item: dict[str, Any]) -> dict[str, Any] | None:
    """`item` with its `url` as a URI is written out: one without a path ends with a slash."""
    parts = urlsplit(str(item.get("url") or ""))
    if parts.netloc and not parts.path:
        item = {**item, "url": parts._replace(path="/").geturl()}
    return item or None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _write_child(inventory: Inventory, api: Document, type_name: str, name: str, properties: dict[str, Any]) -> None:
    child_id = f"{api['id']}/{type_name}/{name}"
    old = inventory.get(child_id) or {"id": child_id, "name": name, "type": f"{PROVIDER}/service/apis/{type_name}"}
    inventory.write({**old, "properties": properties, "secrets": {}})
