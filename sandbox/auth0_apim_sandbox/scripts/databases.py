"""The module `sqlite3`: SQLite files of one folder."""

import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auth0_apim_sandbox.scripts.errors import ModuleError

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_MOST_ROWS = 1000
# A script's SQL stays inside the file it opened: no other file, no setting of the engine.
_DENIED = frozenset([sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA])


class Databases:
    """The databases that one script has open.

    Args:
        databases: the folder whose SQLite files scripts may open; None for none.
    """

    def __init__(self, databases: Path | None) -> None:
        self._databases = databases
        self._connections: dict[tuple[str, bool], sqlite3.Connection] = {}

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
