"""Lookups of documents by something other than their key, kept current with every write."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from auth0_apim_sandbox.store import Collection
from auth0_apim_sandbox.store.store import Document

Key = TypeVar("Key", bound=Hashable)
ClientGrantKey = tuple[str | None, str, str]


class Index(Generic[Key]):
    """The documents of a collection by the keys that `keys_of` names for each of them.

    A lookup is one dict lookup, and a write costs the same whatever the collection holds.
    """

    def __init__(self, collection: Collection, keys_of: Callable[[Document], Iterable[Key]]) -> None:
        self._keys_of = keys_of
        self._documents: dict[Key, dict[str, Document]] = {}
        for document_key, document in collection.items():
            self._follow(document_key, None, document)
        collection.watch(self._follow)

    def all(self, key: Key) -> list[Document]:
        """Every document with `key`, in the order in which they got it."""
        return list(self._documents.get(key, {}).values())

    def first(self, key: Key) -> Document | None:
        """The first document with `key`, or None."""
        return next(iter(self._documents.get(key, {}).values()), None)

    def _follow(self, document_key: str, before: Document | None, after: Document | None) -> None:
        kept = dict.fromkeys(self._keys_of(after) if after is not None else ())
        for key in self._keys_of(before) if before is not None else ():
            if key not in kept:
                self._forget(key, document_key)
        if after is not None:
            for key in kept:
                self._documents.setdefault(key, {})[document_key] = after

    def _forget(self, key: Key, document_key: str) -> None:
        sharing = self._documents.get(key, {})
        sharing.pop(document_key, None)
        if not sharing:
            self._documents.pop(key, None)


def api_identifiers(client: Document) -> list[str]:
    """The API that a client itself is, by its identifier."""
    return [client["resource_server_identifier"]] if "resource_server_identifier" in client else []


def metadata_urls(client: Document) -> list[str]:
    """The URL of the metadata document that a client was imported from."""
    return [client["external_client_id"]] if "external_client_id" in client else []


def client_grant_keys(grant: Document) -> list[ClientGrantKey]:
    """The client, the API and the subject type of a client grant."""
    return [(grant.get("client_id"), grant["audience"], grant["subject_type"])]


def connection_names(user: Document) -> list[str]:
    """The connections of a user's identities."""
    return [identity["connection"] for identity in user["identities"]]


def login_keys(user: Document) -> list[tuple[str, str]]:
    """What a user can log in with, in each connection, in lower case."""
    logins = {user[name].lower() for name in ("email", "username") if user.get(name)}
    return [(identity["connection"], login) for identity in user["identities"] for login in logins]
