"""Calls that a script makes of the host: those that it waits for come through memory that both share."""

import contextlib
import json
import time
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

from auth0_apim_sandbox.scripts.errors import ModuleError
from auth0_apim_sandbox.scripts.modules import Modules

_ASKED, _ANSWERED = 1, 2
_HEADER = 8
_POLL_SECONDS = 0.0002


def carried_out(modules: Modules, call: dict[str, Any]) -> dict[str, Any]:
    """`{"value", "error"}` of a call `{"module", "name", "args"}`."""
    try:
        return {"value": modules.call(call["module"], call["name"], call["args"]), "error": None}
    except ModuleError as error:
        return {"value": None, "error": {"message": str(error), "name": error.name, "code": error.code}}


@contextlib.contextmanager
def answering(shared: Any, modules: Modules) -> Iterator[None]:
    """Answer the calls that a script waits for, until the block ends; the engine frees the memory only after that.

    Args:
        shared: memory of two 32-bit numbers, the state and how many units of text there are, and the text in UTF-16.
    """
    ended = Event()
    thread = Thread(target=_answer, args=(memoryview(shared).cast("B"), modules, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _answer(view: memoryview, modules: Modules, ended: Event) -> None:
    header = view[:_HEADER].cast("i")
    while not ended.is_set():
        if header[0] != _ASKED:
            time.sleep(_POLL_SECONDS)
            continue
        size = min(header[1], (len(view) - _HEADER) // 2)
        task = bytes(view[_HEADER : _HEADER + 2 * size]).decode("utf-16-le", "surrogatepass")
        answer = json.dumps(carried_out(modules, json.loads(task))).encode("utf-16-le")
        view[_HEADER : _HEADER + len(answer)] = answer
        header[1] = len(answer) // 2
        header[0] = _ANSWERED
