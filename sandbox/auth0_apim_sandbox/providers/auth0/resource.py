"""The generic resource of the auth0 provider: one document of a Management API collection."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from auth0_apim_sandbox.providers.auth0.management import Management, ManagementError
from auth0_apim_sandbox.providers.auth0.mapping import Mapping
from auth0_apim_sandbox.providers.plugin.autonaming import Naming
from auth0_apim_sandbox.providers.plugin.differences import top_level, with_drift
from auth0_apim_sandbox.providers.plugin.errors import IncompleteResourceError
from auth0_apim_sandbox.providers.plugin.planning import DEFAULTS
from auth0_apim_sandbox.providers.plugin.provider import Change, Properties
from auth0_apim_sandbox.providers.plugin.schema import Failure, PackageSchema, ResourceSchema
from auth0_apim_sandbox.providers.plugin.values import UNKNOWN

EMPTY: dict[str, Callable[[], Any]] = {"array": list, "object": dict, "string": str}
"""Makes what a dropped property of each type becomes."""
AUTO_NAME = Naming("name", separator="-", digits=7, max_length=255)


def no_failures(inputs: Properties) -> Iterable[Failure]:  # noqa: ARG001
    """The check of a type whose schema says everything."""
    return ()


@dataclass(frozen=True)
class Description:
    """What a type is to the Management API, and what the official provider does about it."""

    collection: str = ""
    """Path of the collection, such as `resource-servers`."""
    id_field: str = "id"
    """The document's field that is the resource's id."""
    mapping: Mapping = field(default_factory=Mapping)
    naming: Naming | None = None
    replaces: frozenset[str] = frozenset()
    """Property paths whose change needs a new resource."""
    create_only: frozenset[str] = frozenset()
    """Inputs that are sent when it is created, never in a PATCH."""
    write_only: frozenset[str] = frozenset()
    """Inputs that no answer has: they are outputs as they were given."""
    sets: frozenset[str] = frozenset()
    """List properties whose order means nothing."""
    cleared: frozenset[str] = frozenset()
    """Properties that become empty when the program drops them. All others stay as they are: the computed ones are the
    service's business then, and the others stay in the plan, because nothing is sent for them."""
    nulled: frozenset[str] = frozenset()
    """Properties for which null is sent when the program drops them (`fetchNullableFields` of terraform-provider-auth0)."""
    unsupported: frozenset[str] = frozenset()
    """Inputs that the sandbox does not have."""
    check: Callable[[Properties], Iterable[Failure]] = no_failures


