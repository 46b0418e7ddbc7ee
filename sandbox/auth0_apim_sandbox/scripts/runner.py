"""Running a script in a worker process, with an end to its time and its memory."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from auth0_apim_sandbox.scripts.access import MachineAccess

SECONDS = 20.0
"""How long a script may take, as in Auth0's own container."""
MOST_BYTES = 100 * 1024
"""How large a script may be, as Auth0 documents it."""


class ScriptEngineError(Exception):
    """There is no JavaScript engine; the message says how to get one."""


class ScriptError(Exception):
    """A script that ended with an error: its own, or one that says which limit it met.

    Attributes:
        name: the JavaScript error's, such as `WrongUsernameOrPasswordError`.
        message: the error's.
        code: that of a `ValidationError`, such as `user_exists`.
    """

    def __init__(self, name: str, message: str, code: str | None = None) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.code = code


@dataclass(frozen=True)
class Surroundings:
    """What a script finds around it.

    Attributes:
        configuration: its global `configuration`.
        access: what of this machine it may reach.
        seconds: after which it is ended.
    """

    configuration: dict[str, str] = field(default_factory=dict)
    access: MachineAccess = field(default_factory=MachineAccess)
    seconds: float = SECONDS


async def run_script(
    script: str, names: Sequence[str], arguments: Sequence[Any], surroundings: Surroundings
) -> list[Any]:
    """What the script gives its callback after the error, which is null.

    Args:
        script: the text of a function, or of a program that has one with one of `names`.
        names: what the function is called, where the text is more than a function.
        arguments: JSON values that it is called with, before the callback.

    Raises:
        ScriptError: the script called back with an error, threw one, or met a limit.
        ScriptEngineError: no engine is installed.
    """
    if find_spec("py_mini_racer") is None:
        raise ScriptEngineError("scripts need the package mini-racer: pip install 'auth0-apim-cli[sandbox]'")
    if len(script.encode()) > MOST_BYTES:
        raise ScriptError("Error", f"the script has more than {MOST_BYTES // 1024} KB")
    access = surroundings.access
    task = {
        "script": script,
        "names": list(names),
        "arguments": list(arguments),
        "configuration": surroundings.configuration,
        "databases": str(access.databases or ""),
        "authority": str(access.authority or ""),
        "closed_ports": sorted(access.closed_ports),
    }
    answer = await _answer(json.dumps(task).encode(), surroundings.seconds)
    outcome: dict[str, Any] = json.loads(answer) if answer else _ENDED
    if "error" in outcome:
        raise ScriptError(**outcome["error"])
    values: list[Any] = outcome["values"]
    return values


_ENDED = {"error": {"name": "Error", "message": "the script's process ended: it takes more memory than it may"}}


async def _answer(task: bytes, seconds: float) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "auth0_apim_sandbox.scripts.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(task), seconds)
    except asyncio.TimeoutError:
        raise ScriptError("Error", f"the script did not call back within {seconds:g} seconds") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return answer if process.returncode == 0 else b""
