import os
import socket

import pytest
from local_cloud.ports import PortError, Ports, listen, port_of


def test_the_map_above_a_base_is_fixed():
    assert Ports.from_base(14300) == Ports(14300, 14301, 14302, 14303, 14304, 14305, 14306, 14307, 14310)


def test_base_zero_asks_for_free_ports():
    assert Ports.from_base(0) == Ports(0, 0, 0, 0, 0, 0, 0, 0, 0)


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
