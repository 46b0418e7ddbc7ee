"""Secrets and their versions, the newest last; deleted ones are kept until they are purged."""

import re
import time
import uuid
from collections.abc import Callable

from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.vault.bodies import NewSecret, Secret, SecretChange, Version, changes_of
from auth0_apim_sandbox.vault.vault_error import bad_parameter, disabled, name_taken, not_found

_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")


class SecretStore:
    """Reads and writes the collections `vault.secrets` and `vault.deleted`, by lower-cased name.

    Args:
        store: where they are.
        clock: seconds since 1970.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._secrets = store.collection("vault.secrets")
        self._deleted = store.collection("vault.deleted")
        self._clock = clock

    def set(self, name: str, body: NewSecret) -> tuple[Secret, Version]:
        """Add a version to the secret `name`, which is made when it is not there."""
        if not _NAME.fullmatch(name):
            raise bad_parameter("The request URI contains an invalid name: 1 to 127 letters, digits and dashes.")
        if name.lower() in self._deleted:
            raise name_taken(name)
        now = int(self._clock())
        given = changes_of(body)
        attributes = {"enabled": True, **given.pop("attributes", {}), "created": now, "updated": now}
        version = {"version": uuid.uuid4().hex, "value": body.value, "attributes": attributes, **given}
        secret = self._secrets.get(name.lower(), {"name": name, "versions": []})
        return self._keep({**secret, "versions": [*secret["versions"], version]}), version

    def get(self, name: str, version: str = "") -> tuple[Secret, Version]:
        """A version of the secret `name`, the newest one when none is named; it must be enabled to be read."""
        secret, found = self._find(name, version)
        if not found["attributes"]["enabled"]:
            raise disabled()
        return secret, found

    def change(self, name: str, version: str, body: SecretChange) -> tuple[Secret, Version]:
        """Change what is said about a version."""
        secret, old = self._find(name, version)
        given = changes_of(body)
        attributes = {**old["attributes"], **given.pop("attributes", {}), "updated": int(self._clock())}
        new = {**old, **given, "attributes": attributes}
        versions = [new if each is old else each for each in secret["versions"]]
        return self._keep({**secret, "versions": versions}), new

    def all(self) -> list[Secret]:
        """The secrets, sorted by name."""
        return [secret for _, secret in self._secrets.below("")]

    def versions(self, name: str) -> tuple[Secret, list[Version]]:
        """A secret and its versions, oldest first."""
        secret, _ = self._find(name, "")
        return secret, secret["versions"]

    def delete(self, name: str) -> Secret:
        """Delete the secret; it can be recovered."""
        secret, _ = self._find(name, "")
        deleted = {**secret, "deletedDate": int(self._clock())}
        with self._store.transaction():
            self._secrets.delete(name.lower())
            self._deleted.put(name.lower(), deleted)
        return deleted

    def all_deleted(self) -> list[Secret]:
        """The deleted secrets, sorted by name."""
        return [secret for _, secret in self._deleted.below("")]

    def deleted(self, name: str) -> Secret:
        """A deleted secret."""
        if name.lower() not in self._deleted:
            raise not_found(name, deleted=True)
        return self._deleted[name.lower()]

    def recover(self, name: str) -> tuple[Secret, Version]:
        """Bring a deleted secret back, with all its versions."""
        secret = {key: value for key, value in self.deleted(name).items() if key != "deletedDate"}
        with self._store.transaction():
            self._deleted.delete(name.lower())
            self._keep(secret)
        return secret, secret["versions"][-1]

    def purge(self, name: str) -> None:
        """Remove a deleted secret for good."""
        self.deleted(name)
        self._deleted.delete(name.lower())

    def _find(self, name: str, version: str) -> tuple[Secret, Version]:
        secret = self._secrets.get(name.lower(), {"versions": []})
        found = [each for each in secret["versions"] if version in ("", each["version"])]
        if not found:
            raise not_found(f"{name}/{version}" if version else name)
        return secret, found[-1]

    def _keep(self, secret: Secret) -> Secret:
        self._secrets.put(secret["name"].lower(), secret)
        return secret
