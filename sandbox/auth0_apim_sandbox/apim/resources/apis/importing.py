"""An import: the document it brings, and the operations and schemas that it makes of an API."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.apim.arm.calls import PROVIDER, Call
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory
from auth0_apim_sandbox.apim.arm.linked_texts import fetch_text
from auth0_apim_sandbox.apim.resources.apis.contract import ApiContract
from auth0_apim_sandbox.apim.resources.apis.reading import ImportTask, ReadDocument, read_document

LARGEST_DOCUMENT = 4 * 1024 * 1024
"""Bytes of an inline document, the documented limit."""

IMPORT_FORMATS = ("openapi", "openapi+json", "openapi-link", "openapi+json-link", "swagger-json", "swagger-link-json")
"""Formats that are imported; `openapi` and its link are YAML or JSON text."""

UNSUPPORTED_FORMATS = (
    "wadl-xml",
    "wadl-link-json",
    "wsdl",
    "wsdl-link",
    "graphql-link",
    "odata",
    "odata-link",
    "grpc",
    "grpc-link",
)


@dataclass(frozen=True)
class ApiImport:
    """A document that was read and can be imported.

    Attributes:
        read: what it says.
        schema_id: name of the schema resource for its schemas.
    """

    read: ReadDocument
    schema_id: str

    def locked_properties(self) -> dict[str, Any]:
        """Properties that a non-current revision must have as the current one has them, and the document overwrites."""
        given = self.read.api
        return {name: given[name] for name in ("displayName", "description") if given[name] is not None}

    async def save(self, inventory: Inventory, api_id: str) -> None:
        """Store operations and schemas below `api_id`, a few at a time, as there may be thousands.

        Operations that are there keep what stands below them. Those that the document does not have are removed; a new
        one takes over the policies of the one that had its method and URL template.
        """
        before = inventory.children(api_id, "operations")
        inherited = self._inherited(inventory, before)
        self._save_schemas(inventory, api_id)

        def write(names: Sequence[str]) -> None:
            # An operation and its policies in one transaction: it is never there without them.
            written = [_child(inventory, api_id, "operations", name, self.read.operations[name]) for name in names]
            for name in names:
                policies = f"{api_id}/operations/{name}/policies"
                written += [{**policy, "id": f"{policies}/{policy['name']}"} for policy in inherited.get(name, ())]
            inventory.write_all(written)

        def remove(operations: Sequence[Document]) -> None:
            for operation in operations:
                inventory.remove(operation["id"])

        await inventory.in_parts(list(self.read.operations), write)
        wanted = {name.lower() for name in self.read.operations}
        await inventory.in_parts([old for old in before if old["name"].lower() not in wanted], remove)

    def _inherited(self, inventory: Inventory, before: list[Document]) -> dict[str, list[Document]]:
        """The policies that operations which are new by their names take over, by those names."""
        names = {old["name"].lower() for old in before}
        by_signature = {(old["properties"]["method"], old["properties"]["urlTemplate"]): old for old in before}
        inherited = {}
        for name, properties in self.read.operations.items():
            old = by_signature.get((properties["method"], properties["urlTemplate"]))
            if old is not None and name.lower() not in names:
                inherited[name] = inventory.children(old["id"], "policies")
        return inherited

    def _save_schemas(self, inventory: Inventory, api_id: str) -> None:
        schemas = self.read.schemas
        with inventory.transaction():
            for old in inventory.children(api_id, "schemas"):
                if old["name"] != self.schema_id or not schemas:
                    inventory.remove(old["id"])
            if schemas:
                inventory.write(_child(inventory, api_id, "schemas", self.schema_id, schemas))


async def read_import(call: Call, contract: ApiContract) -> ApiImport | None:
    """What the body of an API imports, None when it imports nothing.

    Raises:
        ArmError: the document cannot be imported.
    """
    if contract.format is None or contract.value is None:
        return None
    text = await _text(call, contract.format, contract.value)
    schema = next(iter(call.inventory.children(call.id, "schemas")), None)
    schema_id = str(schema["name"]) if schema else secrets.token_hex(12)
    source = contract.value if "link" in contract.format else None
    translate = contract.translate_required_query_parameters == "template"
    read = await read_document(ImportTask(contract.format, text, source, schema_id, translate))
    return ApiImport(read, schema_id)


async def _text(call: Call, format_: str, value: str) -> str:
    """The document: `value` itself, or what is there for a link format.

    Raises:
        ValidationFailed: the format is none, the document is too large or cannot be fetched.
        ArmError: 501, the format is one of Azure's that is not supported.
    """
    if format_ in UNSUPPORTED_FORMATS:
        raise unsupported(f"Importing an API in format '{format_}'")
    if format_ not in IMPORT_FORMATS:
        message = f"'{format_}' is not an import format; use one of {', '.join(IMPORT_FORMATS)}."
        raise ValidationFailed(("format", message))
    if "link" in format_:
        return await fetch_text(value, call.manager.fetch, "document")
    if len(value.encode("utf-8")) > LARGEST_DOCUMENT:
        raise ValidationFailed(("value", "The inline document is larger than 4 MB; import it by a link."))
    return value


def _child(inventory: Inventory, api_id: str, type_name: str, name: str, properties: dict[str, Any]) -> Document:
    child_id = f"{api_id}/{type_name}/{name}"
    old = inventory.get(child_id) or {"id": child_id, "name": name, "type": f"{PROVIDER}/service/apis/{type_name}"}
    return {**old, "properties": properties, "secrets": {}}
