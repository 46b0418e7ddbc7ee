"""Runs the scripts of custom database connections, each in a process of its own that sees no file and no socket.

What a script finds there: JavaScript (V8) with `configuration`, `callback`, `WrongUsernameOrPasswordError`,
`ValidationError`; of Node's globals `Buffer`, `URL`, `fetch`, timers and a `process` without the machine's
environment; and `require` of the modules in `modules.OFFERED`: those of Node itself that need no file and no socket,
and of npm the ones that scripts use most. `sqlite3` has the SQLite files of one folder; requests reach services on
this machine alone. Everything else is refused by name.
"""

from auth0_apim_sandbox.scripts.access import MachineAccess
from auth0_apim_sandbox.scripts.modules import OFFERED, is_offered, required_modules
from auth0_apim_sandbox.scripts.runner import ScriptEngineError, ScriptError, Surroundings, run_script

__all__ = [
    "OFFERED",
    "MachineAccess",
    "ScriptEngineError",
    "ScriptError",
    "Surroundings",
    "is_offered",
    "required_modules",
    "run_script",
]
