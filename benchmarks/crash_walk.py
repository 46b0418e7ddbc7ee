"""Kill -9 at every change of `create` and of `destroy`, recover, and count what nobody knows of.

    python benchmarks/crash_walk.py              every change, every victim: half an hour
    python benchmarks/crash_walk.py --sample 8   eight of them, spread evenly

Each row: an environment is created or destroyed in a process of its own; at its n-th changing request to a service,
before or after the service has done its work, the command, the engine, its program or the whole sandbox is killed. Then
`create` or `destroy` is called again, the audit compares both services with the state (orphans), everything is
destroyed, and the audit must find nothing (left). Status 1 when a row does not converge.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import httpx
from auth0_apim_environments.clients.credentials import open_manager
from auth0_apim_environments.engine.errors import EngineFailureError, LockedError
from auth0_apim_environments.ephemeral import Environments, EnvironmentSpec, EphemeralEnvironmentError
from auth0_apim_environments.project import find_project
from auth0_apim_environments.recovery.audit import open_audit
from auth0_apim_environments.recovery.orphans import missing_from_state
from auth0_apim_sandbox.cloud import Sandbox
from auth0_apim_sandbox.engine.engine import Engine, find_or_install
from deployment import copy_project

NAME = "crash"
VICTIMS = {"create": ("command", "engine", "program", "sandbox"), "destroy": ("command", "engine", "sandbox")}
SERVICE = {
    "location": "westeurope",
    "sku": {"name": "Developer", "capacity": 1},
    "properties": {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"},
}


@dataclass(frozen=True)
class Crash:
    """Where something is killed: at the `number`-th changing request (from 0) of `act`."""

    act: str
    victim: str
    moment: str
    number: int


@dataclass(frozen=True)
class Row:
    """What came of one crash."""

    killed: str
    at: str
    recovered_by: str
    orphans: int
    left: int
    seconds: float
    converged: bool


class Walk:
    """A sandbox with one service, and a project in it that crashes happen to."""

    def __init__(self, sandbox: Sandbox, engine: Engine, folder: Path) -> None:
        self.sandbox, self.engine, self.folder = sandbox, engine, copy_project(folder)
        self.variables = sandbox.environment(engine)
        self.environments = Environments(find_project(folder), engine, self.variables)
        self.spec = EnvironmentSpec()
        self.control = httpx.Client(base_url=sandbox.control_url, headers=sandbox.control_headers, trust_env=False)
        with closing(open_manager(self.variables)) as manager:
            path = "resourceGroups/local/providers/Microsoft.ApiManagement/service/basic-calculator-local"
            manager.put(path, params={"api-version": "2024-05-01"}, json=SERVICE).raise_for_status()

    def changes(self, act: str) -> list[str]:
        """Method and path of every changing request of `act`, from the sandbox's log."""
        log = self.sandbox.folder.log
        before = log.stat().st_size
        self.perform(act)
        with log.open() as file:
            file.seek(before)
            lines = [line.split() for line in file]
        changing = [(words[2], words[3]) for words in lines if words[1] in ("tenant", "manager")]
        return [
            f"{method} {path.rpartition('/providers/')[2]}"
            for method, path in changing
            if method not in ("GET", "HEAD", "OPTIONS") and "/oauth" not in path
        ]

    def perform(self, act: str) -> None:
        """Create or destroy the environment; a process that somebody else left running is waited for."""
        deadline = time.monotonic() + 60
        while True:
            try:
                if act == "create":
                    self.environments.create(NAME, self.spec)
                elif NAME in self.environments.stacks.names():
                    left = self.environments.destroy(NAME).left
                    assert not left, left  # noqa: S101
            except LockedError:  # noqa: PERF203 - each try is a deployment
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)
            else:
                return

    def crash(self, crash: Crash) -> bool:
        """Let the act happen in another process, and kill the victim; whether it came to that."""
        action = f"kill {crash.moment}" if crash.victim == "sandbox" else f"hold {crash.moment}"
        fault = {"service": "*", "method": "*", "path": "", "action": action, "skip": crash.number}
        self.control.post("/faults", json=fault).raise_for_status()
        command = [sys.executable, __file__, "--act", crash.act, "--folder", str(self.folder)]
        process = subprocess.Popen(
            command, env={**os.environ, **self.variables}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if crash.victim == "sandbox":
            process.wait()
            crashed = not self._answers()
            if crashed:
                self.sandbox.restart()
                self.control.headers.update(self.sandbox.control_headers)
        else:
            crashed = self._kill_when_held(crash.victim, process)
            self.control.delete("/faults").raise_for_status()
            process.wait()
        if self._answers():
            self.control.delete("/faults").raise_for_status()
        time.sleep(0.3)  # what was held goes on in the sandbox, as a request on its way would
        return crashed

    def orphans(self) -> int:
        """How many objects carry the environment's marks and are not in its state."""
        if NAME not in self.environments.stacks.names():
            return len(self.environments.audit(NAME))
        deployment = self.environments.stacks.state(NAME).get("deployment") or {}
        with open_audit(self.variables) as audit:
            return len(missing_from_state(deployment, [*audit.marked_resources(NAME), *audit.child_resources(NAME)]))

    def _kill_when_held(self, victim: str, process: "subprocess.Popen[bytes]") -> bool:
        while process.poll() is None:
            if self.control.get("/faults").json()["held"]:
                target = process.pid if victim == "command" else _found(victim, process.pid, self.sandbox)
                os.kill(target, signal.SIGKILL)
                return True
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        try:
            return self.control.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False


def walk(walk: Walk, crashes: Iterable[Crash], changes: dict[str, list[str]]) -> Iterator[Row]:
    """Every crash, recovered alternately by `create` and by `destroy`."""
    for index, crash in enumerate(crashes):
        began = time.monotonic()
        if crash.act == "destroy":
            walk.perform("create")
        happened = walk.crash(crash)
        recovery = ("create", "destroy")[index % 2] if crash.act == "create" else "destroy"
        converged, orphans = True, 0
        try:
            walk.perform(recovery)
            orphans = walk.orphans()
            walk.perform("destroy")
        except (EngineFailureError, EphemeralEnvironmentError) as error:
            sys.stderr.write(f"{crash}: {error}\n")
            converged = False
        left = len(walk.environments.audit(NAME))
        at = f"{crash.moment} {changes[crash.act][crash.number]}"
        yield Row(
            killed=f"{crash.victim} in {crash.act}" + ("" if happened else " (not reached)"),
            at=at,
            recovered_by=recovery,
            orphans=orphans,
            left=left,
            seconds=round(time.monotonic() - began, 1),
            converged=converged and not orphans and not left,
        )
        if not converged:
            walk.environments.destroy(NAME, sweep=True)


def all_crashes(changes: dict[str, list[str]]) -> list[Crash]:
    """Each change of each act, before and after it, each victim."""
    return [
        Crash(act, victim, moment, number)
        for act, requests in changes.items()
        for number, moment, victim in product(range(len(requests)), ("before", "after"), VICTIMS[act])
    ]


def sampled(crashes: list[Crash], size: int) -> list[Crash]:
    """`size` of them, spread evenly, with a step that goes through all victims and moments."""
    return [crashes[index * (len(crashes) - 1) // max(size - 1, 1)] for index in range(size)]


def _found(victim: str, command: int, sandbox: Sandbox) -> int:
    """The engine below `command`, or its program, which is below it, too, or a fork of the sandbox's warm Python."""
    if victim == "engine":
        return next(pid for pid in _below(command) if _runs(pid, "pulumi"))
    record = sandbox.folder.read_record()
    warm = [pid for pid in _children(record.pid if record else 0) if _runs(pid, "warm_python.py")]
    forks = [fork for pid in warm for fork in _children(pid)]
    return [*forks, *(pid for pid in _below(command) if _runs(pid, "pulumi-language-python-exec"))][0]


def _runs(pid: int, name: str) -> bool:
    """Whether process `pid` is the command `name`, or a Python that runs the script `name`."""
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return name in [word.rpartition("/")[2] for word in words[:3]]


def _below(parent: int) -> Iterator[int]:
    for pid in _children(parent):
        yield pid
        yield from _below(pid)


def _children(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for children in tasks for pid in children.read_text().split()]


def _act(act: str, folder: Path) -> None:
    """What the process that is to crash does: one act, once, as a person's command would."""
    environments = Environments(find_project(folder), find_or_install(lambda _: None), {})
    if act == "create":
        environments.create(NAME, EnvironmentSpec())
    else:
        environments.destroy(NAME)


def main() -> int:
    """Walk, and print a table, or JSON for tests."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, help="how many crashes; all of them when absent")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--act", choices=list(VICTIMS))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.act:
        _act(options.act, options.folder)
        return 0
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        place = Walk(sandbox, find_or_install(lambda _: None), Path(folder))
        changes = {act: place.changes(act) for act in VICTIMS}
        crashes = all_crashes(changes)
        rows = []
        for row in walk(place, sampled(crashes, options.sample) if options.sample else crashes, changes):
            rows.append(row)
            if not options.json:
                verdict = "converged" if row.converged else "DID NOT CONVERGE"
                print(
                    f"{row.killed:26} {row.at[:86]:86} by {row.recovered_by:8} orphans {row.orphans} left {row.left} "
                    f"{row.seconds:5.1f} s {verdict}",
                    flush=True,
                )
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    return 0 if all(row.converged for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
