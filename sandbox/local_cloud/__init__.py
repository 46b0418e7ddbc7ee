"""The process that runs the whole sandbox: a tenant, a resource manager, gateways, a backend and provider endpoints."""

from local_cloud.environment import environment, shell_lines, unset_lines
from local_cloud.folder import Record, StateFolder
from local_cloud.ports import DEFAULT_BASE, PortError, Ports
from local_cloud.process import Options, SandboxError, command, running, start, stop
from local_cloud.sandbox import Sandbox

__all__ = [
    "DEFAULT_BASE",
    "Options",
    "PortError",
    "Ports",
    "Record",
    "Sandbox",
    "SandboxError",
    "StateFolder",
    "command",
    "environment",
    "running",
    "shell_lines",
    "start",
    "stop",
    "unset_lines",
]
