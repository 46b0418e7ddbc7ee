"""What a provider is to the gRPC servicer: resource types that plan and act, and functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from auth0_apim_sandbox.providers.plugin.autonaming import Naming
from auth0_apim_sandbox.providers.plugin.schema import Failure, PackageSchema


@dataclass(frozen=True)
class Services:
    """What a program's provider configuration and environment leave out is taken from here."""

    auth0_domain: str
    """`host:port` of the tenant."""
    auth0_client_id: str
    auth0_client_secret: str = field(repr=False)
    arm_endpoint: str
    """Absolute URL of the resource manager, without a trailing slash."""
    arm_tenant_id: str
    arm_client_id: str
    arm_client_secret: str = field(repr=False)
    arm_subscription_id: str
    ca_file: Path | None = None
    """Certificate of the authority that both services' certificates come from; the system's store when absent."""


Properties = dict[str, Any]
"""Inputs or outputs of a resource: camelCase names, plain values, `UNKNOWN` where a preview cannot know."""


@dataclass(frozen=True)
class Change:
    """An update of one resource: what it was asked to be, what it is asked to be now, and its outputs so far."""

    old: Properties
    new: Properties
    state: Properties


class Resource(Protocol):
    """One resource type."""

    naming: Naming | None
    """How it is named when the program gives no name."""

    def check(self, inputs: Properties) -> Iterable[Failure]:
        """What is wrong with inputs that have the right names and types."""

    def compared(self, old: Properties, new: Properties, state: Properties) -> Properties:
        """What new inputs are compared with in a plan: the old ones, or what the service has."""

    def unchanged(self, old: Properties, new: Properties) -> Iterable[str]:
        """Properties whose difference is none to the real provider."""

    def replaces(self, path: str) -> bool:
        """Whether a change of that property path needs a new resource."""

    def delete_before_replace(self, old: Properties, new: Properties) -> bool:
        """Whether a replacement can be created only after the old resource is gone."""

    def preview(self, inputs: Properties, change: Change | None) -> Properties:
        """The outputs to be expected of a create, or of an update when `change` is given."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Makes it. Returns id and outputs.

        Raises:
            ProviderError: it could not be made.
            IncompleteResourceError: it was made, but not finished.
        """

    async def read(self, resource_id: str, inputs: Properties, state: Properties) -> tuple[str, Properties] | None:
        """Id and outputs as they are now, or None when it is gone. `inputs` and `state` are empty in an import."""

    def imported_inputs(self, outputs: Properties) -> Properties:
        """The inputs that a program would have given for these outputs."""

    def drifted_inputs(self, inputs: Properties, before: Properties, now: Properties) -> Properties:
        """The inputs that a program would have given, when outputs changed behind its back."""

    async def update(self, resource_id: str, change: Change) -> Properties:
        """Changes it in place. Returns the outputs."""

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:
        """Removes it; one that is already gone is no error."""


class Provider(Protocol):
    """A provider with its configuration."""

    def resource(self, token: str) -> Resource:
        """The resource type of a token of the schema."""

    async def invoke(self, token: str, arguments: Properties) -> Properties:
        """The result of a function of the schema, with `Secret` where it is one."""


class Package(Protocol):
    """A provider before its configuration is known."""

    name: str
    schema: PackageSchema
    records_defaults: bool
    """Whether inputs carry `__defaults`, as those of bridged Terraform providers do."""

    def canonical(self, token: str) -> str:
        """The token under which the schema has a type or function that may be called by several."""

    def check_config(self, config: Mapping[str, Any]) -> Iterable[Failure]:
        """What is wrong with a program's provider configuration."""

    def configured(self, config: Mapping[str, Any]) -> Provider:
        """The provider with that configuration."""

    async def close(self) -> None:
        """Closes the connections to the service."""
