"""A Python that has imported Pulumi's SDKs and forks for each program: importing them takes most of a small program's time.

Run as `python -u warm_python.py LISTENER`, a script of the standard library alone, by the Python of the programs. The sandbox
starts it at the first program and holds its standard input open. It has no threads and has opened no channel of gRPC: a
process that has cannot be forked safely.

A client (`warm_program`) connects to the listener, a Unix socket, and is told `ready`. It sends its standard streams with the
length of a request, and the request as JSON. The answer is `no` where a program that starts cold would find another Python,
else `yes`, and the exit status when the program has ended. Each byte that the client sends then is the number of a signal
for the program. When the client is gone, the program is killed, and what it has started with it.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import site
import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

# Other people's modules that programs import. The project's own are left to the program: they change all the time.
_MODULES = (
    "pulumi",
    "pulumi_auth0",
    "pulumi_azure_native.apimanagement",
    "lxml.etree",
    "pydantic.main",
    "pydantic.networks",
    "pydantic.types",
    "yaml",
)
# Read when an interpreter starts, or by an import: a fork cannot make up for another value.
_READ_EARLY = ("PYTHON", "GRPC_", "PROTOCOL_BUFFERS_", "LC_", "LANG")
_SECONDS_TO_SEND = 5.0
_PR_SET_PDEATHSIG = 1
LENGTH = struct.Struct("!I")
"""How the length of a request is sent."""


@dataclass(frozen=True)
class Request:
    """A program, to be run as `interpreter -u *arguments` would run it.

    Attributes:
        interpreter: path of the Python.
        virtualenv: that it is in.
        arguments: a script and its own arguments.
        environment: every variable.
        folder: the working directory.
        umask: for new files.
    """

    interpreter: str
    virtualenv: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    umask: int


class Origin:
    """What this process was made of: the environment that it started in, and its files as they are now."""

    def __init__(self) -> None:
        self._environment = _read_early(os.environ)
        folders = site.getsitepackages()
        links = [str(path) for folder in folders for path in Path(folder).glob("*.pth")]
        modules = [getattr(getattr(module, "__spec__", None), "origin", None) for module in list(sys.modules.values())]
        files = [sys.executable, f"{sys.prefix}/pyvenv.cfg", *folders, *links, *filter(None, modules)]
        self._files = {file: _stamp(file) for file in files}

    def is_current(self) -> bool:
        """Whether every file is as it was."""
        return all(_stamp(file) == stamp for file, stamp in self._files.items())

    def fits(self, request: Request) -> bool:
        """Whether a Python for `request` starts in the same virtual environment, and in such an environment."""
        return (
            os.path.normpath(request.virtualenv) == request.virtualenv
            and os.path.realpath(request.virtualenv) == os.path.realpath(sys.prefix)
            and _read_early(request.environment) == self._environment
        )


class WarmPython:
    """Answers the clients of `listener`, until standard input is closed or a file has changed, and the last program has ended."""

    def __init__(self, listener: socket.socket, origin: Origin) -> None:
        self._origin = origin
        self._selector = selectors.DefaultSelector()
        self._programs: set[int] = set()
        self._is_ending = False
        self._watch(sys.stdin.fileno(), self._end)
        self._watch(listener, lambda: self._greet(listener))

    def serve(self) -> Request | None:
        """Answer; a request in the fork that is to run it, None in this process at its end."""
        while self._programs or not self._is_ending:
            key, _ = self._selector.select()[0]
            request: Request | None = key.data()
            if request:
                return request
        return None

    def _watch(self, file: int | socket.socket, callback: Callable[[], Request | None]) -> None:
        self._selector.register(file, selectors.EVENT_READ, callback)

    def _end(self) -> None:
        self._selector.unregister(sys.stdin.fileno())
        self._is_ending = True

    def _greet(self, listener: socket.socket) -> None:
        client, _ = listener.accept()
        client.settimeout(_SECONDS_TO_SEND)
        self._watch(client, lambda: self._answer(client))
        _tell(client, "ready")

    def _answer(self, client: socket.socket) -> Request | None:
        """Fork for what `client` asks for; the request in the fork."""
        self._selector.unregister(client)
        with contextlib.ExitStack() as closing:
            closing.callback(client.close)
            request, streams = _receive(client)
            for stream in streams:
                closing.callback(os.close, stream)
            if request is None:
                return None
            self._is_ending |= not self._origin.is_current() or _has_threads()
            if self._is_ending or not self._origin.fits(request):
                _tell(client, "no")
                return None
            _tell(client, "yes")
            if pid := os.fork():
                self._follow(pid, client.dup())
                return None
            self._become_program(streams)
        return request

    def _follow(self, pid: int, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # the fork does it, too: whoever comes first
        ended = os.pidfd_open(pid)
        self._programs.add(pid)
        self._watch(ended, lambda: self._report(pid, ended, client))
        self._watch(client, lambda: self._pass_on(pid, client))

    def _pass_on(self, pid: int, client: socket.socket) -> None:
        """Give the signals that `client` sends to its program; kill it when the client is gone."""
        try:
            signals = client.recv(16)
        except OSError:
            signals = b""
        for number in signals:
            os.kill(pid, number)
        if not signals:
            self._selector.unregister(client)
            client.close()
            os.killpg(pid, signal.SIGKILL)

    def _report(self, pid: int, ended: int, client: socket.socket) -> None:
        _, status = os.waitpid(pid, 0)
        self._programs.remove(pid)
        self._selector.unregister(ended)
        os.close(ended)
        if client.fileno() != -1:
            self._selector.unregister(client)
            _tell(client, str(os.waitstatus_to_exitcode(status)))
            client.close()

    def _become_program(self, streams: list[int]) -> None:
        """Let go of all that is this process's, in a fork of it."""
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
            elif key.fd != sys.stdin.fileno():
                os.close(key.fd)
        self._selector.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)


