"""The engine's side: Pulumi's `ResourceProvider` service over a `Package`.

It stands on the SDK's generated service and not on `pulumi.provider.experimental.server`, which answers errors with a
traceback and drops what a plan needs: unknowns, old inputs, autonaming and resources that were made but not finished.
https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
"""

from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct

from auth0_apim_sandbox.engine.engine_protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from auth0_apim_sandbox.providers.plugin.errors import ProviderError
from auth0_apim_sandbox.providers.plugin.messages import (
    Context,
    answered,
    configuration,
    failure_messages,
    logical_name,
    outputs_message,
    plain_inputs,
    property_diff,
    proposed_name,
    type_of,
)
from auth0_apim_sandbox.providers.plugin.planning import DEFAULTS, NameRequest, Planner
from auth0_apim_sandbox.providers.plugin.provider import Change, Package, Properties, Provider, Resource
from auth0_apim_sandbox.providers.plugin.schema import ResourceSchema
from auth0_apim_sandbox.providers.plugin.values import has_unknown, marshal, reveal, seal, unmarshal

MAX_CONNECTIONS = 256
"""Engines whose configuration is remembered; an engine opens one connection a provider."""


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine for one package. Every engine has the configuration that it sent on its own connection."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._planner = Planner(package)
        self._configured: dict[str, Provider] = {}

    async def Attach(self, request: Any, context: Context) -> Empty:  # noqa: N802, ARG002
        """Accepts an engine that was told of this endpoint by PULUMI_DEBUG_PROVIDERS."""
        return Empty()

    async def Handshake(self, request: Any, context: Context) -> Any:  # noqa: N802, ARG002
        """Tells what this endpoint can do."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    async def GetPluginInfo(self, request: Any, context: Context) -> Any:  # noqa: N802, ARG002
        """The version of the provider whose types this endpoint has."""
        return plugin_pb2.PluginInfo(version=self._package.schema.version)

    async def GetSchema(self, request: Any, context: Context) -> Any:  # noqa: N802, ARG002
        """The package schema of the supported types."""
        return provider_pb2.GetSchemaResponse(schema=self._package.schema.text)

    async def Cancel(self, request: Any, context: Context) -> Empty:  # noqa: N802, ARG002
        """Accepts the end of an operation; requests under way belong to their own calls, which the engine ends."""
        return Empty()

    async def CheckConfig(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Refuses a configuration that means another tenant or cloud."""

        async def answer() -> Any:
            failures = self._package.check_config(reveal(unmarshal(request.news)))
            return provider_pb2.CheckResponse(inputs=request.news, failures=failure_messages(failures))

        return await answered(context, answer)

    async def DiffConfig(self, request: Any, context: Context) -> Any:  # noqa: N802, ARG002
        """A changed configuration never replaces the resources: it can only be of the same sandbox."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    async def Configure(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Remembers the configuration of this connection."""

        async def answer() -> Any:
            values = reveal(unmarshal(request.args)) or configuration(request.variables)
            known = {name: value for name, value in values.items() if not has_unknown(value)}
            for failure in self._package.check_config(known):
                raise ProviderError(failure.reason)
            while len(self._configured) >= MAX_CONNECTIONS:
                self._configured.pop(next(iter(self._configured)))
            self._configured[context.peer()] = self._package.configured(known)
            return provider_pb2.ConfigureResponse(
                acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
            )

        return await answered(context, answer)

    async def Check(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Fills in defaults and names, and says what is wrong with a program's inputs."""

        async def answer() -> Any:
            schema, resource = self._resource(request, context)
            old, new = unmarshal(request.olds), unmarshal(request.news)
            naming = NameRequest(logical_name(request.urn), request.randomSeed, proposed_name(request))
            inputs, failures = self._planner.check(schema, resource, old, new, naming)
            return provider_pb2.CheckResponse(inputs=marshal(inputs), failures=failure_messages(failures))

        return await answered(context, answer)

    async def Diff(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Says which properties change, and which of them need a new resource."""

        async def answer() -> Any:
            _, resource = self._resource(request, context)
            old, new, state = (
                reveal(unmarshal(message)) for message in (request.old_inputs, request.news, request.olds)
            )
            plan = self._planner.plan(resource, old or state, new, state)
            plan = plan.without(request.ignoreChanges)
            detailed = {path: property_diff(kind, path in plan.replaces) for path, kind in plan.changes.items()}
            response = provider_pb2.DiffResponse
            return response(
                changes=response.DIFF_SOME if plan.changes else response.DIFF_NONE,
                replaces=sorted(plan.replaces),
                diffs=sorted(plan.changes),
                detailedDiff=detailed,
                hasDetailedDiff=True,
                deleteBeforeReplace=plan.delete_before_replace,
            )

        return await answered(context, answer)

    async def Create(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Makes a resource, or tells in a preview what it will be."""

        async def answer() -> Any:
            schema, resource = self._resource(request, context)
            sealed = unmarshal(request.properties)
            inputs = plain_inputs(sealed)
            if request.preview:
                outputs = resource.preview(inputs, None)
                return provider_pb2.CreateResponse(properties=outputs_message(schema, outputs, sealed))
            resource_id, outputs = await resource.create(inputs)
            return provider_pb2.CreateResponse(id=resource_id, properties=outputs_message(schema, outputs, sealed))

        return await answered(
            context, answer, lambda outputs: self._partial(request, context, outputs, request.properties)
        )

    async def Read(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Reads a resource: in a refresh with what the state has, in an import by its id alone."""

        async def answer() -> Any:
            schema, resource = self._resource(request, context)
            sealed, state = unmarshal(request.inputs), reveal(unmarshal(request.properties))
            inputs = plain_inputs(sealed)
            found = await resource.read(request.id, inputs, state)
            if found is None:
                return provider_pb2.ReadResponse()
            resource_id, outputs = found
            plain = reveal(unmarshal(marshal(outputs)))  # as the state has it: without nulls
            now = resource.drifted_inputs(inputs, state, plain) if inputs else resource.imported_inputs(plain)
            answered = seal(self._package.schema.described(schema.inputs, now), sealed)
            answered |= {DEFAULTS: []} if self._package.records_defaults else {}
            answered |= {name: value for name, value in sealed.items() if name.startswith("__")}
            return provider_pb2.ReadResponse(
                id=resource_id, properties=outputs_message(schema, outputs, sealed), inputs=marshal(answered)
            )

        return await answered(context, answer)

    async def Update(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Changes a resource in place, or tells in a preview what it will be."""

        async def answer() -> Any:
            schema, resource = self._resource(request, context)
            sealed = unmarshal(request.news)
            change = Change(self._old_inputs(request), plain_inputs(sealed), reveal(unmarshal(request.olds)))
            if request.preview:
                outputs = resource.preview(change.new, change)
            else:
                outputs = await resource.update(request.id, change)
            return provider_pb2.UpdateResponse(properties=outputs_message(schema, outputs, sealed))

        return await answered(context, answer, lambda outputs: self._partial(request, context, outputs, request.news))

    async def Delete(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Removes a resource."""

        async def answer() -> Any:
            _, resource = self._resource(request, context)
            state = reveal(unmarshal(request.properties))
            await resource.delete(request.id, plain_inputs(unmarshal(request.old_inputs)) or state, state)
            return Empty()

        return await answered(context, answer)

    async def Invoke(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Calls a function."""

        async def answer() -> Any:
            token = self._package.canonical(request.tok)
            schema, arguments = self._package.schema, unmarshal(request.args)
            known = schema.function_inputs(token)
            if known is None:
                raise ProviderError(
                    f"The sandbox's {self._package.name} provider has no function {request.tok}; it has: "
                    f"{', '.join(schema.functions)}."
                )
            failures = list(schema.failures(known, reveal(arguments)))
            if failures:
                return provider_pb2.InvokeResponse(failures=failure_messages(failures))
            result = await self._provider(context).invoke(token, reveal(arguments))
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(marshal(result))  # the field's name is a keyword
            return response

        return await answered(context, answer)

    def _provider(self, context: Context) -> Provider:
        return self._configured.get(context.peer()) or self._package.configured({})

    def _resource(self, request: Any, context: Context) -> tuple[ResourceSchema, Resource]:
        token = request.type or type_of(request.urn)
        schema = self._package.schema.resource(self._package.canonical(token))
        if schema is None:
            raise ProviderError(
                f"The sandbox's {self._package.name} provider has no resource type {token}; it has: "
                f"{', '.join(self._package.schema.resources)}."
            )
        return schema, self._provider(context).resource(schema.token)

    def _old_inputs(self, request: Any) -> Properties:
        return plain_inputs(unmarshal(request.old_inputs)) or reveal(unmarshal(request.olds))

    def _partial(self, request: Any, context: Context, outputs: Properties, inputs: Struct) -> Struct:
        schema, _ = self._resource(request, context)
        return outputs_message(schema, outputs, unmarshal(inputs))
