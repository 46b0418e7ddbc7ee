"""The engine's messages: properties, failures and plans in its words, and what a call that fails answers."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NoReturn

import grpc
import grpc.aio
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.struct_pb2 import Struct

from auth0_apim_sandbox.engine.engine_protocol import provider_pb2, status_pb2
from auth0_apim_sandbox.providers.plugin.autonaming import Mode, Proposal
from auth0_apim_sandbox.providers.plugin.differences import Kind
from auth0_apim_sandbox.providers.plugin.errors import IncompleteResourceError, ProviderError
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


Context = grpc.aio.ServicerContext[Any, Any]
log = logging.getLogger(__name__)


async def answered(
    context: Context, answer: Callable[[], Awaitable[Any]], partial: Callable[[Properties], Struct] | None = None
) -> Any:
    """The answer, or a status with one sentence in its place."""
    try:
        return await answer()
    except IncompleteResourceError as error:
        if partial is None:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
        await _abort_incomplete(context, error, partial(error.outputs))
    except ProviderError as error:
        await context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except Exception as error:
        log.exception("a provider call failed unexpectedly")
        sentence = f"The sandbox's provider failed unexpectedly ({type(error).__name__}); the sandbox's log says where."
        await context.abort(grpc.StatusCode.INTERNAL, sentence)


async def _abort_incomplete(context: Context, error: IncompleteResourceError, outputs: Struct) -> NoReturn:
    detail = provider_pb2.ErrorResourceInitFailed(id=error.resource_id, properties=outputs, reasons=[str(error)])
    packed = AnyMessage()
    packed.Pack(detail)
    message = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", message.SerializeToString()),))
    await context.abort(grpc.StatusCode.UNKNOWN, str(error))
