"""Documents in collections, kept in memory and written through to one SQLite file."""

from auth0_apim_sandbox.store.store import Collection, Store, StoreError

__all__ = ["Collection", "Store", "StoreError"]
