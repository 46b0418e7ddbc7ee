"""A document store small enough to read in one sitting.

Every document is a JSON object in a named collection under a string key. Reads come from memory; writes go
to SQLite in the same call, so that a process that is killed loses nothing it has answered for.
"""

import contextlib
import json
import sqlite3
import threading
import weakref
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]
Watcher = Callable[[str, Document | None, Document | None], None]
"""Called with a key and its document before and after a write; None where there is none."""

_AFTER_SLASH = chr(ord("/") + 1)
_CHECKPOINT_AFTER = 4 * 1024 * 1024
"""Characters that are written before the log is carried over into the file, which waits for the disk."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (collection, key)
) WITHOUT ROWID
"""


class StoreError(Exception):
    """The file cannot be opened or written: a full disk, most often. Nothing of what was to be written was kept."""

    def __init__(self, error: sqlite3.Error) -> None:
        super().__init__(f"The sandbox's database cannot be written: {error}. Make room on its disk and try again.")


class Collection(Mapping[str, Document]):
    """The documents of one kind, by key, in the order of their first write within this process.

    Documents are handed out as they are stored, not copied: treat them as immutable and `put` a changed copy.
    `revision` grows by one with every write or delete, so a reader can tell cheaply whether what it derived
    from the collection is still current.
    """

    def __init__(self, store: "Store", name: str, documents: dict[str, Document]) -> None:
        self.name = name
        self.revision = 0
        self._store = store
        self._documents = documents
        self._sorted_keys = sorted(documents)
        self._watchers: list[Watcher] = []

    def __getitem__(self, key: str) -> Document:
        return self._documents[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)

    def below(self, prefix: str) -> list[tuple[str, Document]]:
        """The keys that start with `prefix` and their documents, sorted by key, as they are now."""
        keys = self._sorted_keys
        start = bisect_left(keys, prefix)
        end = start
        while end < len(keys) and keys[end].startswith(prefix):
            end += 1
        return [(key, self._documents[key]) for key in keys[start:end]]

    def directly_below(self, prefix: str) -> list[tuple[str, Document]]:
        """The same without the keys that have a slash behind `prefix`, whose number does not matter."""
        keys, found = self._sorted_keys, []
        place = bisect_left(keys, prefix)
        while place < len(keys) and keys[place].startswith(prefix):
            key = keys[place]
            slash = key.find("/", len(prefix))
            if slash < 0:
                found.append((key, self._documents[key]))
                place += 1
            else:
                place = bisect_left(keys, key[:slash] + _AFTER_SLASH, place)
        return found

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher` called after every write, roll-backs included; for what is derived from the documents."""
        self._watchers.append(watcher)

    def put(self, key: str, document: Document) -> None:
        """Store `document` under `key`, replacing what was there.

        Raises:
            TypeError: the document holds something JSON cannot say; nothing was stored.
            StoreError: the file cannot be written; nothing was stored.
        """
        self.put_all({key: document})

    def put_all(self, documents: Mapping[str, Document]) -> None:
        """Store every document under its key, as `put` does: all of them or none."""
        rows = [(self.name, key, json.dumps(document, separators=(",", ":"))) for key, document in documents.items()]
        with self._store.transaction():
            self._store.execute_all(
                "INSERT INTO documents VALUES (?, ?, ?) "
                "ON CONFLICT (collection, key) DO UPDATE SET body = excluded.body",
                rows,
            )
            for key, document in documents.items():
                self._replace(key, document)

    def delete(self, key: str) -> None:
        """Remove the document under `key`; a key that is not there is fine."""
        if key not in self._documents:
            return
        with self._store.transaction():
            self._store.execute_all("DELETE FROM documents WHERE collection = ? AND key = ?", [(self.name, key)])
            self._replace(key, None)

    def _replace(self, key: str, document: Document | None) -> None:
        self._store.remember(self, key, self._documents.get(key))
        self.restore(key, document)

    def restore(self, key: str, document: Document | None) -> None:
        """Put the in-memory document of `key` to what SQLite holds; None removes it."""
        self.revision += 1
        before = self._documents.get(key)
        if document is not None:
            self._documents[key] = document
            if before is None:
                insort(self._sorted_keys, key)
        elif before is not None:
            del self._documents[key]
            del self._sorted_keys[bisect_left(self._sorted_keys, key)]
        for watcher in self._watchers:
            watcher(key, before, document)


class Store:
    """Collections in one SQLite file, or in memory.

    Args:
        path: where the file is or will be; `":memory:"` keeps everything in this process.

    Raises:
        StoreError: it cannot be opened.
    """

    def __init__(self, path: str | Path = ":memory:") -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._finalizer = weakref.finalize(self, self._connection.close)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA wal_autocheckpoint = 0")
            self._connection.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise StoreError(error) from error
        self._path = path
        self._uncarried = 0
        self._collections: dict[str, Collection] = {}
        self._undo: list[tuple[Collection, str, Document | None]] | None = None

    def collection(self, name: str) -> Collection:
        """The collection called `name`, loaded on first use; the same object every time."""
        if name not in self._collections:
            rows = self._connection.execute("SELECT key, body FROM documents WHERE collection = ?", (name,))
            self._collections[name] = Collection(self, name, {key: json.loads(body) for key, body in rows})
        return self._collections[name]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together, or none when an exception leaves the block.

        A transaction inside another joins it. Do not `await` inside: the store belongs to one thread and
        other tasks' writes would join the transaction.

        Raises:
            StoreError: what was written cannot be kept.
        """
        if self._undo is not None:
            yield
            return
        self._undo = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
            self._carry_over()
        except sqlite3.Error as error:
            self._roll_back(self._undo)
            raise StoreError(error) from error
        except BaseException:
            self._roll_back(self._undo)
            raise
        finally:
            self._undo = None

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards. A store that is forgotten closes its file too."""
        self._finalizer()

    def execute_all(self, statement: str, rows: Sequence[tuple[str, ...]]) -> None:
        """Run one write for each of `rows` inside the current transaction; for collections."""
        self._connection.executemany(statement, rows)
        self._uncarried += sum(len(value) for row in rows for value in row)

    def remember(self, collection: Collection, key: str, document: Document | None) -> None:
        """Note what `key` held before a write, for a roll-back; for collections."""
        if self._undo is not None:
            self._undo.append((collection, key, document))

    def _carry_over(self) -> None:
        """Have a thread carry the log over into the file once it is large, so that nobody waits for the disk meanwhile."""
        if self._uncarried < _CHECKPOINT_AFTER or str(self._path) == ":memory:":
            return
        self._uncarried = 0
        threading.Thread(target=_checkpoint, args=(self._path,), daemon=True).start()

    def _roll_back(self, undo: list[tuple[Collection, str, Document | None]]) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for collection, key, document in reversed(undo):
            collection.restore(key, document)


def _checkpoint(path: str | Path) -> None:
    # One that fails loses nothing: the log is read as the file is, and the next one carries it over.
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
