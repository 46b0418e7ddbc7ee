"""The process that runs the whole sandbox: a tenant, a resource manager, gateways, a backend and provider endpoints."""

from auth0_apim_sandbox.cloud.environment import environment, shell_lines, unset_lines
from auth0_apim_sandbox.cloud.folder import Record, StateFolder
from auth0_apim_sandbox.cloud.ports import DEFAULT_BASE, PortError, Ports
from auth0_apim_sandbox.cloud.process import Options, SandboxError, command, running, start, stop
from auth0_apim_sandbox.cloud.sandbox import Sandbox

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
