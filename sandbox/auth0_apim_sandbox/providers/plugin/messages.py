"""Between the engine's messages and what the planner and the resources speak of."""

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct

from auth0_apim_sandbox.engine.engine_protocol import provider_pb2
from auth0_apim_sandbox.providers.plugin.autonaming import Mode, Proposal
from auth0_apim_sandbox.providers.plugin.differences import Kind
from auth0_apim_sandbox.providers.plugin.provider import Properties
from auth0_apim_sandbox.providers.plugin.schema import Failure, ResourceSchema
from auth0_apim_sandbox.providers.plugin.values import Secret, marshal, reveal, seal


def outputs_message(schema: ResourceSchema, outputs: Properties, sealed_inputs: Mapping[str, Any]) -> Struct:
    """Outputs as a message: secret where the SDK says so, and where the inputs are."""
    sealed = seal(outputs, dict(sealed_inputs))
    return marshal(
        {
            name: Secret(value) if name in schema.secrets and not isinstance(value, Secret) else value
            for name, value in sealed.items()
            if value is not None
        }
    )


def plain_inputs(sealed: Mapping[str, Any]) -> Properties:
    """Inputs as the resources take them: no secrets' wrapping, nothing that only providers write."""
    return {name: reveal(value) for name, value in sealed.items() if not name.startswith("__")}


def failure_messages(failures: Iterable[Failure]) -> list[Any]:
    """What a check found wrong."""
    return [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]


def property_diff(kind: Kind, replaces: bool) -> Any:
    """One entry of a detailed diff."""
    name = f"{kind.name}_REPLACE" if replaces else kind.name
    return provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.Kind.Value(name), inputDiff=True)


def proposed_name(request: Any) -> Proposal | None:
    """What the stack's autonaming configuration proposes in a Check."""
    if not request.HasField("autonaming"):
        return None
    return Proposal(request.autonaming.proposed_name, Mode(request.autonaming.mode))


def configuration(variables: Mapping[str, str]) -> dict[str, str]:
    """Configuration by bare names; the engine says `auth0:config:domain`."""
    return {key.rpartition(":")[2]: value for key, value in variables.items()}


def type_of(urn: str) -> str:
    """The type token in a URN, without its parents' types."""
    return urn.split("::")[2].rpartition("$")[2]


def logical_name(urn: str) -> str:
    """The resource's name in a URN."""
    return urn.split("::", 3)[3]
