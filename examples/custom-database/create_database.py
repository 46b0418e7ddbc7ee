"""Make the example's SQLite database: `python examples/custom-database/create_database.py .sandbox/databases`."""

import sqlite3
import sys
from pathlib import Path


def main() -> None:
    """Write users.sqlite into the folder that the command line names, in place of an older one."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "users.sqlite"
    database.unlink(missing_ok=True)
    connection = sqlite3.connect(database)
    connection.executescript(Path(__file__).with_name("users.sql").read_text(encoding="utf-8"))
    connection.close()


main()
