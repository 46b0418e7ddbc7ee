"""The running endpoints, reached as the engine reaches them."""

import asyncio
import os

import grpc
import pytest
from auth0_apim_sandbox.providers import Services, serve
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tests.sandbox.strangers import NOBODY, by_root, read_as


async def test_both_endpoints_accept_an_engine_and_stop(services):
    servers = await serve(0, 0, services)
    versions = await asyncio.to_thread(lambda: [version(servers.auth0_port), version(servers.azure_native_port)])
    assert versions == ["3.55.1", "3.29.0"]
    assert servers.debug_providers == f"auth0:{servers.auth0_port},azure-native:{servers.azure_native_port}"
    await servers.stop()
    with pytest.raises(grpc.RpcError):
        await asyncio.to_thread(version, servers.auth0_port)


@by_root
async def test_neither_endpoint_answers_another_user_of_the_machine(services):
    servers = await serve(0, 0, services)
    ports = (servers.auth0_port, servers.azure_native_port)
    read = [await asyncio.to_thread(read_as, user, port) for user in (NOBODY, os.geteuid()) for port in ports]
    assert read == [0, 0, 9, 9]
    await servers.stop()


async def test_a_taken_port_is_named(services):
    servers = await serve(0, 0, services)
    with pytest.raises(
        OSError, match=f"Port {servers.auth0_port} of 127.0.0.1, for the azure-native provider, is taken"
    ):
        await serve(0, servers.auth0_port, services)
    await servers.stop()


def test_secrets_are_not_in_the_services_representation(services: Services):
    assert "secret" not in repr(services).replace("client_secret", "")


def version(port: int) -> str:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"), timeout=5)
        assert stub.GetSchema(provider_pb2.GetSchemaRequest(), timeout=5).schema.startswith("{")
        return stub.GetPluginInfo(Empty(), timeout=5).version
