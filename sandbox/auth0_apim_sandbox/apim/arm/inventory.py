"""The documents of the resource manager, by lower-cased ARM id."""

import base64
import time
from contextlib import AbstractContextManager
from typing import Any

from auth0_apim_sandbox.store import Store

Document = dict[str, Any]


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
        old = self.get(document["id"])
        if old is not None and {**old, "etag": None} == {**document, "etag": None}:
            return old
        written = {**document, "etag": self._next_etag()}
        self.resources.put(document["id"].lower(), written)
        return written

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

    def _next_etag(self) -> str:
        count = self._counters.get("etag", {"count": 0})["count"] + 1
        self._counters.put("etag", {"count": count})
        return base64.b64encode(count.to_bytes(8, "big")).decode("ascii")


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
