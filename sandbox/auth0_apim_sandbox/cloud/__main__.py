"""The sandbox process: `python -m auth0_apim_sandbox.cloud FOLDER`. Started by `auth0_apim_sandbox.cloud.process`."""

import argparse
import asyncio
import contextlib
import errno
import fcntl
import gc
import json
import os
import signal
import sys
import time
from pathlib import Path

import uvloop

from auth0_apim_sandbox.cloud.cloud import Cloud
from auth0_apim_sandbox.cloud.control import version
from auth0_apim_sandbox.cloud.folder import Record, StateFolder
from auth0_apim_sandbox.cloud.ports import Claim, PortError, Ports, claim, ranges
from auth0_apim_sandbox.store import StoreError


async def run(folder: StateFolder, claimed: Claim, *, in_memory: bool, ready: int | None, parent: int | None) -> None:
    """Run a sandbox until SIGTERM or SIGINT, or until the process `parent` is no longer this one's parent."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    cloud = Cloud(folder, claimed, in_memory=in_memory)
    try:
        await cloud.start()
        # What is there now stays; walking through it at each full collection held everybody up for 100 ms.
        gc.collect()
        gc.freeze()
        folder.write_record(Record(os.getpid(), version(), cloud.ports))
        _report(ready, {"status": cloud.status(), "passed_over": claimed.passed_over})
        while not stopping.is_set() and parent in {None, os.getppid()}:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stopping.wait(), timeout=None if parent is None else 1)
    finally:
        await cloud.stop()


def _take(lock: int) -> None:
    """Take the folder's lock; a look by `auth0_apim_sandbox.cloud.process.running` holds it for an instant, a sandbox for good."""
    for _ in range(20):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(0.01)
    raise BlockingIOError


def _report(ready: int | None, message: dict[str, object]) -> None:
    """Tell whoever started this process; on the screen when nobody waits for it."""
    if ready is None:
        sys.stdout.write(json.dumps(message, indent=2) + "\n")
        sys.stdout.flush()
        return
    with os.fdopen(ready, "w") as pipe:
        json.dump(message, pipe)


def main() -> int:
    """Hold the folder's lock and run; 1 with the reason reported when it cannot."""
    parser = argparse.ArgumentParser(prog="auth0_apim_sandbox.cloud")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ports", type=json.loads, required=True, help="the port map as JSON")
    parser.add_argument("--or-free", action="store_true", help="where it is taken, the next range that is free")
    parser.add_argument("--in-memory", action="store_true")
    parser.add_argument("--ready", type=int, help="file descriptor to report to")
    parser.add_argument("--parent", type=int, help="end when this process is gone")
    options = parser.parse_args()
    os.umask(0o077)  # for the databases and whatever else is written from here on
    folder = StateFolder(options.folder)
    folder.prepare()
    # Held, not closed: the lock is free when the process is gone, and not before.
    lock = os.open(folder.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock)
        claimed = claim([Ports(**options.ports), *(ranges() if options.or_free else ())])
        uvloop.run(run(folder, claimed, in_memory=options.in_memory, ready=options.ready, parent=options.parent))
    except BlockingIOError:
        _report(options.ready, {"error": f"a sandbox runs in {folder.path} already"})
        return 1
    except (PortError, OSError, StoreError) as error:
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        _report(options.ready, {"error": f"there is no room on the disk of {folder.path}" if full else str(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
