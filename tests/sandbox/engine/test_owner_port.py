"""A port that answers the user whose process listens, and nobody else of the machine."""

import asyncio
import os
import shutil
import socket
import sys
from pathlib import Path

import grpc.aio
import pytest
from auth0_apim_sandbox.engine import owner_port
from auth0_apim_sandbox.engine.engine_protocol import plugin_pb2, provider_pb2_grpc
from auth0_apim_sandbox.engine.owner_port import OwnerPort, owner_in, owner_of
from google.protobuf.empty_pb2 import Empty

from tests.sandbox.strangers import NOBODY, read_as

BOTH_FAMILIES = pytest.mark.parametrize(
    ("family", "host"), [("AF_INET", "127.0.0.1"), ("AF_INET6", "::ffff:127.0.0.1")]
)
TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:37DF 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11049 1 0000000000000000 100 0 0 10 0
   1: 0100007F:37DF 0100007F:AD19 01 00000000:00000000 00:00000000 00000000  1000        0 11050 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:AD19 0100007F:37DF 01 00000000:00000000 00:00000000 00000000  1001        0 11051 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:AD1A 0100007F:37DF 06 00000000:00000000 03:00000C5B 00000000     0        0 0 3 0000000000000000
"""
SERVER = ("127.0.0.1", 0x37DF)


@pytest.fixture
async def gate():
    """A port of a server that names its peers, and what it told."""
    server, told = grpc.aio.server(), []
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Peers(), server)
    port = OwnerPort(server, told.append)
    number = await port.listen(0)
    await server.start()
    yield number, told
    await port.close()
    await server.stop(grace=0)


@pytest.fixture
def connection():
    """Both ends of a connection: the client's address and the server's."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        yield client.getsockname(), server.getsockname()


@BOTH_FAMILIES
async def test_the_owner_is_answered(gate, family, host):
    port, told = gate
    assert await asyncio.to_thread(read_as, os.geteuid(), port, family, host) == 9
    assert told == []


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become another user; the table below is read for everybody"
)
@BOTH_FAMILIES
async def test_another_user_of_the_machine_reads_nothing(gate, family, host):
    port, told = gate
    assert await asyncio.to_thread(read_as, NOBODY, port, family, host) == 0
    assert told == [f"port {port} refused a connection of user {NOBODY}: it answers its owner alone\n"]


@pytest.mark.skipif(sys.byteorder != "little", reason="the table was recorded on a little-endian machine")
@pytest.mark.parametrize(
    ("port", "owner"),
    [
        (0xAD19, 1001),  # the client's end of the connection, not the server's
        (0xAD1A, None),  # closed meanwhile: Linux shows root as the owner
        (0xAD1B, None),
    ],
)
def test_the_owner_is_that_of_the_clients_end_of_an_open_connection(port, owner):
    assert owner_in(TABLE, ("127.0.0.1", port), SERVER, socket.AF_INET) == owner


@pytest.mark.skipif(not shutil.which("lsof"), reason="lsof is not installed")
def test_the_owner_is_found_without_linuxs_tables_too(connection, monkeypatch):
    assert owner_of(*connection) == os.geteuid()
    monkeypatch.setattr(owner_port, "TABLES", (Path("/none"), Path("/none")))
    assert owner_of(*connection) == os.geteuid()
    client, server = connection
    assert owner_of((client[0], 1), server) is None


def test_an_owner_that_cannot_be_found_out_is_nobody(connection, monkeypatch):
    monkeypatch.setattr(owner_port, "TABLES", (Path("/none"), Path("/none")))
    monkeypatch.setattr(owner_port.shutil, "which", lambda *_, **__: None)
    assert owner_of(*connection) is None


class Peers(provider_pb2_grpc.ResourceProviderServicer):
    """Answers with the peer's name."""

    async def GetPluginInfo(self, request, context):  # noqa: N802
        return plugin_pb2.PluginInfo(version=context.peer())


def names_of_peers(port):
    """What two connections are called, each asked twice."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    with (
        grpc.insecure_channel(f"127.0.0.1:{port}", options) as one,
        grpc.insecure_channel(f"127.0.0.1:{port}", options) as other,
    ):
        stubs = [provider_pb2_grpc.ResourceProviderStub(channel) for channel in (one, other, one, other)]
        return [stub.GetPluginInfo(Empty(), timeout=10).version for stub in stubs]


async def test_two_connections_are_two_peers(gate):
    one, other, *again = await asyncio.to_thread(names_of_peers, gate[0])
    assert one != other
    assert again == [one, other]


async def test_a_taken_port_is_an_error_and_a_closed_one_is_free_again():
    first, second = (OwnerPort(grpc.aio.server(), str) for _ in range(2))
    port = await first.listen(0)
    with pytest.raises(OSError, match="in use"):
        await second.listen(port)
    await first.close()
    assert await second.listen(port) == port
    await second.close()
