"""The process that runs one script: a task as JSON on standard input, its outcome as JSON on standard output.

`{"script", "names", "arguments", "configuration", "databases", "authority", "closed_ports"}` becomes `{"values": […]}`, what the script gave its
callback, or `{"error": {"name", "message", "code"}}`. Whoever starts it ends it when it takes too long.
"""

import json
import os
import resource
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from py_mini_racer import JSEvalException, JSOOMException, MiniRacer

from auth0_apim_sandbox.scripts.access import MachineAccess
from auth0_apim_sandbox.scripts.calls import answering, carried_out
from auth0_apim_sandbox.scripts.modules import Modules

_FOLDER = Path(__file__).with_name("javascript")
_JAVASCRIPT = ("prelude", "buffer", "core", "url", "crypto", "fetch", "axios", "sqlite3")
"""In this order: each may use what comes before it."""

_HEAP_BYTES = 64 * 1024 * 1024
_DATA_BYTES = 256 * 1024 * 1024
_STATM = Path("/proc/self/statm")
_MOST_RESULT = 1024 * 1024
_IDLE_SECONDS = 0.002
_REQUESTS_AT_ONCE = 4


def run(task: dict[str, Any]) -> dict[str, Any]:
    """The outcome of one script."""
    modules = Modules(
        MachineAccess(_path(task["databases"]), _path(task["authority"]), frozenset(task["closed_ports"]))
    )
    engine = MiniRacer()
    engine.set_hard_memory_limit(_HEAP_BYTES)
    _limit_data()
    try:
        for name in _JAVASCRIPT:
            engine.eval((_FOLDER / f"{name}.js").read_text(encoding="utf-8"))
        with answering(engine.eval("__shared()"), modules):
            _call(engine, "__start", task["script"], task["names"], task["arguments"], task["configuration"])
            return _outcome(engine, modules)
    except JSOOMException:
        return _error("the script takes more memory than it may")
    except JSEvalException as error:
        return _error(str(error).splitlines()[0])


def _outcome(engine: MiniRacer, modules: Modules) -> dict[str, Any]:
    """Carry out what the script asks of its modules until it has called back. Requests wait beside all else."""
    requests = ThreadPoolExecutor(_REQUESTS_AT_ONCE)
    waiting: dict[int, Future[dict[str, Any]]] = {}
    while True:
        state = json.loads(str(engine.eval("__queue()")))
        if state["outcome"] is not None:
            return _checked(state["outcome"])
        for each in state["calls"]:
            if each["module"] == "http":
                waiting[each["id"]] = requests.submit(carried_out, modules, each)
            else:
                _settle(engine, each["id"], carried_out(modules, each))
        for number in [number for number, future in waiting.items() if future.done()]:
            _settle(engine, number, waiting.pop(number).result())
        if not state["calls"]:
            time.sleep(_IDLE_SECONDS)


def _settle(engine: MiniRacer, number: int, done: dict[str, Any]) -> None:
    value = done["value"]
    _call(engine, "__settle", number, done["error"], None if value is None else json.dumps(value))


def _call(engine: MiniRacer, function: str, *arguments: Any) -> None:
    engine.eval(f"{function}({','.join(map(json.dumps, arguments))}); null")


def _checked(text: str) -> dict[str, Any]:
    if len(text) > _MOST_RESULT:
        return _error("the script gives back more than 1 MiB")
    outcome: dict[str, Any] = json.loads(text)
    return outcome


def _path(name: str) -> Path | None:
    return Path(name) if name else None


def _limit_data() -> None:
    """Bound what lies outside the engine's heap, such as array buffers, on top of what the engine has reserved."""
    if not _STATM.exists():
        return  # only Linux counts a process's data
    reserved = int(_STATM.read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (reserved + _DATA_BYTES, reserved + _DATA_BYTES))


def _error(message: str) -> dict[str, Any]:
    return {"error": {"name": "Error", "message": message, "code": None}}


def main() -> None:
    """Run the task on standard input. Ends at once, because a script may have left timers and threads behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    status = 1
    try:
        sys.stdout.write(json.dumps(run(json.loads(sys.stdin.buffer.read()))))
        sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
