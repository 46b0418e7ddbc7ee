import os
import socket
from pathlib import Path

import pytest
from auth0_apim_sandbox.cloud.ports import PortError, Ports, claim, listen, port_of, ranges


def test_the_map_above_a_base_is_fixed():
    assert Ports.from_base(14300) == Ports(14300, 14301, 14302, 14303, 14304, 14305, 14306, 14307, 14308, 14310)


def test_base_zero_asks_for_free_ports():
    assert Ports.from_base(0) == Ports(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("base", [-1, 80, 65001])
def test_a_base_outside_the_range_is_refused(base):
    with pytest.raises(PortError, match=f"base port {base} is out of range"):
        Ports.from_base(base)


def test_a_listener_is_on_the_loopback_interface():
    with listen(0, "tenant") as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_taken_port_is_named_with_the_process_that_has_it_and_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(PortError) as raised:
        listen(port_of(other), "tenant")
    assert f"port {port_of_text(raised)}, for the tenant, is taken by" in str(raised.value)
    assert f"(process {os.getpid()})" in str(raised.value)
    assert "--base-port" in str(raised.value)


def port_of_text(raised):
    return str(raised.value).split()[1].rstrip(",")


def test_the_first_map_is_claimed_whose_ports_are_all_free():
    with socket.create_server(("127.0.0.1", 0)) as other:
        claimed = claim([Ports(vault=port_of(other)), Ports(), Ports(tenant=1)])
        assert claimed.passed_over == f"port {port_of(other)}, for the vault, is taken by {process_name()}"
    assert set(claimed.sockets) == {"tenant", "manager", "calculator", "control", "vault", "insights", "portals"}
    assert {name: port_of(found) for name, found in claimed.sockets.items()}.items() <= vars(claimed.ports).items()
    for found in claimed.sockets.values():
        found.close()


@pytest.mark.parametrize(
    ("taken", "part"),
    [
        ({"auth0_provider": 0}, "auth0 provider"),
        ({"azure_native_provider": 0}, "azure-native provider"),
        ({"gateways": 0}, "first gateway"),
        ({"gateways": -1}, "first gateway"),
    ],
)
def test_a_port_that_is_listened_on_later_is_tried(taken, part):
    [(name, offset)] = taken.items()
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(PortError, match=f", for the {part}, is taken"):
        claim([Ports(**{name: port_of(other) + offset})])


def test_a_map_that_is_not_taken_whole_is_not_held():
    with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as other:
        port = port_of(free)
        free.close()
        with pytest.raises(PortError, match="for the vault, is taken"):
            claim([Ports(tenant=port, vault=port_of(other))])
    listen(port, "tenant").close()


def test_ranges_are_a_hundred_ports_apart_and_end_before_the_ports_of_clients():
    assert [ports.tenant for ports in ranges()] == list(range(14300, 32700, 100))


def process_name():
    return f"{Path('/proc/self/comm').read_text().strip()} (process {os.getpid()})"
