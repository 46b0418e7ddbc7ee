"""The engine, its language host and its providers' plugins, and whether the stack can be read."""

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
"""The SDK of each provider, whose version is the plugin's."""

_INSTALL = "`auth0-apim engine` installs one; or https://www.pulumi.com/docs/install/"


class EngineChecks:
    """The pulumi command in a project's folder.

    Args:
        root: the folder.
        variables: its whole environment.
    """

    def __init__(self, root: Path, variables: Mapping[str, str]) -> None:
        self._root = root
        self._variables = variables

    def findings(self) -> Iterator[Finding]:
        """Engine and plugins."""
        said = self._run("version")
        if said is None:
            yield wrong("engine", "there is no pulumi on PATH", _INSTALL)
            return
        found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
        if found is None or tuple(map(int, found.groups())) < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            yield wrong("engine", f"pulumi is {said.strip()}", f"{oldest} or later is needed: {_INSTALL}")
            return
        yield right("engine", f"pulumi {said.strip()}")
        yield from self._plugins()

    def resource_ids(self, stack: str) -> set[str] | None:
        """The ids of everything that the stack has; None where there is no such stack or it cannot be read."""
        said = self._run("stack", "export", "--stack", stack, "--non-interactive")
        if said is None:
            return None
        resources = (json.loads(said).get("deployment") or {}).get("resources", [])
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
                yield wrong(subject, "is not installed, and the engine may not download it", remedy)
            else:
                yield right(subject, "is not installed yet; the engine downloads it at the first up")

    def _installed(self) -> list[dict[str, Any]]:
        plugins: list[dict[str, Any]] = json.loads(self._run("plugin", "ls", "--json") or "[]")
        return [each for each in plugins if each.get("kind") == "resource"]

    def _attached(self, subject: str, port: str) -> Finding:
        try:
            socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
        except (OSError, ValueError) as error:
            remedy = '`auth0-apim sandbox start`, then `eval "$(auth0-apim sandbox env)"` again'
            return wrong(subject, f"nothing answers at PULUMI_DEBUG_PROVIDERS' port {port} ({error})", remedy)
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
    """There is no state to tell the stack's own objects from others."""
    return unknown(
        "stack", f"'{stack}' is not there or cannot be read", "if it should be: pulumi stack select, passphrase, login"
    )
