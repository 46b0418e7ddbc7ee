"""The documents of the resource manager, by lower-cased ARM id."""

import asyncio
import base64
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from auth0_apim_sandbox.store import Store

Document = dict[str, Any]
Item = TypeVar("Item")

_PART = 50
"""Documents that are written before others are answered: a few milliseconds."""


class Inventory:
    """Reads and writes `arm.resources`, giving every changed document a new ETag.

    Attributes:
        resources: the collection `arm.resources`.
        deleted: the collection `arm.deleted`, soft-deleted services.
    """

    def __init__(self, store: Store) -> None:
        self.resources = store.collection("arm.resources")
        self.deleted = store.collection("arm.deleted")
        self._counters = store.collection("arm.counters")
        self._store = store

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside are kept together or not at all."""
        return self._store.transaction()

    def get(self, resource_id: str) -> Document | None:
        """The document of `resource_id`, in whatever case it is spelled."""
        return self.resources.get(resource_id.lower())

    def children(self, parent_id: str, type_name: str) -> list[Document]:
        """The documents of `type_name` (for example `apis`) directly under `parent_id`, sorted by name."""
        prefix = f"{parent_id}/{type_name}/".lower()
        return [document for _, document in self.resources.directly_below(prefix)]

    def tree(self, resource_id: str) -> list[Document]:
        """The document of `resource_id`, when it is there, and everything below it."""
        own = self.get(resource_id)
        below = [document for _, document in self.resources.below(f"{resource_id}/".lower())]
        return below if own is None else [own, *below]

    def write(self, document: Document) -> Document:
        """Store `document` under its id; its ETag is the old one when nothing else changed, else a new one."""
        self.write_all([document])
        return self.resources[document["id"].lower()]

    def write_all(self, documents: Iterable[Document]) -> None:
        """Store `documents` as `write` does, many at the cost of a few."""
        changed = [document for document in documents if self._is_changed(document)]
        count = self._counters.get("etag", {"count": 0})["count"]
        written = {
            document["id"].lower(): {**document, "etag": _etag(number)}
            for number, document in enumerate(changed, count + 1)
        }
        if written:
            with self.transaction():
                self._counters.put("etag", {"count": count + len(changed)})
                self.resources.put_all(written)

    async def in_parts(self, items: Sequence[Item], write: Callable[[Sequence[Item]], None]) -> None:
        """Call `write` for a few of `items` at a time, each time in a transaction; others are answered in between."""
        for start in range(0, len(items), _PART):
            with self.transaction():
                write(items[start : start + _PART])
            await asyncio.sleep(0)

    def _is_changed(self, document: Document) -> bool:
        old = self.get(document["id"])
        return old is None or {**old, "etag": None} != {**document, "etag": None}

    def remove(self, resource_id: str) -> None:
        """Remove `resource_id` and everything below it."""
        for document in self.tree(resource_id):
            self.resources.delete(document["id"].lower())

    def move(self, old_id: str, new_id: str) -> None:
        """Give a document and everything below it a new id; ETags stay, links to them are the caller's."""
        for document in self.tree(old_id):
            self.resources.delete(document["id"].lower())
            moved = {**document, "id": new_id + document["id"][len(old_id) :]}
            if document["id"].lower() == old_id.lower():
                moved["name"] = new_id.rpartition("/")[2]
            self.resources.put(moved["id"].lower(), moved)


def _etag(number: int) -> str:
    return base64.b64encode(number.to_bytes(8, "big")).decode("ascii")


def timestamp(seconds: float) -> str:
    """`seconds` since 1970 as the provider writes points in time: to the millisecond, without zeros at the end."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}".rstrip("0").removesuffix(".") + "Z"


def short_id(service: Document, resource_id: str, type_name: str) -> str | None:
    """The name in a reference to a child of `service`, None when it is no reference to a `type_name`.

    References come as `/apis/calc` or as the full ARM id, in any case.
    """
    text = resource_id.strip()
    if text.lower().startswith(service["id"].lower() + "/"):
        text = text[len(service["id"]) :]
    prefix = f"/{type_name}/".lower()
    name = text[len(prefix) :]
    return name if text.lower().startswith(prefix) and name and "/" not in name else None
