"""Documents in collections, kept in memory and written through to one SQLite file."""

from local_store.store import Collection, Store

__all__ = ["Collection", "Store"]
