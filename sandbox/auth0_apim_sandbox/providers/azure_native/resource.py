"""The generic resource of the azure-native provider: one ARM resource, written by PUT.

Pulumi's types have the ARM document's `properties` at the top level, beside the parameters of its path.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from auth0_apim_sandbox.providers.azure_native.resource_manager import ResourceManager, ResourceManagerError
from auth0_apim_sandbox.providers.plugin.autonaming import Naming
from auth0_apim_sandbox.providers.plugin.differences import top_level, with_all_drift
from auth0_apim_sandbox.providers.plugin.errors import IncompleteResourceError, ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Change, Properties
from auth0_apim_sandbox.providers.plugin.schema import Failure, ResourceSchema
from auth0_apim_sandbox.providers.plugin.values import UNKNOWN

ENVELOPE = frozenset({"location", "tags", "sku", "identity", "zones", "managedBy"})
"""Properties that ARM documents have beside `properties`."""
API_VERSION = "2024-05-01"
MAX_NAME = 80
RANDOM_DIGITS = 8
"""Digits behind the logical name of a group or a service that is given no name; what is in a service gets none."""

RANDOM_NAME = "__createBeforeDelete"
"""The official provider's own input (`createBeforeDeleteFlag` of pulumi-azure-native, `provider/pkg/provider/provider.go`)."""


