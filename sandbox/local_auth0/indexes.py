"""Lookups of documents by something other than their key, rebuilt when their collection has changed."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from local_store import Collection
from local_store.store import Document

Key = TypeVar("Key", bound=Hashable)


class Index(Generic[Key]):
    """The documents of a collection by the keys that `keys_of` names for each of them.

    A lookup is one comparison of revisions and one dict lookup; after a write the next lookup reads the collection once.
    """

    def __init__(self, collection: Collection, keys_of: Callable[[Document], Iterable[Key]]) -> None:
        self._collection = collection
        self._keys_of = keys_of
        self._revision = -1
        self._documents: dict[Key, list[Document]] = {}

    def all(self, key: Key) -> list[Document]:
        """Every document with `key`, in the collection's order."""
        if self._revision != self._collection.revision:
            self._rebuild()
        return self._documents.get(key, [])

    def first(self, key: Key) -> Document | None:
        """The first document with `key`, or None."""
        found = self.all(key)
        return found[0] if found else None

    def _rebuild(self) -> None:
        self._documents = {}
        for document in self._collection.values():
            for key in self._keys_of(document):
                self._documents.setdefault(key, []).append(document)
        self._revision = self._collection.revision
