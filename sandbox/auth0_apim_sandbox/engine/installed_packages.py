"""What a program's Python has installed: Pulumi packages for the engine, and distributions for `pulumi about`."""

import asyncio
import base64
import json
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auth0_apim_sandbox.engine.engine_protocol import language_pb2, plugin_pb2

_SITE = "import json, site; print(json.dumps(site.getsitepackages() + [site.getusersitepackages()]))"
_ABOUT = "import json, platform, sys; print(json.dumps([sys.executable, platform.python_version()]))"
_DISTRIBUTIONS = """
import importlib.metadata as metadata, json
print(json.dumps([[d.name, d.version, d.requires or []] for d in metadata.distributions() if d.name]))
"""


class InterpreterError(Exception):
    """The program's interpreter failed at a question about itself."""


async def about(interpreter: str) -> language_pb2.AboutResponse:
    """The interpreter and its version; each operation of the engine begins with this question."""
    if Path(interpreter).parent.samefile(Path(sys.executable).parent):
        return language_pb2.AboutResponse(executable=interpreter, version=platform.python_version())
    executable, version = await _ask(interpreter, _ABOUT)
    return language_pb2.AboutResponse(executable=executable, version=version)


async def dependencies(interpreter: str, transitive: bool) -> language_pb2.GetProgramDependenciesResponse:
    """The installed distributions, sorted by name; without `transitive` those that no other one requires."""
    installed = await _ask(interpreter, _DISTRIBUTIONS)
    required = {_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for _, _, lines in installed for line in lines}
    shown = sorted((_normal(name), version) for name, version, _ in installed)
    return language_pb2.GetProgramDependenciesResponse(
        dependencies=[
            language_pb2.DependencyInfo(name=name, version=version)
            for name, version in shown
            if transitive or name not in required
        ]
    )


async def pulumi_packages(interpreter: str, virtualenv: Path | None) -> list[plugin_pb2.PackageDependency]:
    """The providers that installed Pulumi packages name in their pulumi-plugin.json."""
    folders = _site_packages(virtualenv) if virtualenv else map(Path, await _ask(interpreter, _SITE))
    return [package for folder in folders for package in _packages_in(folder)]


def _site_packages(virtualenv: Path) -> list[Path]:
    return list(virtualenv.glob("lib/python3*/site-packages"))


def _packages_in(folder: Path) -> Iterator[plugin_pb2.PackageDependency]:
    for file in sorted(folder.glob("*/pulumi-plugin.json")):
        declared = json.loads(file.read_text())
        if declared.get("resource"):
            yield _package(file.parent, declared)


def _package(folder: Path, declared: dict[str, Any]) -> plugin_pb2.PackageDependency:
    package = plugin_pb2.PackageDependency(
        name=declared.get("name") or folder.name.removeprefix("pulumi_").replace("_", "-"),
        kind="resource",
        version="v" + (declared.get("version") or _distribution_version(folder)).removeprefix("v"),
        server=declared.get("server", ""),
    )
    if parameterization := declared.get("parameterization"):
        package.parameterization.name = parameterization["name"]
        package.parameterization.version = parameterization["version"]
        package.parameterization.value = base64.b64decode(parameterization["value"])
    return package


def _distribution_version(folder: Path) -> str:
    for metadata in folder.parent.glob(f"{folder.name}-*.dist-info"):
        return metadata.name.removesuffix(".dist-info").rsplit("-", 1)[1]
    raise InterpreterError(f"{folder}/pulumi-plugin.json names no version, and the package has no metadata")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


async def _ask(interpreter: str, program: str) -> Any:
    child = await asyncio.create_subprocess_exec(
        interpreter, "-c", program, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    answer, errors = await child.communicate()
    if child.returncode != 0:
        raise InterpreterError(f"{interpreter} failed: {errors.decode(errors='replace').strip()}")
    return json.loads(answer)