@dataclass(frozen=True)
class Description:
    """What a type is to the resource manager, and what the official provider does about it."""

    path: str
    """The id, with the names of inputs in braces; `subscriptionId` is the provider's."""
    api_version: str = API_VERSION
    nests: bool = True
    """Whether inputs outside the envelope are the document's `properties`."""
    query: frozenset[str] = frozenset()
    """Inputs that a PUT carries in its query."""
    in_body: frozenset[str] = frozenset()
    """Parameters of the path that the document has as well, as they are."""
    never_read: frozenset[str] = frozenset()
    """Inputs that no answer has, being secrets."""
    replaces: frozenset[str] = frozenset()
    """Inputs whose change needs a new resource, beside those of the path."""
    long_running: bool = False
    """Whether a PUT is an operation whose result is a final GET, also where it ends at once."""
    head_only: bool = False
    """Whether it can be asked for only by HEAD."""

    @property
    def parameters(self) -> list[str]:
        """Inputs that are part of the path, outermost first."""
        return [name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId"]


@dataclass(frozen=True)
class Scope:
    """Where a provider works: the subscription, and the location of resources that name none."""

    subscription_id: str
    location: str | None = field(default=None)


class ArmResource:
    """A resource type that is one ARM document."""

    described_as = "resource"
    """What a refusal to create it once more calls it."""

    def __init__(
        self, manager: ResourceManager, schema: ResourceSchema, description: Description, scope: Scope
    ) -> None:
        self.manager = manager
        self.schema = schema
        self.description = description
        self.scope = scope
        last = description.parameters[-1]
        optional = last not in schema.required
        digits = 0 if "serviceName" in description.parameters[:-1] else RANDOM_DIGITS
        self.naming = (
            Naming(last, separator="", digits=digits, max_length=MAX_NAME, mark=RANDOM_NAME) if optional else None
        )

    def check(self, inputs: Properties) -> Iterable[Failure]:
        """Parameters of the path must say something."""
        for name in self.description.parameters:
            if inputs.get(name) == "":
                yield Failure(name, f"{name} of {self.schema.token} is empty; it is part of the resource's id.")

    def compared(self, old: Properties, new: Properties, state: Properties) -> Properties:  # noqa: ARG002
        """The old inputs (`Diff` of pulumi-azure-native, `provider/pkg/provider/provider.go`)."""
        return old

    def unchanged(self, old: Properties, new: Properties) -> Iterable[str]:
        """What the official provider takes for the same, however it is spelled.

        A location that the program drops stays: it is the resource group's or the provider's where none is given.
        """
        if "location" in old and _normalized_location(old["location"]) == _normalized_location(
            new.get("location", old["location"])
        ):
            yield "location"
        if str(old.get("resourceGroupName")).lower() == str(new.get("resourceGroupName")).lower():
            yield "resourceGroupName"

    def replaces(self, path: str) -> bool:
        """Whether the property is part of the id, or cannot be changed in place."""
        name = top_level(path)
        return name in self.description.parameters or name in self.description.replaces

    def delete_before_replace(self, old: Properties, new: Properties) -> bool:  # noqa: ARG002
        """The old one goes first, unless its name was random: then the new one has another."""
        return not old.get(RANDOM_NAME)

    def preview(self, inputs: Properties, change: Change | None) -> Properties:
        """The inputs among the outputs, and the rest unknown; an update leaves name and location what they are."""
        expected = dict.fromkeys(self.schema.outputs, UNKNOWN)
        kept = {name: change.state[name] for name in ("name", "location") if name in change.state} if change else {}
        given = {name: value for name, value in inputs.items() if name in self.schema.outputs}
        known = {"azureApiVersion": self.description.api_version}
        hidden = self.description.never_read
        return {name: value for name, value in (expected | kept | given | known).items() if name not in hidden}

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """PUTs what must not be there yet; the answer says its id."""
        resource_id = self.resource_id(inputs)
        await self.check_absence(resource_id)
        try:
            document = await self.put(resource_id, inputs)
        except ResourceManagerError as error:
            await self._raise_if_created(resource_id, error, "created")
            raise
        return document.get("id") or resource_id, self.outputs(document)

    async def check_absence(self, resource_id: str) -> None:
        """Asks whether it exists, as the official provider does before every create.

        Raises:
            ProviderError: it exists, or cannot be asked for.
        """
        method = "HEAD" if self.description.head_only else "GET"
        answer = await self.manager.send(method, resource_id, self.description.api_version)
        if answer.status_code == 404 or (method == "GET" and answer.status_code == 204):
            return
        if answer.status_code not in (200, 204):
            raise ProviderError(
                f"cannot check existence of resource '{resource_id}': status code {answer.status_code}, {answer.text}"
            )
        if method == "GET" and (not answer.content or self.may_be_taken_over(answer.json())):
            return
        raise ProviderError(f"cannot create already existing {self.described_as} '{resource_id}'")

    def may_be_taken_over(self, document: dict[str, Any]) -> bool:
        """Whether a create may take over the document that is there; an empty one counts as none."""
        return not document

    async def put(self, resource_id: str, inputs: Properties) -> dict[str, Any]:
        """Writes the whole document."""
        query = {name: _query_text(inputs[name]) for name in sorted(self.description.query) if name in inputs}
        body = self.body(inputs) | await self._default_location(inputs)
        version = self.description.api_version
        document = await self.manager.put(resource_id, version, body, query)
        return await self.manager.get(resource_id, version) if self.description.long_running else document

    async def read(self, resource_id: str, inputs: Properties, state: Properties) -> tuple[str, Properties] | None:
        """GETs the document; what answers only HEAD is as the state has it."""
        parameters = self.parameters_of(resource_id)
        if self.description.head_only:
            there = await self.manager.exists(resource_id, self.description.api_version)
            return (resource_id, (state or inputs) or parameters) if there else None
        document = await self.manager.find(resource_id, self.description.api_version)
        return None if document is None else (resource_id, self.outputs(document) | ({} if inputs else parameters))

    def imported_inputs(self, outputs: Properties) -> Properties:
        """Every output that can be given, and the parameters of the path."""
        return {name: value for name, value in outputs.items() if name in self.schema.inputs}

    def drifted_inputs(self, inputs: Properties, before: Properties, now: Properties) -> Properties:
        """The inputs, with what changed in the cloud: a PUT without it would reset it, so it belongs to the plan."""
        # The outputs of an import have the parameters of the path, which no later answer has.
        apart = {*self.description.parameters} - self.description.in_body
        then = {name: value for name, value in before.items() if name not in apart}
        return with_all_drift(inputs, then, {name: now[name] for name in now if name in self.schema.inputs})

    async def update(self, resource_id: str, change: Change) -> Properties:
        """PUTs the whole document where the inputs say it is."""
        kept = {"location": change.state["location"]} if "location" in change.state else {}
        target = self.resource_id(change.new)
        try:
            return self.outputs(await self.put(target, kept | change.new))
        except ResourceManagerError as error:
            if error.begun:
                await self._raise_if_created(resource_id, error, "updated")
            raise

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """DELETEs it."""
        await self.manager.delete(resource_id, self.description.api_version)

    def resource_id(self, inputs: Properties) -> str:
        """The ARM id that the inputs' path parameters make."""
        resource_id = self.description.path.replace("{subscriptionId}", self.scope.subscription_id)
        for name in self.description.parameters:
            resource_id = resource_id.replace(f"{{{name}}}", inputs[name])
        return resource_id

    def parameters_of(self, resource_id: str) -> Properties:
        """The path parameters in an ARM id.

        Raises:
            ProviderError: it is not an id of this type.
        """
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.description.path)
        match = re.fullmatch(pattern, resource_id, re.IGNORECASE)
        if match is None:
            raise ProviderError(f"{resource_id} is not an id of {self.schema.token}, which is {self.description.path}.")
        return {name: match[name] for name in self.description.parameters}

    def body(self, inputs: Properties) -> dict[str, Any]:
        """The ARM document of the inputs."""
        apart = {*self.description.parameters, *self.description.query} - self.description.in_body
        written = {name: value for name, value in inputs.items() if name not in apart}
        if not self.description.nests:
            return written
        envelope = {name: value for name, value in written.items() if name in ENVELOPE}
        properties = {name: value for name, value in written.items() if name not in ENVELOPE}
        return envelope | ({"properties": properties} if properties or not envelope else {})

    def outputs(self, document: dict[str, Any]) -> Properties:
        """The outputs of an ARM document. A type's own `type`, as a backend has it, hides ARM's."""
        flat = dict(document)
        if self.description.nests:
            if "type" in self.schema.inputs:
                flat.pop("type", None)
            flat = (flat.pop("properties", None) or {}) | flat
        known = {"azureApiVersion": self.description.api_version}
        return known | {
            name: value
            for name, value in flat.items()
            if name in self.schema.outputs and name not in self.description.never_read and value is not None
        }

    async def _default_location(self, inputs: Properties) -> dict[str, str]:
        if "location" not in self.schema.inputs or "location" in inputs:
            return {}
        if (
            self.scope.location
            or "resourceGroupName" not in inputs
            or self.description.parameters == ["resourceGroupName"]
        ):
            return {"location": self.scope.location} if self.scope.location else {}
        group = f"/subscriptions/{self.scope.subscription_id}/resourceGroups/{inputs['resourceGroupName']}"
        return {"location": (await self.manager.get(group, "2024-03-01"))["location"]}

    async def _raise_if_created(self, resource_id: str, error: ResourceManagerError, done: str) -> None:
        """A failed PUT may have made the resource, and an operation that has begun counts as having: the state must know it."""
        if error.status < 500 and not error.begun:
            return
        try:
            document = await self.manager.get(resource_id, self.description.api_version)
        except ResourceManagerError as unread:
            if error.begun:
                raise IncompleteResourceError(
                    f"resource {done} but read failed {unread}: {error}", resource_id, {}
                ) from error
            return
        raise IncompleteResourceError(str(error), resource_id, self.outputs(document)) from error


def _normalized_location(location: Any) -> str:
    """A location without what its spellings differ in."""
    return str(location).replace(" ", "").lower()


def _query_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