def _receive(client: socket.socket) -> tuple[Request | None, list[int]]:
    """What `client` sends, with its standard streams; no request where it has gone or sends something else."""
    streams: list[int] = []
    try:
        header, streams, _, _ = socket.recv_fds(client, LENGTH.size, 3)
        [length] = LENGTH.unpack(header)
        with client.makefile("rb") as sent:
            request = Request(**json.loads(sent.read(length)))
    except (OSError, ValueError, TypeError, struct.error):
        return None, list(streams)
    return (request if len(streams) == 3 else None), list(streams)


def _tell(client: socket.socket, word: str) -> None:
    with contextlib.suppress(OSError):  # it has gone, which `recv` will say
        client.sendall(f"{word}\n".encode())


def _has_threads() -> bool:
    return len(list(Path("/proc/self/task").iterdir())) > 1


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        found = Path(file).stat()
    except OSError:  # a module that is built in has no file
        return None
    return found.st_mtime_ns, found.st_size


def _read_early(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_EARLY)}


def run(request: Request) -> None:
    """Run the program of `request` in this process, which is a fork, to its end."""
    prefix, script = sys.prefix, request.arguments[0]
    os.chdir(request.folder)
    os.umask(request.umask)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    # A language host handles both, so what it starts gets them as they are by default.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.argv, sys.orig_argv = request.arguments, [request.interpreter, "-u", *request.arguments]
    sys.executable, sys.prefix, sys.exec_prefix = request.interpreter, request.virtualenv, request.virtualenv
    site.PREFIXES[:] = [sys.prefix, sys.exec_prefix]
    installed = [sys.prefix + path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path for path in sys.path]
    sys.path[:] = [str(Path(script).resolve().parent), *installed]
    runpy.run_path(script, run_name="__main__")


def main() -> None:
    """Import, answer, and in a fork run a program."""
    sys.path.pop(0)  # this script's folder
    listener = socket.socket(fileno=int(sys.argv[1]))
    for name in _MODULES:
        with contextlib.suppress(ModuleNotFoundError):
            hasattr(
                importlib.import_module(name), "__all__"
            )  # one that is lazy, as Azure's are, is loaded by a look into it
    gc.freeze()
    if request := WarmPython(listener, Origin()).serve():
        run(request)


if __name__ == "__main__":
    main()
