"""Connections as another user of the machine, which only root can make."""

import os
import subprocess
import sys

import pytest

NOBODY = 65534
by_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

_READ = """
import os, socket, sys
user, family, host, port = int(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4])
if user != os.geteuid():
    os.setgid(user)
    os.setuid(user)
with socket.socket(getattr(socket, family)) as connection:
    connection.settimeout(10)
    connection.connect((host, port))
    try:
        print(len(connection.recv(9)))
    except ConnectionResetError:
        print(0)
"""


def read_as(user: int, port: int, family: str = "AF_INET", host: str = "127.0.0.1") -> int:
    """How many of the first 9 bytes a gRPC server says to `user`: it speaks first, to those whom it answers."""
    command = [sys.executable, "-c", _READ, str(user), family, host, str(port)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout)
