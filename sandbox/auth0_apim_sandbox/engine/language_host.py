"""A Python language host for the Pulumi engine: `pulumi-language-python`, for a CLI that has none of its own.

The official download brings its own host and this one is not used there. A CLI built from the Go module proxy comes
without, and needs one only to start Python programs and Python plugins. What this host does not do (generating
code or SDKs, type checkers, debuggers) it refuses by name.

The protocol is `LanguageRuntime` of pulumi/language.proto: the engine starts the host with its own address as the
argument, reads a port from the first line of standard output, and calls.
"""

import argparse
import asyncio
import contextlib
import importlib.metadata
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import grpc.aio
from google.protobuf import empty_pb2, json_format

from auth0_apim_sandbox.engine import installed_packages
from auth0_apim_sandbox.engine.engine_protocol import language_pb2, language_pb2_grpc, plugin_pb2
from auth0_apim_sandbox.engine.owner_port import OwnerPort
from auth0_apim_sandbox.engine.toolchain import Toolchain, ToolchainError, resolve_toolchain
from auth0_apim_sandbox.engine.warm_program import WarmProgram

# pulumi-language-python-exec ends with it when the program's error is already on the screen.
_ALREADY_REPORTED = 32
_MESSAGE_LIMITS = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs and plugins in the Python that their project names.

    Args:
        engine: address of the engine.
        executor: path of `pulumi-language-python-exec`, the SDK's script that runs one program.
    """

    def __init__(self, engine: str, executor: str) -> None:
        self._engine = engine
        self._executor = executor
        self._children: set[asyncio.subprocess.Process | WarmProgram] = set()

    async def Handshake(self, request: Any, context: Any) -> language_pb2.LanguageHandshakeResponse:
        """Accept the engine's introduction; nothing in it is needed."""
        return language_pb2.LanguageHandshakeResponse()

    async def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """The version of the Pulumi SDK beside this host."""
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    async def GetRequiredPlugins(self, request: Any, context: Any) -> language_pb2.GetRequiredPluginsResponse:
        """Nothing: engines of today ask for packages."""
        return language_pb2.GetRequiredPluginsResponse()

    async def GetRequiredPackages(self, request: Any, context: Any) -> language_pb2.GetRequiredPackagesResponse:
        """The providers that the packages in the program's environment belong to, but those already running."""
        toolchain = await _toolchain(request.info, context)
        packages = await installed_packages.pulumi_packages(toolchain.interpreter(), toolchain.virtualenv)
        running = _attached_providers(os.environ)
        needed = [package for package in packages if package.name not in running]
        return language_pb2.GetRequiredPackagesResponse(packages=needed)

    async def Run(self, request: Any, context: Any) -> language_pb2.RunResponse:
        """Run a program to its end; what it prints goes to the engine through this host's own output."""
        if request.attach_debugger:
            await _refuse(context, "attaching a debugger")
        toolchain = await _toolchain(request.info, context)
        words = [self._executor, *_executor_arguments(request, self._engine)]
        variables = _program_environment(request, toolchain)
        child = await WarmProgram.start(words, toolchain, variables) or await asyncio.create_subprocess_exec(
            toolchain.interpreter(), "-u", *words, env=variables
        )
        with self._tracked(child):
            status = await child.wait()
        if status == _ALREADY_REPORTED:
            return language_pb2.RunResponse(bail=True)
        if status != 0:
            return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {status}")
        return language_pb2.RunResponse()

    async def RunPlugin(self, request: Any, context: Any) -> AsyncIterator[language_pb2.RunPluginResponse]:
        """Run a plugin written in Python, handing on its output as it comes and its exit code at the end."""
        if request.attach_debugger:
            await _refuse(context, "attaching a debugger")
        toolchain = await _toolchain(request.info, context)
        given = dict(pair.split("=", 1) for pair in request.env if "=" in pair)
        child = await asyncio.create_subprocess_exec(
            *[toolchain.interpreter(), "-u", request.info.program_directory, *request.args],
            cwd=request.pwd or None,
            env=toolchain.environment({**os.environ, **given}),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        with self._tracked(child):
            async for name, data in _output(child):
                yield language_pb2.RunPluginResponse(**{name: data})  # type: ignore[arg-type]
            yield language_pb2.RunPluginResponse(exitcode=await child.wait())

    async def InstallDependencies(
        self, request: Any, context: Any
    ) -> AsyncIterator[language_pb2.InstallDependenciesResponse]:
        """Create the program's virtual environment if need be and install what it declares."""
        toolchain = await _toolchain(request.info, context, installed=False)
        for command in toolchain.install_commands():
            yield language_pb2.InstallDependenciesResponse(stdout=f"{' '.join(command)}\n".encode())
            child = await asyncio.create_subprocess_exec(
                *command, cwd=toolchain.directory, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
            with self._tracked(child):
                async for name, data in _output(child):
                    yield language_pb2.InstallDependenciesResponse(**{name: data})
                if status := await child.wait():
                    await context.abort(grpc.StatusCode.UNKNOWN, f"`{' '.join(command)}` ended with status {status}")

    async def About(self, request: Any, context: Any) -> language_pb2.AboutResponse:
        """The program's interpreter and its version."""
        return await installed_packages.about((await _toolchain(request.info, context)).interpreter())

    async def GetProgramDependencies(self, request: Any, context: Any) -> language_pb2.GetProgramDependenciesResponse:
        """The distributions in the program's environment."""
        interpreter = (await _toolchain(request.info, context)).interpreter()
        return await installed_packages.dependencies(interpreter, request.transitiveDependencies)

    async def RuntimeOptionsPrompts(self, request: Any, context: Any) -> language_pb2.RuntimeOptionsResponse:
        """No questions: `pulumi new` keeps the template's options."""
        return language_pb2.RuntimeOptionsResponse()

    async def Template(self, request: Any, context: Any) -> language_pb2.TemplateResponse:
        """Leave a new project's template as it is."""
        return language_pb2.TemplateResponse()

    async def GenerateProgram(self, request: Any, context: Any) -> NoReturn:
        """Refuse: converting programs is the official host's."""
        await _refuse(context, "generating programs")

    async def GenerateProject(self, request: Any, context: Any) -> NoReturn:
        """Refuse: converting projects is the official host's."""
        await _refuse(context, "generating projects")

    async def GeneratePackage(self, request: Any, context: Any) -> NoReturn:
        """Refuse: writing Python SDKs is the official host's."""
        await _refuse(context, "generating Python SDKs")

    async def Pack(self, request: Any, context: Any) -> NoReturn:
        """Refuse: packing Python SDKs is the official host's."""
        await _refuse(context, "packing Python SDKs")

    async def Link(self, request: Any, context: Any) -> NoReturn:
        """Refuse: adding Python SDKs to a project is the official host's."""
        await _refuse(context, "linking Python SDKs")

    async def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        """End what is running."""
        self.terminate()
        return empty_pb2.Empty()

    def terminate(self) -> None:
        """Ask every running child to end; a child that has just ended is fine."""
        for child in self._children:
            with contextlib.suppress(ProcessLookupError):
                child.terminate()

    @contextlib.contextmanager
    def _tracked(self, child: asyncio.subprocess.Process | WarmProgram) -> Any:
        self._children.add(child)
        try:
            yield
        finally:
            self._children.discard(child)
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()


async def _toolchain(info: Any, context: Any, *, installed: bool = True) -> Toolchain:
    """The program's toolchain, its interpreter in place if `installed`; ends the call with the reason otherwise."""
    try:
        program = Path(info.program_directory)
        options = json_format.MessageToDict(info.options)
        toolchain = resolve_toolchain(Path(info.root_directory or program), program, options)
        if installed:
            toolchain.interpreter()
    except ToolchainError as error:
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        raise
    return toolchain


async def _refuse(context: Any, action: str) -> NoReturn:
    await context.abort(
        grpc.StatusCode.UNIMPLEMENTED,
        f"{action} needs the official Python language host: install pulumi from https://www.pulumi.com/docs/install/",
    )
    raise AssertionError("abort always raises")


def _attached_providers(environment: Mapping[str, str]) -> set[str]:
    """Names of the providers that the engine attaches to instead of installing and starting them (`name:port,…`)."""
    return {pair.partition(":")[0] for pair in environment.get("PULUMI_DEBUG_PROVIDERS", "").split(",") if pair}


def _executor_arguments(request: Any, engine: str) -> list[str]:
    named = {
        "--monitor": request.monitor_address,
        "--engine": engine,
        "--project": request.project,
        "--stack": request.stack,
        "--pwd": request.info.program_directory,
        "--dry_run": "true" if request.dryRun else "false",
        "--parallel": str(request.parallel),
        "--organization": request.organization,
        "--root_directory": request.info.root_directory,
    }
    options = [word for option, value in named.items() if value for word in (option, value)]
    return [*options, request.info.entry_point or ".", *request.args]


def _program_environment(request: Any, toolchain: Toolchain) -> dict[str, str]:
    return {
        **toolchain.environment(os.environ),
        "PULUMI_PROJECT": request.project,
        "PULUMI_STACK": request.stack,
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


async def _output(child: asyncio.subprocess.Process) -> AsyncIterator[tuple[str, bytes]]:
    """What `child` writes, as `("stdout" | "stderr", bytes)`, until both streams are closed."""
    chunks: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def pump(name: str, stream: Any) -> None:
        while data := await stream.read(65536):
            await chunks.put((name, data))
        await chunks.put((name, b""))

    pumps = [asyncio.create_task(pump("stdout", child.stdout)), asyncio.create_task(pump("stderr", child.stderr))]
    try:
        open_streams = len(pumps)
        while open_streams:
            name, data = await chunks.get()
            if data:
                yield name, data
            else:
                open_streams -= 1
    finally:
        for task in pumps:
            task.cancel()


async def serve(engine: str, executor: str) -> None:
    """Serve until the engine ends this process by SIGINT or SIGTERM, or is gone itself."""
    host = LanguageHost(engine, executor)
    server = grpc.aio.server(options=_MESSAGE_LIMITS)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    gate = OwnerPort(server, sys.stderr.write)
    port = await gate.listen(0)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await server.start()
    print(port, flush=True)  # noqa: T201
    parent = os.getppid()
    while not stopping.is_set() and os.getppid() == parent:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stopping.wait(), timeout=1)
    host.terminate()
    await server.stop(grace=5)  # a call that is cut off prints a traceback; those whose programs end are not waited for
    await gate.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the host as the engine starts it: flags of its own, then the engine's address."""
    parser = argparse.ArgumentParser(prog="pulumi-language-python", allow_abbrev=False)
    parser.add_argument("--executor", required=True, help="path of pulumi-language-python-exec")
    parser.add_argument("engine", nargs="?", default="", help="address of the engine")
    known, _ = parser.parse_known_args(arguments)
    asyncio.run(serve(known.engine, known.executor))


if __name__ == "__main__":
    main()
