"""Runs the scripts of custom database connections, each in a process of its own that sees no file and no network.

What a script finds there: plain JavaScript (V8) with `configuration`, `callback`, `console`, `setTimeout`,
`WrongUsernameOrPasswordError`, `ValidationError`, and `require` of two modules:

- `bcrypt`: `hash`, `compare`, `genSalt`, with a callback or as promises.
- `sqlite3`: `Database` with `get`, `all`, `run` and `close`, over the SQLite files of one folder, named without a path.

Everything else is refused by name.
"""

from auth0_apim_sandbox.scripts.runner import ScriptEngineError, ScriptError, Surroundings, run_script

__all__ = ["ScriptEngineError", "ScriptError", "Surroundings", "run_script"]
