"""Checks of the engine and its provider plugins, and the ids of the stack's resources."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auth0_apim_environments.doctor.finding import Finding, right, unknown, wrong

OLDEST = (3, 220, 0)
PROVIDERS = {"auth0": "pulumi-auth0", "azure-native": "pulumi-azure-native"}
"""The SDK of each provider, which has the plugin's version."""

_INSTALL = "`auth0-apim engine` installs one; or https://www.pulumi.com/docs/install/"


class EngineChecks:
    """Checks by the pulumi command in a project's folder.

    Args:
        root: the folder.
        variables: all environment variables of the command.
    """

    def __init__(self, root: Path, variables: Mapping[str, str]) -> None:
        self._root = root
        self._variables = variables

    def findings(self) -> Iterator[Finding]:
        """The findings on the engine and its plugins."""
        output = self._run("version")
        if output is None:
            yield wrong("engine", "pulumi is not on PATH", _INSTALL)
            return
        found = re.search(r"(\d+)\.(\d+)\.(\d+)", output)
        if found is None or tuple(map(int, found.groups())) < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            yield wrong("engine", f"pulumi is {output.strip()}", f"{oldest} or later is needed: {_INSTALL}")
            return
        yield right("engine", f"pulumi {output.strip()}")
        yield from self._plugins()

    def resource_ids(self, stack: str) -> set[str] | None:
        """The ids of the stack's resources in lower case; None when the stack does not exist or cannot be read."""
        output = self._run("stack", "export", "--stack", stack, "--non-interactive")
        if output is None:
            return None
        resources = (json.loads(output).get("deployment") or {}).get("resources", [])
        return {each["id"].lower() for each in resources if each.get("id")}

    def _plugins(self) -> Iterator[Finding]:
        attached = dict(
            pair.split(":", 1) for pair in self._variables.get("PULUMI_DEBUG_PROVIDERS", "").split(",") if ":" in pair
        )
        installed = {each["name"]: each for each in self._installed()}
        for name, sdk in PROVIDERS.items():
            subject = f"provider {name}"
            if name in attached:
                yield self._attached(subject, attached[name])
            elif name in installed:
                yield right(subject, f"plugin {installed[name].get('version')} is installed")
            elif self._variables.get("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "").lower() == "true":
                remedy = f"pulumi plugin install resource {name} v{version(sdk)}"
                yield wrong(subject, "is not installed, and the engine must not download it", remedy)
            else:
                yield right(subject, "is not installed; the engine downloads it at the first up")

    def _installed(self) -> list[dict[str, Any]]:
        plugins: list[dict[str, Any]] = json.loads(self._run("plugin", "ls", "--json") or "[]")
        return [each for each in plugins if each.get("kind") == "resource"]

    def _attached(self, subject: str, port: str) -> Finding:
        try:
            socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
        except (OSError, ValueError) as error:
            remedy = '`auth0-apim sandbox start`, then `eval "$(auth0-apim sandbox env)"` again'
            return wrong(subject, f"nothing listens at port {port} of PULUMI_DEBUG_PROVIDERS ({error})", remedy)
        return right(subject, f"attached at port {port}")

    def _run(self, *arguments: str) -> str | None:
        try:
            done = subprocess.run(
                ["pulumi", *arguments], cwd=self._root, env=dict(self._variables), capture_output=True, text=True, check=False
            )  # fmt: skip
        except FileNotFoundError:
            return None
        return done.stdout if done.returncode == 0 else None


def no_stack(stack: str) -> Finding:
    """The finding when the stack's own resources are unknown."""
    return unknown(
        "stack",
        f"'{stack}' does not exist or cannot be read",
        "if it exists, check the backend (pulumi login) and the passphrase",
    )
