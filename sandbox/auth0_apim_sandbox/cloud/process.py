"""Starting, finding and stopping the sandbox process of a folder."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import IO, Any

from auth0_apim_sandbox.cloud.folder import Record, StateFolder
from auth0_apim_sandbox.cloud.ports import DEFAULT_BASE, Ports

_STOP_LIMIT = 15.0


class SandboxError(Exception):
    """A sandbox could not be started, found or stopped; the message says what to do."""


@dataclass(frozen=True)
class Options:
    """How a sandbox is started.

    Attributes:
        base_port: first port of the map; 0 for free ports; None for the ports of the last time, else those from 14300
            on, and where they are taken, for the next range that is free.
        in_memory: keep nothing of what the services hold.
        with_parent: end when the process that starts it ends.
    """

    base_port: int | None = None
    in_memory: bool = False
    with_parent: bool = False


def running(folder: StateFolder) -> Record | None:
    """The process that runs in `folder` now. A record that a dead process left is not taken for one."""
    if not folder.lock.exists():
        return None
    with folder.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return folder.read_record()
    return None


def start(folder: StateFolder, options: Options, tell: Callable[[str], object] = lambda _: None) -> Record:
    """Start a sandbox in `folder` and return when every part of it answers. One that runs already is kept, unless it
    is of another version of this distribution: then it is replaced, on the same state.

    Args:
        folder: its state.
        options: how it is started.
        tell: gets a line of text when it takes other ports than the last time or the usual ones: why, and which.

    Raises:
        SandboxError: it did not start; the reason is in the message.
        PortError: the base port is out of range.
    """
    if record := running(folder):
        if record.version == metadata.version("auth0-apim-cli"):
            return _kept(record, options, folder)
        stop(folder)
    try:
        folder.prepare()
    except OSError as error:
        raise SandboxError(f"the sandbox's folder {folder.path} cannot be written: {error.strerror}") from error
    with folder.log.open("a") as log:
        passed_over = _spawn(folder, options, log)
    if found := running(folder):
        if passed_over:
            tell(f"{passed_over}: this sandbox listens from port {found.ports.tenant} on\n")
        return found
    raise SandboxError(f"the sandbox ended as soon as it had started; {folder.log} says why")


def command(folder: StateFolder, options: Options) -> list[str]:
    """The command line of the sandbox process."""
    ports = json.dumps(asdict(_ports(folder, options)))
    words = [sys.executable, "-I", "-m", "auth0_apim_sandbox.cloud", str(folder.path), "--ports", ports]
    if options.base_port is None:
        words.append("--or-free")
    if options.in_memory:
        words.append("--in-memory")
    if options.with_parent:
        words += ["--parent", str(os.getpid())]
    return words


def stop(folder: StateFolder) -> bool:
    """Stop the sandbox in `folder` and wait until it has ended; False when none runs.

    Raises:
        SandboxError: it does not end.
    """
    record = running(folder)
    if record is None:
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(record.pid, number)
        if _wait_until_ended(folder):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(record.pid, 0)
            return True
    raise SandboxError(f"the sandbox process {record.pid} does not end")


def _kept(record: Record, options: Options, folder: StateFolder) -> Record:
    if options.base_port and record.ports.tenant != options.base_port:
        raise SandboxError(
            f"a sandbox runs in {folder.path} already, from port {record.ports.tenant}: "
            f"`auth0-apim sandbox stop`, then start it with --base-port {options.base_port}"
        )
    return record


def _ports(folder: StateFolder, options: Options) -> Ports:
    """The ports asked for; without a wish rather the ones of the last time, as deployed stacks hold their addresses."""
    if options.base_port is None and (record := folder.read_record()):
        return record.ports
    return Ports.from_base(DEFAULT_BASE if options.base_port is None else options.base_port)


def _spawn(folder: StateFolder, options: Options, log: IO[str]) -> str | None:
    """Start the process and wait until it is ready; why it did not take the ports that it was to take first."""
    readable, writable = os.pipe()
    process = subprocess.Popen(
        [*command(folder, options), "--ready", str(writable)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=(writable,),
        start_new_session=True,
    )
    os.close(writable)
    with os.fdopen(readable) as pipe:
        report: dict[str, Any] = json.loads(pipe.read() or "{}")
    if "status" not in report:
        process.wait()
        raise SandboxError(report.get("error") or f"the sandbox did not start; {folder.log} says why")
    # It outlives this object; `stop` collects its status where this process is still its parent.
    process.returncode = 0
    passed_over: str | None = report["passed_over"]
    return passed_over


def _wait_until_ended(folder: StateFolder) -> bool:
    deadline = time.monotonic() + _STOP_LIMIT
    while time.monotonic() < deadline:
        if running(folder) is None:
            return True
        time.sleep(0.01)
    return False
