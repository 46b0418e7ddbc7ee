"""Properties of pulumi_auth0 and documents of the Management API, one turned into the other.

Names differ by case (`tokenLifetime`, `token_lifetime`), in plurals that Pulumi adds, and in a few words; the rules of one
resource type are a `Mapping`. What is inside free-form objects (metadata, scripts) keeps its names.
"""

import json
import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from typing import Any

from auth0_apim_sandbox.providers.plugin.schema import PackageSchema


def snake_case(name: str) -> str:
    """`enabledClients` as `enabled_clients`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _singular(name: str) -> str:
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


@dataclass(frozen=True)
class Mapping:
    """How one resource type's properties are written in the Management API; paths are those of the properties."""

    renamed: AbstractMapping[str, str] = field(default_factory=dict)
    """Property path to the document's name of its last part, where that is not the snake case."""
    single: frozenset[str] = frozenset()
    """Properties that are a list of at most one object in Pulumi, and an object in the document. Such a list is written
    by this; it is read wherever a document has an object, under the plural or the singular of the name."""
    boolean_text: frozenset[str] = frozenset()
    """Properties that are the text of a boolean, or `null`, in Pulumi, and a boolean in the document; `null` is not sent."""
    json_text: frozenset[str] = frozenset()
    """Properties that are JSON text in Pulumi, and the JSON itself in the document."""

    def document(
        self,
        schema: PackageSchema,
        properties: AbstractMapping[str, Any],
        values: AbstractMapping[str, Any],
        path: str = "",
    ) -> dict[str, Any]:
        """The document of given properties."""
        return {
            self.name_of(where): self._to_document(schema, properties[name], value, where)
            for name, value in values.items()
            for where in [f"{path}{name}"]
            if name in properties and not (where in self.boolean_text and value == "null")
        }

    def values(
        self,
        schema: PackageSchema,
        properties: AbstractMapping[str, Any],
        document: AbstractMapping[str, Any],
        path: str = "",
    ) -> dict[str, Any]:
        """The properties of a document; what the schema does not have is left out."""
        found = {name: self._found(document, f"{path}{name}") for name in properties}
        return {
            name: self._from_document(schema, properties[name], value, f"{path}{name}")
            for name, value in found.items()
            if value is not None
        }

    def name_of(self, path: str) -> str:
        """The name that the document has for the last part of a property path."""
        return self.renamed.get(path, snake_case(path.rpartition(".")[2]))

    def _found(self, document: AbstractMapping[str, Any], path: str) -> Any:
        name = self.name_of(path)
        return document[name] if name in document else document.get(_singular(name))

    def _to_document(self, schema: PackageSchema, described: AbstractMapping[str, Any], value: Any, path: str) -> Any:
        nested = schema.properties_of(described)
        if path in self.json_text and isinstance(value, str):
            return json.loads(value) if value else {}
        if path in self.boolean_text and isinstance(value, str):
            return value == "true"
        if path in self.single and isinstance(value, list):
            return self._to_document(schema, described["items"], value[0], path) if value else {}
        if nested is not None and isinstance(value, dict):
            return self.document(schema, nested, value, f"{path}.")
        if isinstance(value, list):
            return [self._to_document(schema, described["items"], item, path) for item in value]
        return value

    def _from_document(self, schema: PackageSchema, described: AbstractMapping[str, Any], value: Any, path: str) -> Any:
        nested = schema.properties_of(described)
        if path in self.json_text and not isinstance(value, str):
            return json.dumps(value, separators=(",", ":"), sort_keys=True)
        if path in self.boolean_text:
            return str(value).lower()
        if described.get("type") == "array" and isinstance(value, dict):
            return [self._from_document(schema, described["items"], value, path)]
        if nested is not None and isinstance(value, dict):
            return self.values(schema, nested, value, f"{path}.")
        if isinstance(value, list) and described.get("type") == "array":
            return [self._from_document(schema, described["items"], item, path) for item in value]
        return value
