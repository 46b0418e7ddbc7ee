"""The modules that a script may `require`, as far as they are carried out in Python: `bcrypt` and `sqlite3`."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_MOST_ROWS = 1000
_MOST_ROUNDS = 14
_BCRYPT_BYTES = 72
# A script's SQL stays inside the file it opened: no other file, no setting of the engine.
_DENIED = frozenset([sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA])


class ModuleError(Exception):
    """A call that is refused or has failed; the message becomes that of the JavaScript error."""


class Modules:
    """Carries out what a script asks of its modules.

    Args:
        databases: the folder whose SQLite files scripts may open; None for none.
    """

    def __init__(self, databases: Path | None) -> None:
        self._databases = databases
        self._connections: dict[tuple[str, bool], sqlite3.Connection] = {}

    def call(self, module: str, name: str, arguments: list[Any]) -> Any:
        """The result of `module.name(…)`, as JSON can hold it.

        Raises:
            ModuleError: bad arguments, no such file, or an error of SQLite.
        """
        try:
            return _CALLS[module, name](self, *arguments)
        except sqlite3.Error as error:
            raise ModuleError(f"SQLITE_ERROR: {error}") from error

    def close(self) -> None:
        """Close every database."""
        for connection in self._connections.values():
            connection.close()

    def open(self, name: Any, read_only: bool) -> None:
        """`new Database(name)`."""
        self._connection(name, read_only)

    def get(self, name: Any, read_only: bool, sql: Any, values: Any) -> dict[str, Any] | None:
        """The first row, None where there is none."""
        row = self._execute(name, read_only, sql, values).fetchone()
        return None if row is None else _plain(row)

    def all(self, name: Any, read_only: bool, sql: Any, values: Any) -> list[dict[str, Any]]:
        """Every row, at most a thousand."""
        rows = self._execute(name, read_only, sql, values).fetchmany(_MOST_ROWS + 1)
        if len(rows) > _MOST_ROWS:
            raise ModuleError(
                f"the query has more than {_MOST_ROWS} rows, which is all that this sandbox gives a script"
            )
        return [_plain(row) for row in rows]

    def run(self, name: Any, read_only: bool, sql: Any, values: Any) -> dict[str, int]:
        """What `this` is in the callback of `run`."""
        cursor = self._execute(name, read_only, sql, values)
        return {"lastID": cursor.lastrowid or 0, "changes": max(cursor.rowcount, 0)}

    def _execute(self, name: Any, read_only: bool, sql: Any, values: Any) -> sqlite3.Cursor:
        if not isinstance(sql, str):
            raise ModuleError("SQL must be a string")
        bound = {key.lstrip("$:@"): value for key, value in values.items()} if isinstance(values, dict) else values
        try:
            return self._connection(name, read_only).execute(sql, bound)
        except (TypeError, ValueError, OverflowError) as error:
            raise ModuleError(f"SQLITE_MISUSE: {error}") from error

    def _connection(self, name: Any, read_only: bool) -> sqlite3.Connection:
        key = (str(name), bool(read_only))
        if key not in self._connections:
            path = self._path(name)
            mode = "ro" if read_only else "rw"
            connection = sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=5)
            connection.row_factory = sqlite3.Row
            connection.set_authorizer(_authorize)
            self._connections[key] = connection
        return self._connections[key]

    def _path(self, name: Any) -> Path:
        if self._databases is None:
            raise ModuleError("this sandbox has no folder of databases for scripts")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ModuleError(f"a database is named by a file's name without a path, not {name!r}")
        path = self._databases / name
        if not path.is_file() or path.is_symlink():
            raise ModuleError(f"SQLITE_CANTOPEN: there is no database {name!r} in the sandbox's folder of databases")
        return path.absolute()


def _authorize(action: int, *names: str | None) -> int:
    loads_code = action == sqlite3.SQLITE_FUNCTION and names[1] == "load_extension"
    return sqlite3.SQLITE_DENY if action in _DENIED or loads_code else sqlite3.SQLITE_OK


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    values: Mapping[str, Any] = dict(row)
    for name, value in values.items():
        if isinstance(value, bytes):
            raise ModuleError(f"column {name!r} is a BLOB, which this sandbox does not give to scripts")
    return dict(values)


def _hash(_: Modules, data: Any, salt: Any) -> str:
    import bcrypt  # noqa: PLC0415 - most scripts need one of the two modules

    given = _bytes(data)
    try:
        return bcrypt.hashpw(given, salt.encode() if isinstance(salt, str) else bcrypt.gensalt(_rounds(salt))).decode()
    except ValueError as error:
        raise ModuleError(f"bcrypt: {error}") from error


def _compare(_: Modules, data: Any, known: Any) -> bool:
    import bcrypt  # noqa: PLC0415 - as above

    if not isinstance(known, str):
        raise ModuleError("data and hash must be strings")
    try:
        return bcrypt.checkpw(_bytes(data), known.encode())
    except ValueError:
        return False  # as the npm module: what is no hash matches nothing


def _salt(_: Modules, rounds: Any) -> str:
    import bcrypt  # noqa: PLC0415 - as above

    return bcrypt.gensalt(_rounds(rounds)).decode()


def _bytes(data: Any) -> bytes:
    if not isinstance(data, str):
        raise ModuleError("data must be a string and salt must either be a salt string or a number of rounds")
    return data.encode()[:_BCRYPT_BYTES]


def _rounds(rounds: Any) -> int:
    if isinstance(rounds, bool) or not isinstance(rounds, int | float) or not 4 <= rounds <= _MOST_ROUNDS:
        raise ModuleError(f"bcrypt's rounds must be from 4 to {_MOST_ROUNDS} in this sandbox, not {rounds!r}")
    return int(rounds)


_CALLS: dict[tuple[str, str], Callable[..., Any]] = {
    ("bcrypt", "hash"): _hash,
    ("bcrypt", "compare"): _compare,
    ("bcrypt", "genSalt"): _salt,
    ("sqlite3", "open"): Modules.open,
    ("sqlite3", "get"): Modules.get,
    ("sqlite3", "all"): Modules.all,
    ("sqlite3", "run"): Modules.run,
}
