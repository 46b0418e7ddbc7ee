"""Answers to the engine when a call fails: a status with one sentence, and what was made before it failed."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import grpc
import grpc.aio
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.struct_pb2 import Struct

from auth0_apim_sandbox.engine.engine_protocol import provider_pb2, status_pb2
from auth0_apim_sandbox.providers.plugin.errors import IncompleteResourceError, ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Properties

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