class DocumentResource:
    """A resource type that is one document: POST, GET, PATCH and DELETE of a collection."""

    def __init__(
        self, management: Management, package: PackageSchema, schema: ResourceSchema, description: Description
    ) -> None:
        self.management = management
        self.package = package
        self.schema = schema
        self.description = description
        self.naming = description.naming

    def check(self, inputs: Properties) -> Iterable[Failure]:
        """What the sandbox does not have, and what the description finds wrong."""
        for name in sorted(self.description.unsupported & inputs.keys()):
            yield Failure(
                name, f"The sandbox does not support the property {name} of {self.schema.token}; leave it out."
            )
        yield from self.description.check(inputs)

    def compared(self, old: Properties, new: Properties, state: Properties) -> Properties:
        """What the tenant has of the properties that the program names, and of those that it may leave out.

        That is Terraform's plan, which the bridge asks for (`Diff` of pulumi-terraform-bridge, `pkg/tfbridge/provider.go`):
        old inputs mean nothing to it, and a computed property that is not named is the service's business.
        """
        fixed = {name: old[name] for name in self.description.create_only if name in old}
        clearable = dict.fromkeys(self.schema.optional & self.schema.inputs.keys())
        before = {name: old[name] for name in old.keys() & (new.keys() | clearable.keys())}
        return self._planned_from(self.schema.inputs, clearable | before, new, state) | fixed

    def _planned_from(self, properties: Properties, old: Properties, new: Properties, state: Properties) -> Properties:
        """The state of what `new` says, and of what only `old` says, where it is not empty."""
        named = {
            name: self._state_of(properties[name], old.get(name), new[name], state.get(name))
            for name in new
            if name in properties
        }
        dropped = {name: state[name] for name in old if name not in new and _says(state.get(name))}
        return {name: value for name, value in (named | dropped).items() if value is not None}

    def _state_of(self, described: Properties, old: Any, new: Any, state: Any) -> Any:
        """The state of one property; an empty value and none are the same."""
        nested = self.package.properties_of(described)
        if state is None and new is not UNKNOWN and not new:
            return new
        if nested is not None and isinstance(new, dict) and isinstance(state, dict):
            return self._planned_from(nested, old if isinstance(old, dict) else {}, new, state)
        if isinstance(new, list) and isinstance(state, list):
            before = old if isinstance(old, list) else []
            triples = zip_longest(before[: min(len(new), len(state))], new[: len(state)], state[: len(new)])
            return [self._state_of(described["items"], *triple) for triple in triples] + state[len(new) :]
        return state

    def unchanged(self, old: Properties, new: Properties) -> Iterable[str]:
        """Reordered sets, and JSON written otherwise."""
        yield from (name for name in self.description.sets if same_set(old.get(name), new.get(name)))
        yield from (name for name in self.description.mapping.json_text if same_json(old.get(name), new.get(name)))

    def replaces(self, path: str) -> bool:
        """Whether the property cannot be changed in place."""
        return path in self.description.replaces or top_level(path) in self.description.replaces

    def delete_before_replace(self, old: Properties, new: Properties) -> bool:
        """A name that the program gives, and that stays, would be there twice."""
        name = self.naming.property if self.naming else ""
        return bool(name) and name not in new.get(DEFAULTS, []) and old.get(name) == new.get(name)

    def preview(self, inputs: Properties, change: Change | None) -> Properties:
        """The inputs, with the service's part unknown in a create and as it is in an update."""
        if change is not None:
            return change.state | inputs
        return dict.fromkeys(self.schema.outputs, UNKNOWN) | inputs

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """POSTs the document and reads it back."""
        document = await self.management.request("POST", self.description.collection, body=self.body(inputs))
        resource_id = document[self.description.id_field]
        return resource_id, await self.finished(resource_id, inputs, document)

    async def finished(self, resource_id: str, inputs: Properties, document: Any) -> Properties:
        """The outputs after a create: the document is read back, as the official provider does."""
        try:
            found = await self.fetch(resource_id)
        except ManagementError as error:
            raise IncompleteResourceError(str(error), resource_id, self.outputs(document, inputs)) from error
        return self.outputs(found or document, inputs)

    async def read(self, resource_id: str, inputs: Properties, state: Properties) -> tuple[str, Properties] | None:
        """GETs the document."""
        document = await self.fetch(resource_id)
        return None if document is None else (resource_id, self.outputs(document, state | inputs))

    def imported_inputs(self, outputs: Properties) -> Properties:
        """Every output that can be given."""
        return {name: value for name, value in outputs.items() if name in self.schema.inputs}

    def drifted_inputs(self, inputs: Properties, before: Properties, now: Properties) -> Properties:
        """The inputs, with what changed at the tenant."""
        return with_drift(inputs, before, now)

    async def update(self, resource_id: str, change: Change) -> Properties:
        """PATCHes what changed and reads the document back."""
        body = self.changed_body(change)
        document = (
            await self.management.request("PATCH", self.description.collection, resource_id, body=body)
            if body
            else None
        )
        return await self.finished(resource_id, change.new, document or {})

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """DELETEs the document."""
        await self.management.delete(self.description.collection, resource_id)

    async def fetch(self, resource_id: str) -> Any:
        """The document, or None when there is none."""
        return await self.management.find(self.description.collection, resource_id)

    def body(self, inputs: Properties) -> Properties:
        """The document of the inputs."""
        return self.description.mapping.document(self.package, self.schema.inputs, inputs)

    def changed_body(self, change: Change) -> Properties:
        """The document of what an update changes."""
        fixed = self.description.replaces | self.description.create_only
        old = self.compared(change.old, change.new, change.state)
        changed = {
            name: value
            for name, value in change.new.items()
            if value != old.get(name) and name not in fixed and name not in self.unchanged(old, change.new)
        }
        emptied = {
            name: EMPTY[self.schema.inputs[name]["type"]]()
            for name in self.description.cleared
            if name in old and name not in change.new
        }
        ended = self.description.nulled & (old.keys() - change.new.keys())
        return self.body(changed | emptied) | {self.description.mapping.name_of(name): None for name in ended}

    def outputs(self, document: Any, given: Properties) -> Properties:
        """The outputs of a document, with what no document has as it was given."""
        outputs = self.description.mapping.values(self.package, self.schema.outputs, document)
        outputs |= {name: given[name] for name in self.description.write_only if name in given}
        for name in self.description.sets:
            if same_set(outputs.get(name), given.get(name)):
                outputs[name] = given[name]
        for name in self.description.mapping.json_text:
            if same_json(outputs.get(name), given.get(name)):
                outputs[name] = given[name]
        return outputs


def same_json(one: Any, other: Any) -> bool:
    """Whether two JSON texts say the same."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    return bool(json.loads(one or "{}") == json.loads(other or "{}"))


def same_set(one: Any, other: Any) -> bool:
    """Whether two lists hold the same items in any order; of objects, what both lists tell and is not empty."""
    if not isinstance(one, list) or not isinstance(other, list):
        return False
    told = _keys(one) & _keys(other)
    return sorted(_item(each, told) for each in one) == sorted(_item(each, told) for each in other)


def _keys(items: list[Any]) -> set[str]:
    return {key for item in items if isinstance(item, dict) for key in item}


def _item(item: Any, keys: set[str]) -> str:
    return repr(sorted((key, item[key]) for key in keys & item.keys() if item[key]) if isinstance(item, dict) else item)


def _says(value: Any) -> bool:
    return bool(value) and value != "{}"
